"""The measurement sheet: read, applied, written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import SheetError
from eisfit.base.findings import Finding
from eisfit.data.geometry import Geometry
from eisfit.data.settings import AnalysisSettings
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.io.inputs import apply_sheet, build_inputs
from eisfit.io.new_sheet import write_sheet
from eisfit.io.sheet import FILE_NAME, FileEntry, PointRule, Sheet, read_sheet
from eisfit.readers import ReadOutcome, read, read_each

TABLE = "f,Z',Z''\n" + "".join(f"{f},100,-{f}\n" for f in (1000, 100, 50, 10, 1))

FULL = """
schema = 1
sample = "LLTO pellet 7"
material = "LLTO"
model = "llto_pellet"
thickness = "1.2 mm"
diameter = "10 mm"
thickness_error = "0.01 mm"
diameter_error = "0.02 mm"
lead_resistance = "1.5 ohm"
along = "temperature"

[files."a.mpt"]
temperature = ["25 °C", "300 K"]
time = "2 h"
bias = "100 mV"
state_of_charge = "50 %"
pressure = "50 MPa"
thickness = "1.2 mm"
points = [
  { above = "5 MHz", reason = "lead resonance" },
  { near = "50 Hz", sweep = 2, reason = "mains" },
  { above = "1 Hz", below = "10 Hz", reason = "drift" },
]

