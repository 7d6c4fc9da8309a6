"""Tables of text, whatever wrote them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.readers import read

Write = Callable[..., Path]
FREQUENCY = (1e5, 1e4, 1e3, 100.0, 10.0, 1.0)


def _rows(form: str = "{f},{x},{y}", sign: int = -1) -> list[str]:
    return [form.format(f=f, x=100 + i, y=sign * (10 + i)) for i, f in enumerate(FREQUENCY)]


def _text(heading: str, rows: list[str]) -> str:
    return "\n".join([heading, *rows, ""])


def _codes(path: Path) -> list[list[str]]:
    return [[f.code for f in s.findings] for s in read(path)]


@pytest.mark.parametrize(
    "heading",
    [
        "f,Z',Z''",
        "# frequency (Hz), Z' (Ohm), Z'' (Ohm)",
        '"f (Hz)","Re(Z)","Im(Z)"',
        "Sample 7, 25.02.2025\nAmplitude 10 mV\n\nfreq/Hz,Re(Z)/Ohm,Im(Z)/Ohm",
        "f,Z',Z''\nHz,ohm,ohm",
        "Impedance measured with a frequency sweep\nf,Z',Z''",
        "% comment\n% comment\nf,Z',Z''\n\n",
    ],
)
def test_a_heading_is_found_wherever_it_stands(heading: str, write: Write) -> None:
    (spectrum,) = read(write(_text(heading, _rows())))
    np.testing.assert_allclose(spectrum.frequency, FREQUENCY)
    np.testing.assert_allclose(spectrum.impedance, [100 + i - 1j * (10 + i) for i in range(6)])
    assert spectrum.findings == ()


@pytest.mark.parametrize(
    ("heading", "form"),
    [
        ("Frequency (Hz)   Z' (Ohm)   Z'' (Ohm)", "{f:.6e}   {x:.3f}   {y:.3f}"),
        ("f Z' Z''", "{f} {x} {y}"),
        ("f\tZ'\tZ''", "{f}\t{x}\t{y}\t"),
        ("f;Z';Z''", "{f:.1f};{x:.2f};{y:.3f}"),
        ("n,f,Z',Z'',note", "1,{f},{x},{y},Auto"),
        (",f,Z',Z''", "0,{f},{x},{y}"),
    ],
)
def test_cells_may_stand_apart_in_any_way(heading: str, form: str, write: Write) -> None:
    (spectrum,) = read(write(_text(heading, _rows(form))))
    np.testing.assert_allclose(spectrum.frequency, FREQUENCY)
    np.testing.assert_allclose(spectrum.impedance.real, 100 + np.arange(6))
    np.testing.assert_allclose(spectrum.impedance.imag, -10 - np.arange(6))


def test_units_below_the_heading_count(write: Write) -> None:
    (spectrum,) = read(write(_text("f\tZ'\tZ''\nkHz\tkOhm\tkOhm", _rows("{f}\t{x}\t{y}"))))
    assert spectrum.frequency[0] == 1e8
    assert spectrum.impedance[0] == 1e5 - 1e4j


def test_a_minus_in_the_heading_is_believed(write: Write) -> None:
    (spectrum,) = read(write(_text("f,Z',-Z''", _rows())))
    assert np.all(spectrum.impedance.imag > 0)
    assert spectrum.findings == ()


def test_a_plain_column_that_is_positive_throughout_is_taken_as_negated_and_said(
    write: Write,
) -> None:
    (spectrum,) = read(write(_text("f,Z',Z''", _rows(sign=1))))
    assert np.all(spectrum.impedance.imag < 0)
    assert spectrum.provenance.sign_convention == "-Im Z"
    assert [(f.code, f.severity) for f in spectrum.findings] == [("sign_guessed", "warning")]


def test_a_resistor_with_noise_keeps_its_sign(write: Write) -> None:
    (spectrum,) = read(write(_text("f,Z',Z''", [f"{f},1000,0.02" for f in FREQUENCY])))
    assert np.all(spectrum.impedance.imag > 0)


def test_a_temperature_column_divides_a_long_table(write: Write) -> None:
    rows = [f"{t},{row}" for t in (-10, 0, 25) for row in _rows()]
    spectra = read(write(_text("Temperature,f,Z',Z''", rows)))
    assert [s.temperature for s in spectra] == pytest.approx([263.15, 273.15, 298.15])
    assert {s.temperature_source for s in spectra} == {"header"}
    assert [s.provenance.sweep for s in spectra] == [1, 2, 3]


def test_a_temperature_sensor_divides_nothing(write: Write) -> None:
    rows = [f"{25 + 0.1 * (i // 2)},{row}" for i, row in enumerate(_rows())]
    (spectrum,) = read(write(_text("T/°C,f,Z',Z''", rows)))
    assert spectrum.temperature == pytest.approx(298.25)
    broken = [f"-327.63,{row}" for row in _rows()]
    (spectrum,) = read(write(_text("T/°C,f,Z',Z''", broken)))
    assert spectrum.temperature is None


def test_a_temperature_column_that_may_be_in_kelvin_is_not_used(write: Write) -> None:
    path = write(_text("Temperature,f,Z',Z''", [f"300,{row}" for row in _rows()]))
    assert read(path)[0].temperature is None
    assert _codes(path) == [["temperature_ambiguous"]]


def test_stacked_sweeps_are_told_by_the_jump_of_the_frequency(write: Write) -> None:
    assert len(read(write(_text("f,Z',Z''", _rows() * 3)))) == 3
    assert len(read(write(_text("f,Z',Z''", _rows()[::-1] * 2)))) == 2


def test_a_heading_that_stands_again_starts_a_sweep(write: Write) -> None:
    heading = "f,Z',Z''"
    rows = _rows()
    path = write("\n".join([heading, *rows[:3], heading, *rows[3:], ""]))
    assert [len(s) for s in read(path)] == [3, 3]


def test_a_second_table_with_another_heading_is_refused(write: Write) -> None:
    path = write(_text("f,|Z|,phase", _rows()) + _text("f,Z',Z''", _rows()))
    with pytest.raises(ReadError, match=r"csv:8: a second table"):
        read(path)


def test_what_is_no_number_is_masked_with_its_line(write: Write) -> None:
    rows = _rows()
    rows[1], rows[3], rows[4] = "abc,1,2", "100,NaN,-3", "10,5,#DIV/0!"
    path = write(_text("f,Z',Z''", [*rows, "0,1,-1", "-5,1,-1"]))
    (spectrum,) = read(path)
    assert len(spectrum) == 8
    assert spectrum.reasons[1] == "line 3: 'abc' is not a number"
    assert spectrum.reasons[6] == "line 8: the frequency 0 Hz is not above zero"
    assert np.sum(spectrum.mask) == 5
    assert _codes(path) == [["not_a_number", "frequency_not_positive"]]


def test_unsorted_and_repeated_frequencies_are_said(write: Write) -> None:
    rows = _rows()
    assert _codes(write(_text("f,Z',Z''", [rows[2], rows[0], rows[1], rows[3]]))) == [
        ["unsorted_frequency"]
    ]
    path = write(_text("f,Z',Z''", [*rows[:3], rows[2], *rows[3:]]))
    assert _codes(path) == [["duplicate_frequency"]]
    assert len(read(path)[0].kept[0]) == 7


def test_text_among_the_rows_is_said(write: Write) -> None:
    rows = _rows()
    assert _codes(write(_text("f,Z',Z''", [*rows[:3], "pause here", *rows[3:]]))) == [["not_a_row"]]


def test_a_sweep_of_two_points_is_left_out_and_said(write: Write) -> None:
    path = write(
        _text("cycle,f,Z',Z''", [f"1,{r}" for r in _rows()] + ["2,1e5,1,-1", "2,1e4,1,-1"])
    )
    assert _codes(path) == [["sweep_too_short"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("f,Z',Z''\n1,2,-3\n2,3,-4\n", "only 2 usable points"),
        ("1,2\n2,3\n3,4\n", "these rows have two"),
        ("1,2,3,4\n2,3,4,5\n3,4,5,6\n", "4 columns without a heading"),
        ("a,b,c\n1,2,3\n2,3,4\n3,4,5\n", "no column for frequency among 'a', 'b', 'c'"),
        ("f,Z',Z''\n0,1,2,-3\n0,2,3,-4\n0,3,4,-5\n", "names 3 columns, the rows have 4"),
        ("-1,2,3\n-2,3,4\n-3,4,5\n", "mostly above zero"),
        ("f,Z',Z''\n", "ends after the heading"),
        ("f,Z' (Ohm cm),Z'' (Ohm cm)\n1,2,-3\n2,3,-4\n3,4,-5\n", "'Ohm cm'"),
        ("f,Z',Z''\nx,y,z\nu,v,w\nr,s,t\n", "csv"),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_to_do(text: str, said: str, write: Write) -> None:
    with pytest.raises(ReadError) as caught:
        read(write(text))
    assert said in str(caught.value)


def test_blocks_of_magnitude_and_phase_are_refused_not_misread(write: Write) -> None:
    block = '"Frequency"\t"Data Trace Real"\t"Data Trace Imag"\n' + "".join(
        f"{f:e}\t{10.0:e}\t{0.0:e}\n" for f in FREQUENCY
    )
    head = '"MEASURE PARAMETER: IMPEDANCE MAG PHASE (DEG)"\n"TRACE: A"\n\n'
    with pytest.raises(ReadError, match="Data Trace Real"):
        read(write(head + block + '\n"TRACE: B"\n' + block))


def test_a_table_of_magnitude_in_milliohm_and_negated_phase(write: Write) -> None:
    (spectrum,) = read(
        write(_text("f/kHz,|Z|/mOhm,-phase/deg", ["1,1000,90", "2,1e3,90", "3,1e3,90"]))
    )
    np.testing.assert_allclose(spectrum.impedance, -1j, atol=1e-15)
    assert spectrum.frequency[0] == 1e3


def test_a_phase_without_a_unit_is_in_degrees_unless_it_never_exceeds_a_right_angle(
    write: Write,
) -> None:
    (spectrum,) = read(write(_text("f,|Z|,phase", [f"{f},100,-60" for f in FREQUENCY])))
    np.testing.assert_allclose(spectrum.impedance.real, 50)
    assert spectrum.findings == ()
    (spectrum,) = read(write(_text("f,|Z|,phase", [f"{f},100,-1.0471975512" for f in FREQUENCY])))
    np.testing.assert_allclose(spectrum.impedance.real, 50)
    assert [f.code for f in spectrum.findings] == ["phase_unit_guessed"]


def test_the_sign_of_a_long_table_is_decided_once(write: Write) -> None:
    rows = [f"{t},{row}" for t in (0, 10, 20, 30, 40, 50) for row in _rows(sign=1)]
    rows[:2] = ["0,1e5,100,-10", "0,1e4,101,-11"]
    spectra = read(write(_text("T/°C,f,Z',Z''", rows)))
    assert {s.provenance.sign_convention for s in spectra} == {"-Im Z"}


def test_what_concerns_the_whole_file_is_said_once(write: Write) -> None:
    rows = _rows()
    path = write(_text("f,Z',Z''", ["0,0,0", *rows, "pause", *rows, *rows]) + "1e5,1")
    assert _codes(path) == [
        ["rows_without_frequency", "not_a_row"],
        [],
        ["sweep_too_short", "truncated"],
    ]


def test_files_of_other_programs_are_read_by_their_headings(write: Write) -> None:
    nova = "Index\tFrequency (Hz)\tZ' (Ω)\t-Z'' (Ω)\tZ (Ω)\t-Phase (°)\tTime (s)"
    rows = [f"{i}\t{f}\t100,5\t10,5\t101\t6\t1" for i, f in enumerate((1000, 100, 10))]
    (spectrum,) = read(write(_text(nova, rows)))
    assert spectrum.impedance[0] == 100.5 - 10.5j
    palm = "Date:,2020\n\nfreq / Hz,neg. Phase / °,Idc / uA,Z / Ohm,Z' / Ohm,-Z'' / Ohm"
    text = _text(palm, [f"{f},6,1,101,100,10" for f in (1000, 100, 10)])
    (spectrum,) = read(write(text.encode("utf-16")))
    assert spectrum.impedance[0] == 100 - 10j


def test_a_short_circuit_keeps_its_sign(tmp_path: Path) -> None:
    """The leads of a short are inductive at every point: that is no mixed-up sign."""
    rows = [f"{f:g},0.05,{6.28e-7 * f:g}" for f in (1e6, 3e5, 1e5, 3e4, 1e4, 3e3, 1e3)]
    path = tmp_path / "short.csv"
    path.write_text("frequency,Re(Z),Im(Z)\n" + "\n".join(rows) + "\n")
    (spectrum,) = read(path)
    assert np.all(spectrum.impedance.imag > 0)
    assert "sign_guessed" not in {f.code for f in spectrum.findings}


def test_an_impedance_per_area_says_what_it_is_kept_as(write: Write) -> None:
    rows = [f"{f},{100.0},{-f}" for f in (1000, 100, 10, 1)]
    (spectrum,) = read(write(_text("f/Hz,Z'/Ω cm²,Z''/Ω cm²", rows)))
    assert spectrum.impedance[0] == 100 - 1000j
    assert [f.code for f in spectrum.findings] == ["area_normalised"]


def test_a_value_that_overflows_is_left_out_with_its_reason(write: Write) -> None:
    rows = [f"{f},{100.0},{-f}" for f in (1000, 100, 10, 1)]
    (spectrum,) = read(write(_text("f/Hz,Z'/MOhm,Z''/kOhm", [*rows, "0.1,1e305,-1"])))
    assert spectrum.reasons[-1] == "line 6: a value is too large"
    assert len(spectrum.kept[0]) == 4
