"""Elchemea's .i2b: text, the number of points, rows."""

from __future__ import annotations

from datetime import datetime

import pytest
from vendor_files import INSTRUMENTS, F, Write, Z, assert_holds, assert_refused, real

from eisfit.readers.conformance import check_reader
from eisfit.readers.tables import delimited
from eisfit.readers.text import HEAD
from eisfit.readers.vendors.elchemea import FORMAT, read


def i2b(
    above: str = "sample 7\nmeasured in air\n\n",
    count: int = len(F),
    sign: int = 1,
    order: int = 1,
    end: str = "\n",
) -> str:
    rows = [
        f"{f!r} {z.real!r} {sign * z.imag!r}"
        for f, z in zip(F[::order].tolist(), Z[::order].tolist(), strict=True)
    ]
    return (f"{above}{count}\n" + "\n".join([*rows, ""])).replace("\n", end)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("order", [1, -1])
def test_rows_below_the_number_of_points(write: Write, order: int, end: str) -> None:
    text = i2b(order=order, end=end)
    assert FORMAT.recognises(text.encode())
    (spectrum,) = read(write(text))
    assert_holds(spectrum, F[::order], Z[::order])
    source = spectrum.provenance
    assert (source.format, source.sign_convention) == ("elchemea", "Im Z")
    assert source.software == "Elchemea Analytical"
    assert spectrum.findings == ()


def test_date_and_temperature_of_the_text_are_kept(write: Write) -> None:
    (spectrum,) = read(write(i2b("sample 7\n2021-03-05 12:30:00\nTemperature: 650 °C\n\n")))
    assert spectrum.provenance.measured_at == datetime(2021, 3, 5, 12, 30)
    assert spectrum.temperature == pytest.approx(923.15)


def test_a_stored_minus_is_seen_and_said(write: Write) -> None:
    (spectrum,) = read(write(i2b(sign=-1)))
    assert_holds(spectrum)
    assert spectrum.provenance.sign_convention == "-Im Z"
    assert [f.code for f in spectrum.findings] == ["sign_guessed"]


@pytest.mark.parametrize(
    ("count", "code"), [(30, "sweep_incomplete"), (20, "more_points_than_announced")]
)
def test_another_number_of_points_is_said(write: Write, count: int, code: str) -> None:
    (spectrum,) = read(write(i2b(count=count)))
    assert len(spectrum) == len(F)
    assert [f.code for f in spectrum.findings] == [code]
    assert f"{count} points are announced and 25 are there" in spectrum.findings[0].message


def test_a_long_file_is_recognised_by_its_start() -> None:
    k = 5000
    rows = "".join(f"{1e6 / (i + 1):.9e} 1.0 -2.0\n" for i in range(k))
    text = f"a text\n{k}\n{rows}".encode()
    assert len(text) > HEAD
    assert FORMAT.recognises(text[:HEAD])


@pytest.mark.parametrize(
    "text",
    [
        i2b(above=""),  # the number of points first: columns of another program
        i2b(count=20),
        i2b(above="f Z' Z''\n").replace("\n25\n", "\n"),
        i2b().replace(" ", ","),
        "a text\n4\n1 2 3\n2 3 4\n1 2 3\n2 3 4\n",
        "a text\n3\n-1 2 3\n-2 3 4\n-3 2 3\n",
        "a text\n3\n3 2 3\n2 3 nan\n1 2 3\n",
        "a text\n3\n3 2 3\n2 3 4\n1 2 3\nmore text\n",
        "a text\n2\n3 2 3\n2 3 4\n",
    ],
)
def test_other_layouts_are_not_claimed(text: str) -> None:
    assert not FORMAT.recognises(text.encode())
    assert delimited.FORMAT.recognises(text.encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no number\nat all\n", "no text with the number of points"),
        ("a text\n29\n", "no row of numbers"),
        ("a text\n29\n1e3 1 -1\n1e2 2 -1\n", "only 2 usable points from line 3"),
    ],
)
def test_what_holds_no_spectrum_is_refused(write: Write, content: str, said: str) -> None:
    assert_refused(read, write(content), said)


def test_it_keeps_what_is_asked_of_every_reader() -> None:
    check_reader(FORMAT, i2b().encode(), "run_25C.i2b", F, Z)


@real
def test_the_same_spectrum_as_in_a_table() -> None:
    (spectrum,) = read(INSTRUMENTS / "elchemea" / "data.i2b")
    (same,) = delimited.read(INSTRUMENTS / "generic_csv" / "data-semicolon.csv")
    assert len(spectrum) == 29
    assert_holds(spectrum, same.frequency, same.impedance)
    assert spectrum.findings == ()
