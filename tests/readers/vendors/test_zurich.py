"""Sweeps that Zurich Instruments' LabOne saves."""

from __future__ import annotations

import numpy as np
import pytest
from vendor_files import Write, assert_holds, assert_refused

from eisfit.readers.conformance import check_reader
from eisfit.readers.vendors.zurich import FORMAT, read

F = np.logspace(5, 1, 21)
Z = 20 + 1000 / (1 + 2j * np.pi * F * 1e3 * 1e-7)
FIELDS = {
    "absz": np.abs(Z), "bandwidth": np.ones(21), "bias": np.full(21, -0.7),
    "drive": np.full(21, 0.3), "frequency": F, "grid": F * 1.001, "imagz": Z.imag,
    "imagzstddev": np.ones(21), "phasez": np.angle(Z), "realz": Z.real,
}  # fmt: skip


def labone(chunks: list[dict[str, np.ndarray]], delimiter: str = ";", filled: int = 0) -> str:
    """Return a file as LabOne writes it; `filled` more values stand at the end of every line."""
    widest = max(len(v) for chunk in chunks for v in chunk.values()) + filled
    lines = [delimiter.join(["chunk", "timestamp", "size", "fieldname"]) + delimiter * widest]
    for number, chunk in enumerate(chunks):
        for name, values in chunk.items():
            cells = [repr(float(v)) for v in values] + ["nan"] * (widest - len(values))
            start = [str(number), "26781276272", str(len(values)), name]
            lines.append(delimiter.join([*start, *cells]))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("delimiter", [";", ","])
def test_a_sweep_is_read_with_its_bias_and_drive(write: Write, delimiter: str) -> None:
    (spectrum,) = read(write(labone([FIELDS], delimiter, filled=3)))
    assert_holds(spectrum, F, Z)
    source = spectrum.provenance
    assert source.conditions == pytest.approx({"dc_potential_V": -0.7, "amplitude_V": 0.3})
    assert source.columns == tuple(FIELDS)
    assert (source.instrument, source.software) == ("Zurich Instruments", "LabOne")


def test_magnitude_and_phase_in_radians_serve_as_well(write: Write) -> None:
    polar = {name: FIELDS[name] for name in ("grid", "absz", "phasez")}
    (spectrum,) = read(write(labone([polar])))
    assert_holds(spectrum, F * 1.001, Z)
    assert spectrum.findings == ()


def test_every_chunk_is_a_spectrum_of_its_own_length(write: Write) -> None:
    short = {name: values[:9] for name, values in FIELDS.items()}
    first, second = read(write(labone([FIELDS, short])))
    assert (len(first), len(second)) == (21, 9)
    assert (first.provenance.sweep, second.provenance.sweep) == (1, 2)
    assert second.provenance.technique == "chunk 1"


def test_points_that_a_stopped_sweep_did_not_reach_are_no_points(
    write: Write,
) -> None:
    stopped = {name: np.where(np.arange(21) < 15, v, np.nan) for name, v in FIELDS.items()}
    (spectrum,) = read(write(labone([stopped])))
    assert len(spectrum) == 15
    (said,) = spectrum.findings
    assert "6 of 21 points were not measured" in said.message


def test_a_chunk_without_impedance_is_told_beside_a_good_one(write: Write) -> None:
    demodulated = dict.fromkeys(("frequency", "x", "y", "r"), FIELDS["absz"])
    spectra = read(write(labone([FIELDS, demodulated])))
    assert len(spectra) == 1
    assert "chunk 1 holds no impedance" in spectra[0].findings[-1].message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (labone([{"frequency": F, "x": F, "y": F}]), "no absz and phasez among 'frequency', 'x'"),
        ("chunk;timestamp;size;fieldname\n", "no line of values follows"),
        ("f;Z'\n", "the first line is not LabOne's"),
    ],
)
def test_what_is_no_impedance_is_refused(write: Write, content: str, said: str) -> None:
    assert_refused(read, write(content), said)


def test_it_keeps_what_is_asked_of_every_reader() -> None:
    chunk = {n: v for n, v in FIELDS.items() if n in {"frequency", "realz", "imagz", "bias"}}
    check_reader(FORMAT, labone([chunk, chunk]).encode(), "dev3221_imps_0.csv", F, Z)
