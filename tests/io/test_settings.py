"""One order of precedence: options over the measurement sheet, the sheet over files."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import eisfit
from eisfit.base.errors import ModelError
from eisfit.circuit.simulation import frequencies
from eisfit.data.settings import AnalysisSettings
from eisfit.io.inputs import read_inputs
from eisfit.io.writing import write_spectrum

SHEET = """
model = "llto_pellet"
material = "LLTO"
thickness = "1 mm"
area = "1 cm2"
lead_resistance = "1.5 ohm"
temperature_error = "1 K"
along = "time"
short = "short.csv"
open = "open.csv"
suspects = "leave_out"
files."a_25C.csv".temperature = "30 °C"
files."a_25C.csv".time = "1 h"
files."b_35C.csv".time = "2 h"
"""
BY_SHEET: dict[str, Any] = {
    "model": "llto_pellet", "material": "LLTO", "geometry": eisfit.Geometry(1e-3, 1e-4),
    "lead_resistance": 1.5, "temperature_error": 1.0, "along": "time", "short": "short.csv",
    "open": "open.csv", "suspects": "leave_out",
}  # fmt: skip
BY_OPTION: dict[str, Any] = {
    "model": "R0-p(R1,C1)", "material": "LLZO", "geometry": eisfit.Geometry(2e-3, 1e-4),
    "lead_resistance": 0.0, "temperature_error": 0.5, "along": "temperature",
    "short": "fixture/other.csv", "open": "fixture/other.csv", "suspects": "keep",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two spectra, three measurements of a fixture, and a sheet that states everything."""
    grid = frequencies(1.0, 1e5, per_decade=5)
    for seed, name in enumerate(("a_25C.csv", "b_35C.csv")):
        made = eisfit.simulate("R0-p(R1,C1)", [5, 100, 1e-6], frequency=grid, seed=seed)
        write_spectrum(made, tmp_path / name)
    for name, R in (("short.csv", 0.1), ("fixture/other.csv", 0.2), ("open.csv", 1e8)):
        write_spectrum(eisfit.simulate("R0", [R], frequency=grid), tmp_path / name)
    (tmp_path / "series.toml").write_text(SHEET, encoding="utf-8")
    return tmp_path


def resolved(folder: Path, **options: Any) -> AnalysisSettings:
    for key in {"short", "open"} & options.keys():
        options[key] = str(folder / options[key])
    return read_inputs([str(folder)], AnalysisSettings(**options)).settings


def test_these_are_all_settings() -> None:
    names = {field.name for field in fields(AnalysisSettings)}
    assert names == set(BY_SHEET) == set(BY_OPTION)


@pytest.mark.parametrize("name", BY_SHEET)
def test_an_option_wins_over_the_sheet_and_leaves_the_others(name: str, folder: Path) -> None:
    expected = {**BY_SHEET, name: BY_OPTION[name]}
    for key in ("short", "open"):
        expected[key] = str(folder / expected[key])
    assert resolved(folder, **{name: BY_OPTION[name]}) == AnalysisSettings(**expected)


def test_without_a_sheet_the_options_hold_and_nothing_else(folder: Path) -> None:
    (folder / "series.toml").unlink()
    assert resolved(folder) == AnalysisSettings()
    assert resolved(folder, material="LLZO") == AnalysisSettings(material="LLZO")


def test_the_sheet_wins_over_the_name_of_a_file(folder: Path) -> None:
    by_sheet, by_name = read_inputs([str(folder)]).spectra
    assert (by_sheet.temperature, by_sheet.temperature_source) == (pytest.approx(303.15), "sheet")
    assert by_name.temperature == pytest.approx(308.15)


def test_a_series_has_what_options_and_sheet_state(folder: Path) -> None:
    series = eisfit.load_series(folder)
    assert (series.coordinate, series.geometry) == ("time", BY_SHEET["geometry"])
    assert (series.settings.model, series.settings.lead_resistance) == ("llto_pellet", 1.5)
    assert [len(s) for s in series.spectra] == [26, 26]  # the fixture's files are no spectra of it
    other = eisfit.load_series(folder, BY_OPTION["geometry"], "temperature")
    assert (other.coordinate, other.geometry) == ("temperature", BY_OPTION["geometry"])
    assert other.spectra[0].geometry == BY_OPTION["geometry"]


def test_arguments_win_over_the_settings_of_the_series(folder: Path) -> None:
    circuit = "R0-p(R1,C1)"
    series = eisfit.load_series(folder, settings=AnalysisSettings(along="temperature"))
    analysis = eisfit.analyze_series(series, circuit, material="", lead_resistance=2.0)
    assert (len(analysis.model.names), analysis.material) == (3, "")
    assert analysis.settings["temperature error"] == "1 K"  # as the sheet states
    asked = eisfit.TemperatureOptions(error=0.5)
    analysis = eisfit.analyze_series(series, circuit, material="", temperatures=asked)
    assert analysis.settings["temperature error"] == "0.5 K"


def test_a_series_without_any_model_is_refused_in_plain_words(folder: Path) -> None:
    (folder / "series.toml").unlink()
    with pytest.raises(ModelError, match="no model is given: give --model NAME"):
        eisfit.analyze_series(eisfit.load_series(folder))
