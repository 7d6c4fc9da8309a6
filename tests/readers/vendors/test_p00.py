"""Files .P00: a title, currents before and after, a table."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from vendor_files import INSTRUMENTS, F, Write, Z, assert_holds, assert_refused, real

from eisfit.readers.conformance import check_reader
from eisfit.readers.tables import delimited
from eisfit.readers.vendors.p00 import FORMAT, read

DATES = "13.07.2022 21:50:00 - 13.07.2022 22:02:16"
CURRENTS = "i(init)= 183.1nA - i(end)= 7.88nA"


def p00(
    line: str = f"{DATES} {CURRENTS}", count: str = " 25 \n", text: str = "Description", k: int = 25
) -> str:
    heading = " f/Hz       \t Z'/Ohm     \t -Z''/Ohm   \t time/s    \t Edc/V     \t Idc/A     \t"
    rows = [
        "".join(f" {x:.9e}\t" for x in (f, z.real, -z.imag, 59.3 + i, 0.30981, 1.8311e-7))
        for i, (f, z) in enumerate(zip(F[:k], Z[:k], strict=True))
    ]
    above = ["Procedure : Some title", line, text, "t =  736.4 s", heading]
    return "\n".join(above) + "\n" + count + "\n".join([*rows, ""])


def test_everything_that_the_file_tells(write: Write) -> None:
    text = p00()
    assert FORMAT.recognises(text.encode())
    (spectrum,) = read(write(text))
    assert_holds(spectrum, digits=8)
    source = spectrum.provenance
    assert source.conditions == pytest.approx(
        {"initial_current_A": 183.1e-9, "final_current_A": 7.88e-9, "start_s": 59.3,
         "dc_potential_V": 0.30981, "dc_current_A": 1.8311e-7}
    )  # fmt: skip
    assert source.measured_at == datetime(2022, 7, 13, 21, 50)
    assert source.technique == "Some title"
    assert source.columns == ("f/Hz", "Z'/Ohm", "-Z''/Ohm", "time/s", "Edc/V", "Idc/A")
    assert source.sign_convention == "-Im Z"
    assert spectrum.findings == ()


@pytest.mark.parametrize(
    ("line", "currents"),
    [
        ("i(init)= -1.5mA - i(end)=2uA", (-1.5e-3, 2e-6)),
        ("i(init)= 1.5e-3A - i(end)= 2 µA", (1.5e-3, 2e-6)),
        ("i(init)= 1.5pA", (1.5e-12, None)),
        ("i(init)= ... - i(end)= 1.2.3nA", (None, None)),
    ],
)
def test_currents_with_their_prefix(write: Write, line: str, currents: tuple) -> None:
    (spectrum,) = read(write(p00(line)))
    told = spectrum.provenance.conditions
    for name, value in zip(("initial_current_A", "final_current_A"), currents, strict=True):
        assert told.get(name) == (value if value is None else pytest.approx(value))
    assert spectrum.provenance.measured_at is None


def test_temperature_and_count_are_optional(write: Write) -> None:
    (spectrum,) = read(write(p00(count="", text="pellet, T = 60 °C")))
    assert spectrum.temperature == pytest.approx(333.15)
    assert spectrum.findings == ()
    assert_holds(spectrum, digits=8)


def test_decimal_commas(write: Write) -> None:
    head, rows = p00().split(" 25 \n")
    (spectrum,) = read(write(head + " 25 \n" + rows.replace(".", ",")))
    assert_holds(spectrum, digits=8)


def test_a_sweep_that_stopped_is_told(write: Write) -> None:
    (spectrum,) = read(write(p00(k=10)))
    assert len(spectrum) == 10
    assert [f.code for f in spectrum.findings] == ["sweep_incomplete"]
    assert "25 points are announced and 10 are there" in spectrum.findings[0].message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Procedure : Some title\n13.07.2022\n", "no heading 'f/Hz"),
        (p00(k=0), "no row of numbers follows the heading"),
        (p00(k=2), "only 2 usable points"),
    ],
)
def test_what_holds_no_spectrum_is_refused(write: Write, content: str, said: str) -> None:
    assert_refused(read, write(content), said)


def test_only_title_and_heading_together_are_claimed() -> None:
    title, rest = p00().split("\n", 1)
    assert not FORMAT.recognises(rest.encode())
    assert not FORMAT.recognises(f"{title}\nf/Hz Z'/Ohm -Z''/Ohm\n1 2 3\n".encode())


def test_it_keeps_what_is_asked_of_every_reader() -> None:
    check_reader(FORMAT, p00().encode(), "run_25C.P00", F, Z)


@real
def test_the_same_spectrum_as_in_a_table() -> None:
    (spectrum,) = read(INSTRUMENTS / "pyimpspec_P00" / "data.P00")
    (same,) = delimited.read(INSTRUMENTS / "generic_csv" / "data-semicolon.csv")
    assert len(spectrum) == 29
    half = 5e-4  # of the last of four digits, to which most numbers of the file are rounded
    np.testing.assert_allclose(spectrum.frequency, same.frequency, rtol=half)
    np.testing.assert_allclose(spectrum.impedance.real, same.impedance.real, rtol=half)
    np.testing.assert_allclose(spectrum.impedance.imag, same.impedance.imag, rtol=half)
    assert spectrum.provenance.conditions["dc_potential_V"] == pytest.approx(0.30981)
    assert spectrum.provenance.measured_at is None  # the file has letters where the date stands
    assert spectrum.findings == ()
