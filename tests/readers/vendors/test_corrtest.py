"""Text files of Corrtest's CS Studio."""

from __future__ import annotations

import base64
import gzip

import numpy as np
import pytest
from vendor_files import F, Write, Z, assert_holds, assert_refused

from eisfit.readers.conformance import check_reader
from eisfit.readers.vendors.corrtest import FORMAT, read

AREA = 0.5


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def studio(area: float | None = AREA, unit: str = "Ohm.cm²", technique: str = "ID_EISVSFRQ") -> str:
    told = "CORRW ASCII\r\nExpParmas:CellParam=Temp=25\r\n"
    told += f"Surface Area: {area}\r\n" if area is not None else ""
    values = Z * (area or 1) if "cm" in unit else Z
    rows = [
        f"{f:+.9E}\t10\t{z.real:+.9E}\t{z.imag:+.9E}\t{np.angle(z, deg=True):.3f}"
        for f, z in zip(F, values, strict=True)
    ]
    heading = f"Freq(Hz)\tAmpl(mV)\tZ'({unit})\tZ''({unit})\tPhase"
    return "\r\n".join([f"CSStudioFile,{technique},{packed(told)}", heading, *rows, ""])


@pytest.mark.parametrize("unit", ["Ohm.cm²", "Ohm.cm2", "ohm cm^2"])
def test_the_impedance_of_a_square_centimetre_becomes_that_of_the_sample(
    write: Write, unit: str
) -> None:
    (spectrum,) = read(write(studio(unit=unit)))
    assert_holds(spectrum, digits=8)
    source = spectrum.provenance
    assert source.conditions == pytest.approx({"area_entry_m2": 0.5e-4, "amplitude_V": 0.01})
    assert source.technique == "ID_EISVSFRQ"
    assert source.columns[2] == f"Z'({unit})"
    assert spectrum.temperature is None
    assert [f.code for f in spectrum.findings] == ["area_divided_out", "temperature_not_used"]


def test_a_heading_in_ohm_is_taken_as_it_stands(write: Write) -> None:
    (spectrum,) = read(write(studio(unit="Ohm")))
    assert_holds(spectrum, digits=8)
    assert "area_divided_out" not in {f.code for f in spectrum.findings}


@pytest.mark.parametrize("area", [None, 0.0])
def test_without_an_area_it_stays_that_of_a_square_centimetre(
    write: Write, area: float | None
) -> None:
    (spectrum,) = read(write(studio(area)))
    assert_holds(spectrum, digits=8)
    codes = {f.code for f in spectrum.findings}
    assert codes == {"area_normalised", "temperature_not_used"}
    assert spectrum.provenance.conditions == pytest.approx({"amplitude_V": 0.01})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("CSStudioFile,ID_EISVSFRQ,broken\nFreq(Hz)\tZ'(Ohm.cm²)\tZ''(Ohm.cm²)\n", "no data"),
        ("CSStudioFile,ID_CV,x\nE(V)\ti(A/cm²)\tT(s)\n1\t2\t3\n", "a CS Studio file of ID_CV"),
        ("f,Z'\n", "the first line is not CS Studio's"),
    ],
)
def test_what_gives_no_impedance_is_refused(write: Write, content: str, said: str) -> None:
    assert_refused(read, write(content), said)


def test_what_is_packed_does_not_grow_without_bounds(write: Write) -> None:
    bomb = packed("Surface Area: 0.5\n" + " " * 50_000_000)
    content = studio().split(",", 2)
    path = write(",".join([*content[:2], bomb + "\r\n" + content[2].split("\r\n", 1)[1]]))
    (spectrum,) = read(path)
    assert_holds(spectrum, digits=8)


def test_it_keeps_what_is_asked_of_every_reader() -> None:
    check_reader(FORMAT, studio().encode(), "eis_25C.txt", F, Z)
