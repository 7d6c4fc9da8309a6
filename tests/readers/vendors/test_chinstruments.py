"""Text files of CH Instruments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.readers.conformance import check_reader
from eisfit.readers.vendors.chinstruments import FORMAT, read

Write = Callable[..., Path]

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "instruments"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the files of real instruments are not here")

F = np.logspace(5, -1, 25)
Z = 12 + 300 / (1 + (2j * np.pi * F * 300 * 1e-5) ** 0.9)
TOP = [
    "Feb. 20, 2020   15:55:08", "A.C. Impedance", "File: cell.bin", "Data Source:  Experiment",
    "Instrument Model:  CHI660E", "Header: ", "Note: ", "",
]  # fmt: skip
ENTRIES = [
    "Init E (V) = 0.2", "High Frequency (Hz) = 1e+5", "Low Frequency (Hz) = 0.1", "Imp SF",
    "Amplitude (V) = 0.025", "Quiet Time (sec) = 2", "Cycles (.1-1Hz) = 1", "",
]  # fmt: skip
HEADING = ["Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg", ""]


def rows(between: str = ", ", count: int = len(F)) -> list[str]:
    return [
        between.join(f"{x:.9e}" for x in (f, z.real, z.imag, abs(z), np.angle(z, deg=True)))
        for f, z in zip(F[:count], Z[:count], strict=True)
    ]


def chi(*parts: list[str]) -> str:
    lines = [line for part in parts or (TOP, ENTRIES, HEADING, rows()) for line in part]
    return "\r\n".join([*lines, ""])


def test_the_header_tells_how_it_was_measured(write: Write) -> None:
    (spectrum,) = read(write(chi()))
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-8)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    source = spectrum.provenance
    assert source.conditions == {"dc_potential_V": 0.2, "amplitude_V": 0.025, "quiet_time_s": 2.0}
    assert source.measured_at == datetime(2020, 2, 20, 15, 55, 8)
    assert (source.instrument, source.technique) == ("CH Instruments CHI660E", "A.C. Impedance")
    assert source.columns == ("Freq/Hz", "Z'/ohm", 'Z"/ohm', "Z/ohm", "Phase/deg")
    assert source.sign_convention == "Im Z"
    assert spectrum.findings == ()


@pytest.mark.parametrize("between", [",", "\t", "  ", ", "])
def test_any_delimiter(write: Write, between: str) -> None:
    heading = [HEADING[0].replace(", ", between), ""]
    text = chi(TOP, ENTRIES, heading, rows(between))
    assert FORMAT.recognises(text.encode())
    np.testing.assert_allclose(read(write(text))[0].impedance, Z, rtol=1e-8)


@pytest.mark.parametrize("parts", [(TOP[1:], ENTRIES), (ENTRIES,), (TOP,), (TOP[:2],)])
def test_parts_of_the_header_may_be_missing(write: Write, parts: tuple[list[str], ...]) -> None:
    text = chi(*parts, HEADING, rows())
    assert FORMAT.recognises(text.encode())
    (spectrum,) = read(write(text))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    assert spectrum.provenance.technique == ("" if parts == (ENTRIES,) else "A.C. Impedance")


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("July 3, 2023   12:00:08", datetime(2023, 7, 3, 12, 0, 8)),
        ("May 12, 2021   1:02:03", datetime(2021, 5, 12, 1, 2, 3)),
        ("Sept. 12, 2021   01:02:03", datetime(2021, 9, 12, 1, 2, 3)),
        ("Foo. 12, 2021   01:02:03", None),
        ("Feb. 30, 2021   01:02:03", None),
    ],
)
def test_dates(write: Write, line: str, date: datetime | None) -> None:
    (spectrum,) = read(write(chi([line, *TOP[1:]], ENTRIES, HEADING, rows())))
    assert spectrum.provenance.measured_at == date


def test_a_sweep_that_stopped_a_simulation_and_a_compensation_are_told(write: Write) -> None:
    (spectrum,) = read(write(chi(TOP, ENTRIES, HEADING, rows(count=12))))
    assert [f.code for f in spectrum.findings] == ["sweep_incomplete"]
    top = [line.replace("Experiment", "Simulation") for line in TOP]
    (spectrum,) = read(write(chi(top, [*ENTRIES, "Comp R (ohm) = 10"], HEADING, rows())))
    assert [f.code for f in spectrum.findings] == ["not_measured", "resistance_compensated"]
    assert spectrum.provenance.conditions["compensated_resistance_ohm"] == 10


CYCLIC = ["Init E (V) = 0", "", "Potential/V, Current/A", "", "0.1, 1e-6", "0.2, 2e-6"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (chi([TOP[0], "Cyclic Voltammetry", *TOP[2:]], CYCLIC), "a CH Instruments file of Cyclic"),
        (
            chi([TOP[0], "Impedance - Potential", *TOP[2:]], ["Potential/V, Z'/ohm, Z\"/ohm"]),
            "file of Impedance - Potential; it holds no impedance spectrum",
        ),
        (chi(TOP, ENTRIES), "the file is cut off or holds no data"),
        (chi(TOP, ENTRIES, HEADING), "no row of numbers follows the heading"),
    ],
)
def test_what_holds_no_spectrum_is_refused(write: Write, content: str, said: str) -> None:
    assert FORMAT.recognises(content.encode())
    path = write(content)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join([*HEADING, *rows()]),
        "Feb. 20, 2020   15:55:08\nInstrument Model: SP-300\n1, 2, 3\n",
    ],
)
def test_files_of_others_are_not_claimed(text: str) -> None:
    assert not FORMAT.recognises(text.encode())


def test_it_keeps_what_is_asked_of_every_reader() -> None:
    check_reader(FORMAT, chi().encode(), "eis_25C.txt", F, Z)


@real
def test_a_file_of_an_instrument() -> None:
    (spectrum,) = read(DATA / "chinstruments" / "exampleDataCHInstruments.txt")
    assert (len(spectrum), spectrum.kept[0][0], spectrum.kept[0][-1]) == (73, 9.961e4, 0.1)
    source = spectrum.provenance
    assert source.instrument == "CH Instruments CHI660E"
    assert source.measured_at == datetime(2020, 2, 20, 15, 55, 8)
    assert source.conditions == {"dc_potential_V": 0, "amplitude_V": 0.025, "quiet_time_s": 2}
    # |Z| and the phase of the first and of a middle row, as the file prints them
    assert abs(spectrum.impedance[0]) == pytest.approx(98.94, abs=0.01)
    assert np.angle(spectrum.impedance[0], deg=True) == pytest.approx(-1.6, abs=0.06)