[files."b.mpt"]
leave_out = "bad contact"
"""


def _sheet(tmp_path: Path, text: str) -> Sheet:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    sheet = read_sheet(tmp_path)
    assert sheet is not None
    return sheet


def _spectrum(file: str = "x/a.mpt", sweep: int = 1, **more: object) -> Spectrum:
    frequency = np.array([1e7, 1e5, 50.0, 5.0, 0.5])
    return Spectrum(
        frequency,
        np.full(5, 100 - 5j),
        provenance=Provenance(file=file, sweep=sweep),
        **more,  # type: ignore[arg-type]
    )


def test_a_full_sheet_is_read(tmp_path: Path) -> None:
    sheet = _sheet(tmp_path, FULL)
    stated = sheet.settings
    assert (sheet.sample, stated.material, stated.model) == ("LLTO pellet 7", "LLTO", "llto_pellet")
    assert stated.geometry == Geometry.disc("1.2 mm", "10 mm", None, "0.01 mm", "0.02 mm")
    assert (stated.lead_resistance, stated.along) == (1.5, "temperature")
    entry = sheet.files["a.mpt"]
    assert entry.temperature == pytest.approx((298.15, 300))
    assert entry.conditions == {
        "time_s": (7200.0,), "bias_V": (pytest.approx(0.1),), "state_of_charge": (0.5,),
        "pressure_Pa": (5e7,), "thickness_m": (pytest.approx(1.2e-3),),
    }  # fmt: skip
    assert entry.points[0] == PointRule("lead resonance", above=5e6)
    assert entry.points[1] == PointRule("mains", near=50, sweep=2)
    assert sheet.files["b.mpt"] == FileEntry(leave_out="bad contact")


def test_a_folder_without_a_sheet_has_none(tmp_path: Path) -> None:
    assert read_sheet(tmp_path) is None


def test_an_area_may_stand_for_the_diameter(tmp_path: Path) -> None:
    sheet = _sheet(tmp_path, 'thickness = "1 um"\narea = "1 cm2"\n')
    assert sheet.settings.geometry == Geometry(1e-6, 1e-4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('thicknes = "1 mm"', "unknown key 'thicknes'; did you mean 'thickness'"),
        ("schema = 2", "schema = 2"),
        ('thickness = "1.2"\ndiameter = "1 mm"', "thickness: '1.2' has no unit"),
        ('thickness = 1.2\ndiameter = "1 mm"', "thickness: '1.2' has no unit"),
        ('thickness = "1 furlong"\ndiameter = "1 mm"', "unknown unit"),
        ('diameter = "1 mm"', "not thickness"),
        ('thickness = "1 mm"', "the diameter or the area"),
        ('thickness = "1 mm"\ndiameter = "1 mm"\narea = "1 cm2"', "one of the two"),
        ('lead_resistance = "2"', "lead_resistance: '2' has no unit"),
        ('along = "pH"', "along = 'pH' is none of temperature"),
        ("sample = 7", "sample must be a text"),
        ('files = "a"', "files must be a table"),
        ('files.a = "b"', "a must be a table"),
        ('[files.a]\ntemprature = "25 °C"', "did you mean 'temperature'"),
        ("[files.a]\ntemperature = 25", "files.a.temperature: '25' has no unit"),
        ('[files.a]\ntime = "2"', "files.a.time: '2' has no unit"),
        ('[files.a]\nbias = "2 furlong"', "unknown unit"),
        ("[files.a]\nbias = 2", "write it as in '0.1 V'"),
        ('[files.a]\npressure = "-2 bar"', "must not be negative"),
        ('[files.a]\nstate_of_charge = "120 %"', "must be 0 to 100 %"),
        ('[files.a]\npoints = "all"', "must be a list"),
        (
            '[files.a]\npoints = [{ above = "5 MHz" }]',
            "the reason for leaving points out is missing",
        ),
        ('[files.a]\npoints = [{ reason = "x" }]', "no points are selected"),
        ('[files.a]\npoints = [{ above = "5", reason = "x" }]', "write it as in '5 MHz'"),
        ('[files.a]\npoints = [{ sweep = -1, reason = "x" }]', "whole number"),
        ('[files.a]\npoints = [{ over = "5 Hz", reason = "x" }]', "unknown key"),
        ("sample = LLTO", "not TOML"),
    ],
)
def test_what_makes_no_sense_is_said_with_the_sheet_and_the_key(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(SheetError) as caught:
        _sheet(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / FILE_NAME))
    assert said in str(caught.value)


def test_a_sheet_that_is_no_text_or_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SheetError, match="cannot be read"):
        read_sheet(tmp_path)
    with pytest.raises(SheetError, match="cannot be read"):
        read_sheet(tmp_path / "other.toml")


def test_the_sheet_wins_over_header_and_name_and_says_so() -> None:
    sheet = Sheet(files={"a.mpt": FileEntry(temperature=(350.0,))})
    settings = AnalysisSettings(geometry=Geometry(1e-3, 1e-4))
    header = _spectrum(temperature=300.0, temperature_source="header")
    named = _spectrum(temperature=300.0, temperature_source="file name")
    found = build_inputs([ReadOutcome("x/a.mpt", (header, named))], sheet, settings)
    assert [(s.temperature, s.temperature_source) for s in found.spectra] == [(350.0, "sheet")] * 2
    assert all(s.geometry == Geometry(1e-3, 1e-4) for s in found.spectra)
    assert (found.left_out, [f.code for f in found.findings]) == ((), ["temperature_overruled"])


def test_a_temperature_in_the_sheet_ends_the_doubts_about_it() -> None:
    doubt = Finding("temperature_sign", "info", "a minus or a hyphen", in_doubt="temperature")
    other = Finding("unsorted", "info", "sorted by frequency")
    sheet = Sheet(files={"a.mpt": FileEntry(temperature=(350.0,))})
    spectrum = _spectrum(temperature=300.0, temperature_source="file name")
    ((after,), _, _) = apply_sheet(sheet, [spectrum.with_(findings=(doubt, other))])
    assert after.findings == (other,)


def test_a_sheet_that_says_nothing_changes_nothing() -> None:
    before = _spectrum(temperature=300.0, temperature_source="header", geometry=Geometry(1, 1))
    ((after,), left_out, findings) = apply_sheet(Sheet(), [before])
    assert (after.temperature, after.geometry, after.reasons) == (300.0, Geometry(1, 1), ("",) * 5)
    assert (left_out, findings) == ([], [])


def test_values_may_differ_from_sweep_to_sweep(tmp_path: Path) -> None:
    sheet = _sheet(tmp_path, FULL)
    kept, _, _ = apply_sheet(sheet, [_spectrum(sweep=1), _spectrum(sweep=2)])
    assert [s.temperature for s in kept] == pytest.approx([298.15, 300])
    assert {s.provenance.conditions["time_s"] for s in kept} == {7200.0}
    assert [s.provenance.conditions["bias_V"] for s in kept] == pytest.approx([0.1, 0.1])
    with pytest.raises(SheetError, match="this is sweep 3"):
        apply_sheet(sheet, [_spectrum(sweep=3)])


def test_points_are_left_out_with_their_reason_and_numbers_stay(tmp_path: Path) -> None:
    sheet = _sheet(tmp_path, FULL)
    (one, two), _, findings = apply_sheet(sheet, [_spectrum(sweep=1), _spectrum(sweep=2)])
    assert one.reasons == ("lead resonance", "", "", "drift", "")
    assert two.reasons == ("lead resonance", "", "mains", "drift", "")
    assert one.frequency[0] == 1e7
    assert [f.code for f in findings] == ["file_in_sheet_missing"]


def test_a_rule_that_means_no_point_says_so() -> None:
    rule = PointRule("mains", near=60)
    _, _, findings = apply_sheet(Sheet(files={"a.mpt": FileEntry(points=(rule,))}), [_spectrum()])
    assert [f.code for f in findings] == ["rule_without_points"]


def test_files_and_sweeps_are_left_out_with_their_reason() -> None:
    entries = {
        "b.mpt": FileEntry(leave_out="bad contact"),
        "a.mpt": FileEntry(points=(PointRule("not settled", sweep=1), PointRule("x", below=1e9))),
    }
    spectra = [_spectrum("b.mpt"), _spectrum(), _spectrum(sweep=2)]
    kept, left_out, _ = apply_sheet(Sheet(files=entries), spectra)
    assert kept == []
    assert [reason for _, reason in left_out] == ["bad contact", "not settled", "x"]


def test_a_file_that_is_named_and_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "there.mpt").write_text("x")
    sheet = _sheet(tmp_path, "[files.'there.mpt']\n[files.'a.mptt']\n")
    _, _, findings = apply_sheet(sheet, [_spectrum()])
    (finding,) = findings
    assert (finding.code, finding.severity) == ("file_in_sheet_missing", "warning")
    assert "did you mean 'a.mpt'" in finding.message


def test_files_of_folders_below_are_named_by_their_path() -> None:
    sheet = Sheet(files={"day2/a.mpt": FileEntry(temperature=(300.0,))})
    kept, _, _ = apply_sheet(sheet, [_spectrum("day1/a.mpt"), _spectrum("x/day2/a.mpt")])
    assert [s.temperature for s in kept] == [None, 300.0]


def test_a_written_sheet_is_read_back_and_changes_nothing(tmp_path: Path) -> None:
    for name in ("p_25C.csv", "p_-20C.csv", 'p "x" ü.csv'):
        (tmp_path / name).write_text(TABLE, encoding="utf-8")
    (tmp_path / "broken.csv").write_text("f,Z'\n1,2\n")
    before = read(sorted(tmp_path.glob("p*.csv")))
    path = write_sheet(tmp_path, read_each(tmp_path))
    assert path == tmp_path / FILE_NAME
    sheet = read_sheet(path)
    assert sheet is not None
    assert set(sheet.files) == {"p_25C.csv", "p_-20C.csv", 'p "x" ü.csv'}
    after, left_out, findings = apply_sheet(sheet, before)
    assert [s.temperature or 0 for s in after] == pytest.approx([0, 253.15, 298.15])
    assert (left_out, findings) == ([], [])
    assert "# broken.csv cannot be read" in path.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".tmp")] == []


def test_a_written_sheet_holds_what_headers_tell(tmp_path: Path) -> None:
    geometry = Geometry(7.5e-4, 1.327e-4)
    spectra = tuple(
        _spectrum(str(tmp_path / "a.txt"), n, geometry=geometry, temperature=300.0 + n)
        for n in (1, 2)
    )
    write_sheet(tmp_path, [ReadOutcome(str(tmp_path / "a.txt"), spectra, "novocontrol")])
    sheet = read_sheet(tmp_path)
    assert sheet is not None
    assert sheet.settings.geometry is not None
    assert sheet.settings.geometry.thickness == pytest.approx(7.5e-4)
    assert sheet.settings.geometry.area == pytest.approx(1.327e-4)
    assert sheet.files["a.txt"].temperature == pytest.approx((301, 302))


def test_the_lines_offered_in_a_written_sheet_are_valid(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(TABLE)
    lines = write_sheet(tmp_path, read_each(tmp_path)).read_text(encoding="utf-8").splitlines()
    offered = [line.removeprefix("# ") for line in lines if " = " in line]
    assert len(offered) > 12
    for line in offered:
        tomllib.loads(line)


def test_a_sheet_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("# mine")
    with pytest.raises(SheetError, match="exists already"):
        write_sheet(tmp_path, [])
    assert (tmp_path / FILE_NAME).read_text() == "# mine"


def test_a_folder_that_is_not_there_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="cannot be written"):
        write_sheet(tmp_path / "no", [])
