"""Columns of numbers of a file without lines."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.readers.build import build_from_columns
from eisfit.readers.header import Header
from eisfit.readers.text import Source

FREQUENCY = np.tile(np.logspace(5, 0, 11), 2)
Z = 50 + 1000 / (1 + 2j * np.pi * FREQUENCY * 1e-5)
SOURCE = Source("folder/a.mpr", [], hashlib.sha256(b"bytes").hexdigest(), complete=True)


def _columns() -> dict[str, np.ndarray]:
    return {
        "freq/Hz": FREQUENCY,
        "Re(Z)/Ohm": Z.real,
        "-Im(Z)/Ohm": -Z.imag,
        "time/s": np.arange(22.0),
        "<Ewe>/V": np.repeat([0.1, 0.2], 11),
        "<I>/mA": np.repeat([3.0, 4.0], 11),
        "cycle number": np.repeat([1.0, 2.0], 11),
    }


def test_each_sweep_is_a_spectrum_with_its_potential_current_and_start() -> None:
    spectra = build_from_columns(SOURCE, _columns(), Header("x"))
    assert [s.provenance.sweep for s in spectra] == [1, 2]
    for i, s in enumerate(spectra):
        np.testing.assert_allclose(s.impedance, Z[:11])
        assert s.provenance.conditions == pytest.approx(
            {"start_s": 11.0 * i, "dc_potential_V": (0.1, 0.2)[i], "dc_current_A": (3e-3, 4e-3)[i]}
        )
        assert s.provenance.sha256 == hashlib.sha256(b"bytes").hexdigest()
        assert s.provenance.columns[2] == "-Im(Z)/Ohm"


def test_a_missing_value_leaves_its_point_out_with_a_reason() -> None:
    columns = _columns()
    columns["Re(Z)/Ohm"] = np.where(np.arange(22) == 4, np.nan, Z.real)
    first, _ = build_from_columns(SOURCE, columns, Header())
    assert [r for r in first.reasons if r] == ["point 5: a value is missing"]


def test_columns_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ReadError, match=r"a\.mpr: its columns have different lengths \(22, 22, 21"):
        build_from_columns(SOURCE, {**_columns(), "-Im(Z)/Ohm": Z.imag[1:]}, Header())
    with pytest.raises(ReadError, match="no column for Z''"):
        build_from_columns(SOURCE, {"freq/Hz": FREQUENCY, "Re(Z)/Ohm": Z.real}, Header())
