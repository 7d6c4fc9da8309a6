"""A session: files in, changes with undo, the same numbers from app, script and command."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eisfit.app import editing
from eisfit.app.model_view import update_fit, with_values
from eisfit.app.parameter_panel import FitPanelState, slider_range
from eisfit.app.script import command, script
from eisfit.app.session import Session, set_temperature
from eisfit.app.state import Setting
from eisfit.app.widgets import ViewState, selected_points
from eisfit.base.errors import EisfitError, SheetError
from eisfit.base.progress import no_progress
from eisfit.plots.plotly import (
    ShownSpectrum,
    arrhenius_plotly,
    bode_plotly,
    drt_plotly,
    fit_coordinates,
    fit_plotly,
    nyquist_plotly,
    places_of,
)
from eisfit.quality.relaxation_times import drt

SAMPLE = Path(__file__).parents[2] / "sample_data/llto_pellet"
EVIL = "<img src=x onerror=window.hacked=1>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of six temperatures with its sheet."""
    place = tmp_path / "pellet"
    place.mkdir()
    for name in ("-20C.mpt", "0C.mpt", "20C.mpt", "40C.DTA", "60C.DTA", "80C.DTA"):
        shutil.copy(SAMPLE / f"LLTO_pelletA_{name}", place)
    shutil.copy(SAMPLE / "series.toml", place)
    return place


@pytest.fixture
def session(folder: Path) -> Session:
    made = Session(folder)
    made.read()
    return made


def test_rows_by_rising_temperature_with_verdicts(session: Session) -> None:
    assert [round(r.spectrum.temperature or 0) for r in session.rows] == [
        253,
        273,
        293,
        313,
        333,
        353,
    ]
    assert all(r.validity is None for r in session.rows)
    session.validate_spectra()
    assert {r.validity.verdict for r in session.rows if r.validity} == {"valid"}


def test_a_change_is_on_disk_and_can_be_undone(session: Session, folder: Path) -> None:
    before = (folder / "series.toml").read_text()
    row = session.rows[0]
    session.edit("out", lambda s: editing.leave_out_spectrum(s, row.file, 1, 1, "bad contact"))
    assert session.row(row.key).reason == "bad contact"
    again = Session(folder)
    again.read()
    assert again.row(row.key).reason == "bad contact"
    again.undo()
    assert (folder / "series.toml").read_text() == before
    assert not again.row(row.key).reason
    again.redo()
    assert again.row(row.key).reason == "bad contact"


def test_what_makes_no_sense_changes_nothing(session: Session, folder: Path) -> None:
    before = (folder / "series.toml").read_text()
    for text in ("25", "25 furlongs", "-400 °C"):
        with pytest.raises(EisfitError):
            set_temperature(session, session.rows[0].key, text)
    with pytest.raises(SheetError):
        session.change("nonsense", replace(session.state, sheet="thickness = [1"))
    assert (folder / "series.toml").read_text() == before
    set_temperature(session, session.rows[0].key, "-25 °C")
    assert session.rows[0].spectrum.temperature == pytest.approx(248.15)


def test_marked_points_take_no_part(session: Session) -> None:
    row = session.rows[2]
    shown = [ShownSpectrum(row.key, row.spectrum.label, row.spectrum)]
    ((_, points),) = selected_points([[0, 3], [0, 4], [0, 900], [7, 1], ["x", None]], shown)
    assert np.flatnonzero(points).tolist() == [3, 4]
    f = row.spectrum.frequency
    session.edit("points", lambda s: editing.with_points_out(s, row.file, 1, points, f, "mains"))
    spectrum = session.row(row.key).spectrum
    assert np.array_equal(spectrum.mask, points)
    assert spectrum.reasons[3] == "mains"
    assert np.array_equal(spectrum.impedance, row.spectrum.impedance)


def test_held_and_bounded_parameters(session: Session) -> None:
    key = session.rows[2].key
    free = session.fit_spectrum(key).fit
    assert free is not None
    R = free.estimates["R_grain_boundary"].value
    held = {"n_bulk": Setting(1.0, fixed=True), "R_grain_boundary": Setting(2 * R, low=1.9 * R)}
    session.change("set", replace(session.state, settings=held))
    fit = session.fit_spectrum(key).fit
    assert fit is not None
    assert fit.estimates["n_bulk"].fixed
    assert fit.estimates["n_bulk"].value == 1.0
    assert fit.estimates["R_grain_boundary"].value >= 1.9 * R * (1 - 1e-9)


def test_a_fit_waits_while_the_engine_is_at_work(session: Session) -> None:
    view, panel = ViewState(session, current=session.rows[0].key), FitPanelState()
    with session.working:  # as a thread that loads it
        update_fit(view, panel)
        assert panel.waiting
        assert panel.result is None
    update_fit(view, panel)
    assert not panel.waiting
    assert panel.result is not None
    with session.working:  # what is made already is shown
        update_fit(view, panel)
        assert panel.result is not None


