"""Tables that Autolab's NOVA exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.readers.conformance import check_reader
from eisfit.readers.vendors.autolab import FORMAT, read

Write = Callable[..., Path]

F = np.logspace(5, -1, 25)
Z = 12 + 300 / (1 + (2j * np.pi * F * 300 * 1e-5) ** 0.9)
PLAIN = ("Index", "Frequency (Hz)", "Z' (Ω)", "-Z'' (Ω)", "Z (Ω)", "-Phase (°)", "Time (s)")
SERIES = ("Filename", "Index", "DataIndex", "Time (s)", "Frequency (Hz)", "-Z'' (Ω)", "Z (Ω)",
          "-Phase (°)", "Z' (Ω)")  # fmt: skip


def nova(
    names: Sequence[str] = PLAIN, between: str = ";", factor: float = 1.0, file: str = ""
) -> str:
    lines = [between.join(names)]
    for i, (f, z) in enumerate(zip(F, factor * Z, strict=True)):
        values = {
            "Index": str(i + 1), "DataIndex": str(i + 1), "Filename": file,
            "Frequency (Hz)": f"{f:.10g}", "Z' (Ω)": f"{z.real:.10g}",
            "-Z'' (Ω)": f"{-z.imag:.10g}", "Z (Ω)": f"{abs(z):.10g}",
            "-Phase (°)": f"{-np.angle(z, deg=True):.10g}",
            "Time (s)": f"{300 + 1.5 * i:g}", "OCP value (V)": "-0.25",
            "Potential (DC) (V)": "0.4", "Current (DC) (A)": "1e-6",
        }  # fmt: skip
        lines.append(between.join(values[name] for name in names))
    return "\r\n".join([*lines, ""])


@pytest.mark.parametrize("between", [";", "\t", ","])
@pytest.mark.parametrize("names", [PLAIN, SERIES])
def test_any_order_and_any_delimiter(write: Write, names: Sequence[str], between: str) -> None:
    text = nova(names, between)
    (spectrum,) = read(write(text))
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-8)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    source = spectrum.provenance
    assert (source.format, source.instrument, source.software) == ("autolab", "Autolab", "NOVA")
    assert (source.columns, source.sign_convention) == (tuple(names), "-Im Z")
    assert source.conditions == {"start_s": 300.0}
    assert FORMAT.recognises(text.encode())


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("between", [";", "\t"])
def test_decimal_commas_in_every_encoding(write: Write, between: str, code: str) -> None:
    content = nova(SERIES, between).replace(".", ",").encode(code)
    assert FORMAT.recognises(content)
    (spectrum,) = read(write(content))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)


def test_an_ohm_that_the_code_page_lost(write: Write) -> None:
    text = nova(("Frequency (Hz)", "Z' (Ω)", "-Z'' (Ω)"), "\t").replace("Ω", "?")
    assert FORMAT.recognises(text.encode())
    (spectrum,) = read(write(text))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    assert [f.code for f in spectrum.findings] == ["unit_lost"]
    mojibake = nova().encode().decode("cp1252").encode()
    np.testing.assert_allclose(read(write(mojibake))[0].impedance, Z, rtol=1e-8)


def test_magnitude_and_phase_alone(write: Write) -> None:
    (spectrum,) = read(write(nova(("Frequency (Hz)", "Z (Ω)", "-Phase (°)"))))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    assert spectrum.provenance.sign_convention == "-phase"


def test_potentials_and_current_are_kept(write: Write) -> None:
    names = (*PLAIN, "OCP value (V)", "Potential (DC) (V)", "Current (DC) (A)")
    (spectrum,) = read(write(nova(names)))
    assert spectrum.provenance.conditions == pytest.approx(
        {"open_circuit_potential_V": -0.25, "dc_potential_V": 0.4, "dc_current_A": 1e-6,
         "start_s": 300.0}
    )  # fmt: skip
    assert spectrum.provenance.columns == names


def test_measurements_behind_each_other_with_their_dates(write: Write) -> None:
    dates = ("9/14/2021 10:23:44 AM", "2021-09-14 11:00:00", "14.09.2021 12:00:00",
             "9/8/2021 10:23:44 PM", "no date at all")  # fmt: skip
    text = "".join(f"{d}\r\n{nova(factor=1 + i)}" for i, d in enumerate(dates))
    spectra = read(write(text))
    assert [s.provenance.sweep for s in spectra] == [1, 2, 3, 4, 5]
    for i, spectrum in enumerate(spectra):
        np.testing.assert_allclose(spectrum.impedance, (1 + i) * Z, rtol=1e-8)
        assert spectrum.findings == ()
    assert [s.provenance.measured_at for s in spectra] == [
        datetime(2021, 9, 14, 10, 23, 44), datetime(2021, 9, 14, 11), datetime(2021, 9, 14, 12),
        None, None,  # the fourth may be of September or of August
    ]  # fmt: skip


def test_another_file_name_starts_another_spectrum(write: Write) -> None:
    second = nova(SERIES, file="b.nox", factor=2).split("\r\n", 1)[1]
    rising = "\r\n".join(reversed(second.strip().split("\r\n"))) + "\r\n"
    one, two = read(write(nova(SERIES, file="a.nox") + rising))
    np.testing.assert_allclose(one.impedance, Z, rtol=1e-8)
    np.testing.assert_allclose(two.impedance, 2 * Z[::-1], rtol=1e-8)


def test_an_overflow_is_left_out_and_said(write: Write) -> None:
    lines = nova().split("\r\n")
    cells = lines[4].split(";")
    lines[4] = ";".join([*cells[:2], "∞", *cells[3:]])
    (spectrum,) = read(write("\r\n".join(lines)))
    assert np.flatnonzero(spectrum.mask).tolist() == [3]
    assert "line 5" in spectrum.reasons[3]
    assert [f.code for f in spectrum.findings] == ["not_a_number"]


def test_one_measurement_that_was_stopped_does_not_cost_the_others(write: Write) -> None:
    short = "\r\n".join(nova().split("\r\n")[:3]) + "\r\n"
    (spectrum,) = read(write(short + nova()))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    assert [f.code for f in spectrum.findings] == ["sweep_too_short"]


FIT = (
    "Z' (Ω);-Z'' (Ω);Error Z' (%);Z (Ω);-Phase (°);Frequency (Hz);Convergence;χ²\n1;1;1;1;1;1;1;1\n"
)
VOLTAMMOGRAM = "Potential applied (V);Time (s);WE(1).Current (A);WE(1).Potential (V)\n1;1;1;1\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (FIT, ":1: this is a table of a fit in NOVA"),
        (VOLTAMMOGRAM, "table of NOVA's with Potential applied (V), Time (s), WE(1).Current (A)"),
        (nova().split("\r\n")[0], "no row of numbers follows the heading"),
        ("f,Z'\n1,2\n", "no heading with 'Frequency (Hz)'"),
    ],
)
def test_what_holds_no_spectrum_is_refused(write: Write, content: str, said: str) -> None:
    path = write(content)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "heading",
    [
        "Frequency (Hz);Z' (Ohm);-Z'' (Ohm)",
        "Index,Frequency (Hz),Z' (ohm),Z'' (ohm)",
        "Step,Elapsed Time (s),Frequency (Hz),|Z| (Ohms),Phase (deg),Z' (Ohms),-Z\" (Ohms)",
        "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm",
    ],
)
def test_tables_of_anybody_are_not_claimed(heading: str) -> None:
    assert not FORMAT.recognises(f"{heading}\n1;2;3\n".encode())


@pytest.mark.parametrize(
    ("text", "damages"), [(nova(), 500), (nova(SERIES, "\t").replace(".", ","), 100)]
)
def test_it_keeps_what_is_asked_of_every_reader(text: str, damages: int) -> None:
    check_reader(
        FORMAT, text.encode(), "eis_25C.txt", F, Z, cuts=min(damages, 200), damages=damages
    )
