"""Tables that Admiral Instruments' Squidstat exports."""

from __future__ import annotations

import numpy as np
import pytest
from vendor_files import Write, assert_holds, assert_refused

from eisfit.readers.conformance import check_reader
from eisfit.readers.vendors.squidstat import FORMAT, read

F = np.logspace(5, 0, 16)
Z = 5 + 100 / (1 + 2j * np.pi * F * 100 * 1e-5)
HEADING = [
    "Step number", "Repeats", "Step name", "Elapsed Time (s)", "DC Working Electrode (V)",
    "DC Current (A)", "Frequency (Hz)", "|Z| (Ohms)", "Phase (deg)", "Z' (Ohms)", '-Z" (Ohms)',
    "Number of Cycles",
]  # fmt: skip


def eis(step: int, delimiter: str = ",", repeat: int = 1) -> list[str]:
    rows = []
    for i, (f, z) in enumerate(zip(F, Z, strict=True)):
        numbers = [step, repeat, "Potentiostatic EIS", 10.0 * step + i, 0.05, 1e-6, f, abs(z),
                   np.angle(z, deg=True), z.real, -z.imag, 100]  # fmt: skip
        rows.append(delimiter.join(n if isinstance(n, str) else repr(float(n)) for n in numbers))
    return rows


def table(*rows: str, delimiter: str = ",", heading: list[str] = HEADING) -> str:
    return "\n".join([delimiter.join(heading), *rows]) + "\n"


@pytest.mark.parametrize(
    "name", ['-Z" (Ohms)', "-Z'' (Ohms)", '"-Z"" (Ohms)"', '-z" (ohms)'], ids=["1", "2", "3", "4"]
)
def test_a_table_is_read_however_its_heading_is_quoted(write: Write, name: str) -> None:
    heading = [name if cell.startswith("-Z") else cell for cell in HEADING]
    path = write(table(*eis(1), heading=heading))
    assert FORMAT.recognises(path.read_bytes())
    (spectrum,) = read(path)
    assert_holds(spectrum, F, Z)
    source = spectrum.provenance
    assert source.conditions == pytest.approx(
        {"start_s": 10.0, "dc_potential_V": 0.05, "dc_current_A": 1e-6}
    )
    assert source.technique == "Potentiostatic EIS"
    assert source.sign_convention == "-Im Z"


def test_decimal_commas(write: Write) -> None:
    rows = [row.replace(".", ",") for row in eis(1, ";")]
    (spectrum,) = read(write(table(*rows, delimiter=";")))
    assert_holds(spectrum, F, Z)


def test_steps_of_direct_current_are_passed_over_and_steps_of_eis_told_apart(
    write: Write,
) -> None:
    rest = [f"1,1,Open Circuit Potential,{t},0.05,,,,,,," for t in range(40)]
    first, second = read(write(table(*rest, *eis(2), *eis(3))))
    for spectrum in (first, second):
        assert_holds(spectrum, F, Z)
        assert spectrum.findings == ()
    assert (first.provenance.conditions["start_s"], second.provenance.conditions["start_s"]) == (
        20.0, 30.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (table("1,1,Open Circuit Potential,1,0.05,,,,,,,"), "its steps are of direct current"),
        (table(), "holds no data"),
        ("f,Z'\n", "the heading lacks"),
    ],
)
def test_what_is_no_impedance_is_refused(write: Write, content: str, said: str) -> None:
    assert_refused(read, write(content), said)


def test_it_keeps_what_is_asked_of_every_reader() -> None:
    check_reader(FORMAT, table(*eis(1), *eis(2)).encode(), "squid_25C.csv", F, Z)
