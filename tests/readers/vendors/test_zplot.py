"""ZPlot's and ZView's files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.readers.conformance import check_reader
from eisfit.readers.vendors.zplot import FORMAT, read

Write = Callable[..., Path]

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "instruments"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the files of real instruments are not here")

F = np.logspace(5, -1, 25)
Z = 12 + 300 / (1 + (2j * np.pi * F * 300 * 1e-5) ** 0.9)
NINE = ("Freq(Hz)", "Ampl", "Bias", "Time(Sec)", "Z'(a)", "Z''(b)", "GD", "Err", "Range")


def rows(between: str = "\t", names: tuple[str, ...] = NINE, codes: dict[int, int] | None = None):
    out = []
    for i, (f, z) in enumerate(zip(F, Z, strict=True)):
        values = dict(
            zip(
                NINE,
                (f"{f:.9E}", "1.0000E-02", "5.0000E-02", f"{2.5 + i:.6E}", f"{z.real:.9E}",
                 f"{z.imag:.9E}", "0.0000E+00", str((codes or {}).get(i, 0)), "4"),
                strict=True,
            )
        )  # fmt: skip
        out.append(between.join(values[name] for name in names))
    return out


def new(*entries: str, control: str = "Voltage", body: list[str] | None = None) -> str:
    lines = [
        "ZPLOT2 ASCII",
        "  Measured Data, ZPlot:       3.2c",
        f"  Experiment Type:            Sweep Frequency, Control {control}",
        "  Date:                       10-12-2018",
        "  Time:                       11:04:34",
        "  Open Circuit Potential (V): 0.0033",
        *entries,
        "  Begin Pstat/Gstat:          1287",
        "  Begin Analyzer:             1252",
        "    Surface Area:             0.5",
        f"  Data Points:                {len(F)}",
        "  " + "\t".join(NINE),
        "End Comments",
    ]
    return "\r\n".join([*lines, *(body or rows()), ""])


def old(
    mark: str = "ZPlotW Data File: Version 3.2c",
    third: str = "Sweep Frequency: Control Voltage",
    second: str = "Raw Data",
    comment: str = "",
    names: tuple[str, ...] = NINE,
    between: str = ", ",
    date: str = "Date: 12-17-2019    Time: 16:24:35",
) -> str:
    lines = [
        f'"{mark}"', f'"{second}"', f'"{third}"', date, comment, '"Frequency"', "0,3,0,1,1e5,0.1",
        str(len(F)), f'"  {"    ".join(names)}"',
    ]  # fmt: skip
    return "\n".join([*lines, *rows(between, names), ""])


def test_the_new_header_tells_how_it_was_measured(write: Write) -> None:
    (spectrum,) = read(write(new()))
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-8)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    source = spectrum.provenance
    assert source.conditions == pytest.approx(
        {"open_circuit_potential_V": 0.0033, "area_entry_m2": 0.5e-4, "amplitude_V": 0.01,
         "start_s": 2.5, "dc_potential_V": 0.05}
    )  # fmt: skip
    assert source.measured_at == datetime(2018, 10, 12, 11, 4, 34)
    assert source.technique == "Sweep Frequency, Control Voltage"
    assert source.software == "ZPlot 3.2c"
    assert source.instrument == "potentiostat 1287, analyzer 1252"
    assert (source.columns, source.sign_convention) == (NINE, "Im Z")
    assert spectrum.findings == ()
    assert spectrum.geometry is None


def test_under_current_control_amplitude_and_bias_are_currents(write: Write) -> None:
    (spectrum,) = read(write(new(control="Current")))
    told = spectrum.provenance.conditions
    assert (told["amplitude_A"], told["dc_current_A"]) == (0.01, pytest.approx(0.05))
    assert not {"amplitude_V", "dc_potential_V"} & set(told)


@pytest.mark.parametrize("between", [", ", ",", "\t", "   ", ";"])
def test_the_old_header_with_any_delimiter(write: Write, between: str) -> None:
    (spectrum,) = read(write(old(between=between)))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    source = spectrum.provenance
    assert source.measured_at == datetime(2019, 12, 17, 16, 24, 35)
    assert source.software == "ZPlotW 3.2c"
    assert source.technique == "Sweep Frequency, Control Voltage"
    assert source.conditions["amplitude_V"] == 0.01


@pytest.mark.parametrize("between", ["\t", "  ", ";"])
def test_decimal_commas(write: Write, between: str) -> None:
    body = [line.replace(".", ",") for line in rows(between)]
    (spectrum,) = read(write(new(body=body)))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    assert spectrum.provenance.conditions["amplitude_V"] == 0.01


def test_a_file_of_another_program_for_zview(write: Write) -> None:
    text = old("Z60W Data File: Version 1.1", "", "", date='""')
    (spectrum,) = read(write(text))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    assert spectrum.provenance.software == "Z60W 1.1"
    assert spectrum.provenance.measured_at is None
    assert not {"amplitude_V", "dc_potential_V"} & set(spectrum.provenance.conditions)
    assert FORMAT.recognises(text.replace('"', "").encode())


def test_columns_that_a_program_leaves_out_are_told_by_the_heading(write: Write) -> None:
    names = tuple(n for n in NINE if n not in {"Bias", "Range"})
    (spectrum,) = read(write(old(names=names)))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-8)
    assert spectrum.provenance.columns == names
    text = old(names=names).replace("Ampl ", "")
    with pytest.raises(ReadError, match=r":10: the rows have 7 cells; 9 are usual"):
        read(write(text))


def test_times_of_one_digit_and_changed_data(write: Write) -> None:
    (spectrum,) = read(
        write(old(second="Modified Data", date='"Date: 12-6-2023     Time: 20:46:8"'))
    )
    assert spectrum.provenance.measured_at == datetime(2023, 12, 6, 20, 46, 8)
    assert [f.code for f in spectrum.findings] == ["modified_data"]


def test_a_temperature_in_a_comment_is_told_and_not_used(write: Write) -> None:
    (spectrum,) = read(write(old(comment="1.7 sccm CO, 1.50 sccm CO2, 800 C")))
    assert spectrum.temperature is None
    assert [f.code for f in spectrum.findings] == ["temperature_not_used"]
    assert "800 °C" in spectrum.findings[0].message
    (spectrum,) = read(write(new("Temperature: 60 °C")))
    assert (spectrum.temperature, spectrum.findings) == (333.15, ())


def test_codes_in_the_column_err_are_told_and_cut_sweeps_too(write: Write) -> None:
    (spectrum,) = read(write(new(body=rows(codes={3: 2, 5: 1}))))
    (said,) = spectrum.findings
    assert said.code == "points_with_code"
    assert "2 points" in said.message
    assert "line 16" in said.message
    assert not spectrum.mask.any()
    (spectrum,) = read(write(new(body=rows()[:10])))
    assert [f.code for f in spectrum.findings] == ["sweep_incomplete"]
    assert "25 points are announced and 10 are there" in spectrum.findings[0].message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("ZPLOT2 ASCII\n  Date: 10-12-2018\n", "no line 'End Comments' and no heading"),
        (new(body=[" "]), "no row of numbers follows"),
        (new(body=[r.replace("E+0", "x") for r in rows()]), "is not a number"),
        (new(body=[rows()[0]] * 30), "fewer than 3 frequencies"),
    ],
)
def test_what_holds_no_spectrum_is_refused(write: Write, content: str, said: str) -> None:
    path = write(content)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


def test_long_lines_of_blanks_take_no_time(write: Write) -> None:
    (spectrum,) = read(write(new(" " * 200_000, "x" + " " * 200_000 + "y", ":" * 100_000)))
    assert len(spectrum) == len(F)


@pytest.mark.parametrize(("text", "damages"), [(new(), 500), (old(), 100)])
def test_it_keeps_what_is_asked_of_every_reader(text: str, damages: int) -> None:
    check_reader(FORMAT, text.encode(), "run_25C.z", F, Z, cuts=min(damages, 200), damages=damages)


@real
def test_files_of_an_instrument() -> None:
    (first,) = read(DATA / "zplot" / "Circuit2_EIS_1.z")
    (part,) = read(DATA / "zplot" / "exampleDataZPlot.z")  # the first 21 points of the same
    assert (len(first), first.kept[0][0], first.kept[0][-1]) == (56, 3e5, 1.0)
    np.testing.assert_allclose(part.impedance, first.impedance[:21], rtol=1e-6)
    assert part.provenance.measured_at == first.provenance.measured_at
    assert [f.code for f in first.findings] == []
    assert [f.code for f in part.findings] == ["sweep_incomplete"]
    assert first.provenance.conditions["area_entry_m2"] == pytest.approx(1e-4)
    (autolab,) = read(DATA / "autolab" / "exampleDataAutolab.txt")
    assert (len(autolab), autolab.provenance.software) == (41, "Z60W 1.1")
    assert autolab.findings == ()
