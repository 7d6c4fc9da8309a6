"""What is particular to each vendor's format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.readers import read

Write = Callable[..., Path]
Samples = dict[str, tuple[str, bytes]]


def _codes(spectrum: object) -> list[str]:
    return [f.code for f in spectrum.findings]  # type: ignore[attr-defined]


def test_ec_lab_tells_instrument_technique_and_date(write: Write, samples: Samples) -> None:
    (spectrum,) = read(write(samples["plain.mpt"][1], "pellet_25C_C01.mpt"))
    source = spectrum.provenance
    assert source.instrument == "BioLogic SP-300 (SN 1787)"
    assert source.technique == "Potentio Electrochemical Impedance Spectroscopy"
    assert source.software == "EC-LAB for windows v11.50 (software)"
    assert source.measured_at == datetime(2025, 5, 15, 1, 18, 45)
    assert source.conditions["amplitude_V"] == pytest.approx(0.0141)
    assert (spectrum.temperature, spectrum.temperature_source) == (298.15, "file name")
    assert (spectrum.geometry, source.sign_convention) == (None, "-Im Z")
    assert spectrum.findings == ()


def test_ec_lab_cycles_are_sweeps_unless_each_row_has_its_own(
    write: Write, samples: Samples
) -> None:
    cycles = read(write(samples["cycles.mpt"][1], "a.mpt"))
    assert [s.provenance.sweep for s in cycles] == [1, 2, 3]
    assert len(read(write(samples["every_row_a_cycle.mpt"][1], "b.mpt"))) == 1


def test_ec_lab_rows_of_the_dc_step_are_passed_over_and_said(
    write: Write, samples: Samples
) -> None:
    (spectrum,) = read(write(samples["french.mpt"][1], "a.mpt"))
    assert _codes(spectrum) == ["rows_without_frequency", "working_electrode"]
    assert len(spectrum) == 13
    assert spectrum.provenance.sign_convention == "phase"


def test_ec_lab_cut_in_its_header_says_so(write: Write, samples: Samples) -> None:
    with pytest.raises(ReadError, match="cut off within its header"):
        read(write(samples["plain.mpt"][1][:150], "a.mpt"))


def test_ec_lab_without_frequency_says_so(write: Write, samples: Samples) -> None:
    content = samples["plain.mpt"][1].replace(b"freq/Hz\t", b"")
    with pytest.raises(ReadError, match=r"a\.mpt:12: no column 'freq/Hz'"):
        read(write(content, "a.mpt"))


def test_ec_lab_of_another_technique_says_which(write: Write) -> None:
    content = "EC-Lab ASCII FILE\nNb header lines : 5\n\nCyclic Voltammetry\nmode\tEwe/V\n1\t0.5\n"
    with pytest.raises(ReadError, match="Cyclic Voltammetry"):
        read(write(content, "a.mpt"))


def test_ec_lab_sweep_that_stops_early_says_so(write: Write, samples: Samples) -> None:
    lines = samples["plain.mpt"][1].split(b"\r\n")
    lines[10] = (
        b"ff                  1.000               \r\nunit ff             Hz                  "
    )
    lines[1] = b"Nb header lines : 13"
    assert _codes(read(write(b"\r\n".join(lines), "a.mpt"))[0]) == []
    cut = b"\r\n".join([*lines[:-5], b""])
    assert _codes(read(write(cut, "b.mpt"))[0]) == ["sweep_incomplete"]


def test_gamry_tells_its_header(write: Write, samples: Samples) -> None:
    (spectrum,) = read(write(samples["comma.DTA"][1], "a.DTA"))
    source = spectrum.provenance
    assert (source.instrument, source.technique) == ("Gamry REF3000-34128", "EISPOT")
    assert source.measured_at == datetime(2018, 4, 23, 16, 43, 15)
    assert source.conditions == pytest.approx(
        {
            "dc_potential_V": -0.3411875,  # as measured; the header's -0.05 V is what was asked
            "dc_current_A": 1.2e-5,
            "start_s": 1.0,
            "amplitude_V": 0.01,
            "area_entry_m2": 1e-4,
        }
    )
    assert (spectrum.geometry, spectrum.temperature) == (None, None)


def test_gamry_aborted_keeps_its_points_and_warns(write: Write, samples: Samples) -> None:
    (spectrum,) = read(write(samples["aborted.DTA"][1], "a.DTA"))
    assert _codes(spectrum) == ["experiment_aborted"]
    assert len(spectrum) == 13


def test_gamry_every_zcurve_is_a_spectrum(write: Write, samples: Samples) -> None:
    assert [s.provenance.sweep for s in read(write(samples["two.DTA"][1], "a.DTA"))] == [1, 2]


def test_gamry_of_another_technique_says_which(write: Write) -> None:
    content = "EXPLAIN\nTAG\tCORPOT\nCURVE\tTABLE\t2\n\tPt\tT\tVf\n\t#\ts\tV\n\t0\t1\t0.5\n"
    with pytest.raises(ReadError, match="Gamry CORPOT file; it holds no impedance spectrum"):
        read(write(content, "a.DTA"))


def test_gamry_row_out_of_line_is_left_out_not_misread(write: Write, samples: Samples) -> None:
    lines = samples["plain.DTA"][1].decode("cp1252").split("\r\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("\t5\t6\t"))
    lines[at] = lines[at].replace("\t5\t6\t", "  5 6 ")
    (spectrum,) = read(write("\r\n".join(lines).encode("cp1252"), "a.DTA"))
    assert _codes(spectrum) == ["not_a_number"]
    assert np.sum(spectrum.mask) == 1
    assert f"line {at + 1}" in spectrum.reasons[5]


def test_novocontrol_tells_geometry_and_temperature(write: Write, samples: Samples) -> None:
    (spectrum,) = read(write(samples["windeta.txt"][1], "a_80C.txt"))
    assert spectrum.geometry is not None
    assert spectrum.geometry.thickness == pytest.approx(0.75e-3)
    assert spectrum.geometry.area == pytest.approx(np.pi * 0.0065**2)
    assert (spectrum.temperature, spectrum.temperature_source) == (353.15, "header")
    assert spectrum.provenance.measured_at == datetime(2025, 2, 26, 15, 11)


def test_novocontrol_permittivity_is_no_impedance(write: Write, samples: Samples) -> None:
    content = (
        samples["windeta.txt"][1].replace(b"Zs''[ohm]", b"Eps''").replace(b"Zs'[ohm]", b"Eps'")
    )
    with pytest.raises(ReadError, match="another quantity than impedance"):
        read(write(content, "a.txt"))


def test_a_title_tells_the_temperature_where_the_name_does_not(tmp_path: Path) -> None:
    rows = "".join(f"{f:.5e}\t1.0e+03\t-2.0e+02\n" for f in (1e5, 1e4, 1e3, 1e2))
    text = "s05751_25deg, 26.02.2025, 15:11\n   Freq.[Hz]\tZs'[ohm]\tZs''[ohm]\n" + rows
    for name, kelvin in (("run.txt", 298.15), ("run_40deg.txt", 313.15)):
        (tmp_path / name).write_text(text)
        assert read(tmp_path / name)[0].temperature == pytest.approx(kelvin)