def test_the_script_gives_the_numbers_of_the_app(session: Session, folder: Path) -> None:
    row = session.rows[1]
    out = np.arange(len(row.spectrum)) < 4
    f = row.spectrum.frequency
    session.edit("points", lambda s: editing.with_points_out(s, row.file, 1, out, f, 'a "lead"'))
    session.edit("out", lambda s: editing.leave_out_spectrum(s, session.rows[0].file, 1, 1, EVIL))
    held = {"n_bulk": Setting(0.97, fixed=True), "R_bulk": Setting(4e3, low=10.0, high=1e7)}
    session.change("set", replace(session.state, method="separate", settings=held))
    shown = session.row(row.key).spectrum
    single = session.fit_spectrum(row.key).fit
    made = session.analyze(no_progress).analysis
    text = script(session.sheet, session.state, shown, session.series())
    (folder / "analysis.py").write_text(text, encoding="utf-8")
    run = [sys.executable, "-W", "error", "analysis.py"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert single is not None
    assert repr(single) in done.stdout
    written = json.loads((folder / "report/results.json").read_text(encoding="utf-8"))
    assert set(written["arrhenius"]) == set(made.arrhenius)
    for name, line in made.arrhenius.items():
        said = written["arrhenius"][name]["activation_energy_eV"]
        assert said == pytest.approx(line.activation_energy.nominal_value, rel=1e-9)
    assert command(folder, session.state).endswith("report --method separate")


def test_a_script_goes_without_what_is_not_there(session: Session) -> None:
    session.edit("no model", lambda s: editing.with_value(s, "model", ""))
    text = script(session.sheet, session.state, None, None)
    assert "no model was chosen" in text
    compile(text, "analysis.py", "exec")


def test_dropped_files(tmp_path: Path) -> None:
    session = Session(tmp_path / "new")
    session.read()
    assert session.rows == ()
    good = (SAMPLE / "LLTO_pelletA_0C.mpt").read_bytes()
    session.drop("LLTO_0C.mpt", good)
    session.drop("broken.mpt", good[:300])
    session.drop("series.toml", b'model = "llto_pellet"\n')
    with pytest.raises(SheetError, match="not replaced"):
        session.drop("series.toml", b"")
    session.read()
    assert [r.file for r in session.rows] == ["LLTO_0C.mpt"]
    assert session.sheet.settings.model == "llto_pellet"
    (finding,) = session.findings
    assert finding.code == "unreadable_file"
    assert "broken.mpt" in finding.message


def test_figures_hold_the_data_and_nothing_that_runs(session: Session) -> None:
    row = session.rows[0]
    shown = [ShownSpectrum(row.key, EVIL, row.spectrum, p) for p in places_of([1.0])]
    frequency, Z = row.spectrum.kept
    for figure in (
        nyquist_plotly(shown),
        bode_plotly(shown),
        drt_plotly([(shown[0], drt(row.spectrum))]),
    ):
        text = json.dumps(figure, allow_nan=False)
        assert "<img" not in text
        assert "&lt;img" in text
    (trace, *_) = nyquist_plotly(shown)["data"]
    scale = np.abs(Z).max() / np.abs(np.array(trace["x"]) - 1j * np.array(trace["y"])).max()
    assert np.allclose(np.array(trace["x"]) * scale, row.spectrum.impedance.real, rtol=1e-5)
    assert len(trace["x"]) == len(frequency)


def test_the_curve_follows_the_values(session: Session) -> None:
    fit = session.fit_spectrum(session.rows[0].key).fit
    assert fit is not None
    figure = fit_plotly(fit.spectrum, fit)
    xs, ys = fit_coordinates(with_values(fit, {"R_grain_boundary": 1e3}))
    assert len(figure["data"]) == 2 + len(xs) == 2 + len(ys)
    assert xs[0] != figure["data"][2]["x"]
    same, _ = fit_coordinates(with_values(fit, {}))
    assert same[0] == figure["data"][2]["x"]
    json.dumps(figure, allow_nan=False)


def test_sliders_reach_around_every_value(session: Session) -> None:
    model = session.model()
    for parameter in model.parameters:
        low, high = slider_range(parameter, parameter.start or 1.0)
        assert low < high


def test_the_line_has_its_points_and_the_literature(session: Session) -> None:
    made = session.analyze(no_progress).analysis
    figure = arrhenius_plotly(made.arrhenius, made.comparison)
    json.dumps(figure, allow_nan=False)
    named = {trace.get("name"): trace for trace in figure["data"]}
    assert {"bulk", "grain boundary", "total", "bulk, literature"} <= set(named)
    bulk = made.arrhenius["bulk"]
    assert np.allclose(named["bulk"]["customdata"], bulk.temperature, rtol=1e-5)
    sigma_T = bulk.conductivity / 100 * bulk.temperature
    assert np.allclose(10 ** np.array(named["bulk"]["y"]), sigma_T, rtol=1e-4)


@pytest.mark.parametrize("place", ["../outside.mpt", "/etc/passwd", "gone.mpt"])
def test_a_fixture_outside_of_the_folder_is_not_read(
    session: Session, folder: Path, place: str
) -> None:
    shutil.copy(SAMPLE / "LLTO_pelletA_0C.mpt", folder.parent / "outside.mpt")
    before = session.rows[0].spectrum.impedance
    session.edit("short", lambda s: editing.with_value(s, "short", place))
    assert [f.code for f in session.findings] == ["fixture_not_read"]
    assert np.array_equal(session.rows[0].spectrum.impedance, before)


def test_the_sweep_of_a_fixture_in_the_folder_is_taken_out(session: Session) -> None:
    file, before = session.rows[-1].file, session.rows[0].spectrum.impedance
    session.edit("short", lambda s: editing.with_value(s, "short", file))
    assert [f.code for f in session.findings] == ["fixture_taken_out"]
    assert len(session.rows) == 5
    measured = session.rows[0].spectrum.measured
    assert measured is not None
    assert np.array_equal(measured, before)
