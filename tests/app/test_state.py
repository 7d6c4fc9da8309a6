"""What was clicked: history, the text of the sheet, the folder, the script."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eisfit.app import editing, storage
from eisfit.app.state import History, Setting, State, add_step, from_json, redo, to_json, undo
from eisfit.base.errors import OutputError, ReadError, SheetError
from eisfit.io.sheet import parse_sheet

PLACE = Path("series.toml")
calm = settings(deadline=None)  # a busy machine is no failure
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
reasons = names.filter(lambda text: bool(text.strip()))
set_so = st.builds(
    Setting, st.floats(-1e9, 1e9), st.booleans(), st.none() | st.floats(0, 1), st.none()
)
methods = st.sampled_from(["joint", "separate"])
states = st.builds(State, names, st.dictionaries(names, set_so, max_size=3), methods)


@calm
@given(st.lists(st.tuples(names, states), max_size=6), st.integers(0, 6))
def test_undo_and_redo_lead_back_and_a_session_is_read_as_it_was_written(steps, back) -> None:
    history = History()
    for what, state in steps:
        history = add_step(history, what, state)
    gone = history
    for _ in range(back):
        gone = undo(gone)
    assert from_json(to_json(gone)) == gone
    for _ in range(back):
        gone = redo(gone)
    assert gone == history


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 2}', '{"schema": 1, "now": 3}'])
def test_what_is_no_session_is_a_sentence(text: str) -> None:
    with pytest.raises(SheetError, match=r"session|schema"):
        from_json(text)


@calm
@given(names, reasons, st.lists(st.booleans(), min_size=12, max_size=12), st.integers(1, 3))
def test_points_that_are_left_out_are_the_marked_ones(name, reason, marked, sweep) -> None:
    frequency, points = np.geomspace(1e6, 0.1, 12), np.array(marked)
    if points.all():
        points[0] = False
    sheet = editing.with_points_out("", name, sweep, points, frequency, reason)
    entry = parse_sheet(sheet, PLACE).files
    found = np.zeros(12, dtype=bool)
    for rule in entry[name].points if points.any() else ():
        assert rule.sweep == sweep
        assert rule.reason == reason.strip()
        found |= rule.points(frequency)
    assert np.array_equal(found, points)


@calm
@given(names, reasons)
def test_what_is_done_and_undone_leaves_no_trace(name, reason) -> None:
    before = '# mine\nschema = 1\nmodel = "randles" # keep\n'
    sheet = editing.leave_out_spectrum(before, name, 1, 1, reason)
    assert parse_sheet(sheet, PLACE).files[name].leave_out == reason.strip()
    back = editing.put_back(sheet, name, 1)
    assert back.strip() == before.strip()


def test_comments_of_a_sheet_stay() -> None:
    entry = '[files."a.mpt"]\ntemperature = "25 °C" # bath\n'
    sheet = f'# of Monday\nmodel = "randles" # ours\n\n{entry}'
    changed = editing.with_value(sheet, "material", "LLZO")
    changed = editing.with_condition(changed, "b.mpt", "temperature", "30 °C")
    for comment in ("# of Monday", "# ours", "# bath"):
        assert comment in changed
    read = parse_sheet(changed, PLACE)
    assert read.settings.material == "LLZO"
    assert read.files["b.mpt"].temperature == (303.15,)


def test_temperatures_of_several_sweeps() -> None:
    known = ["10 °C", "20 °C", "30 °C"]
    sheet = editing.with_condition("", "a", "temperature", "25 °C", 2, known)
    assert parse_sheet(sheet, PLACE).files["a"].temperature == (283.15, 298.15, 303.15)
    with pytest.raises(SheetError, match="3 sweeps"):
        editing.with_condition("", "a", "temperature", "25 °C", 2, ["", "", ""])
    sheet = editing.with_condition("", "a", "temperature", "1 K; 2 K; 3 K", 2, ["", "", ""])
    assert parse_sheet(sheet, PLACE).files["a"].temperature == (1.0, 2.0, 3.0)


def test_a_reason_is_asked_for() -> None:
    out, f = np.array([True, False]), np.array([2.0, 1.0])
    for change in (
        lambda: editing.with_points_out("", "a", 1, out, f, "  "),
        lambda: editing.leave_out_spectrum("", "a", 1, 1, ""),
    ):
        with pytest.raises(SheetError, match="reason"):
            change()
    with pytest.raises(SheetError, match="the same frequency"):
        editing.with_points_out("", "a", 1, out, np.array([1.0, 1.0]), "twice")


@calm
@given(st.text(max_size=300))
def test_a_dropped_name_stays_in_the_folder(name: str) -> None:
    try:
        safe = storage.safe_name(name)
    except ReadError:
        return
    assert "/" not in safe
    assert "\\" not in safe
    assert safe not in {"", ".", ".."}
    assert Path(safe).name == safe
    assert not safe.startswith(".")


def test_a_file_dropped_twice_is_kept_once_and_another_beside_it(tmp_path: Path) -> None:
    first = storage.keep_file(tmp_path, "../a.mpt", b"one")
    assert first == tmp_path / "a.mpt"
    assert storage.keep_file(tmp_path, "a.mpt", b"one") == first
    assert storage.keep_file(tmp_path, "a.mpt", b"two") == tmp_path / "a (2).mpt"
    assert first.read_bytes() == b"one"
    with pytest.raises(ReadError, match="not stored"):
        storage.keep_file(tmp_path, "page.html", b"<script>")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "link/x", "a\0b"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    with pytest.raises(OutputError, match="no file of this folder"):
        storage.inside(folder, name)
    assert storage.inside(folder, "report/report.html") == folder / "report/report.html"


def test_a_session_is_found_again_and_a_sheet_edited_by_hand_wins(tmp_path: Path) -> None:
    history, said = storage.load_history(tmp_path)
    assert (history, said) == (History(), ())
    history = add_step(history, "model", State(sheet='model = "randles"\n', method="separate"))
    storage.save(tmp_path, history)
    assert storage.load_history(tmp_path) == (history, ())
    (tmp_path / "series.toml").write_text('model = "llto_pellet"\n')
    now, _ = storage.load_history(tmp_path)
    assert now.now == State(sheet='model = "llto_pellet"\n', method="separate")
    assert undo(now).now.sheet == 'model = "randles"\n'


def test_a_broken_session_is_kept_aside_and_said(tmp_path: Path) -> None:
    (tmp_path / storage.SESSION).write_text("{")
    (tmp_path / "series.toml").write_text('model = "randles"\n')
    history, (finding,) = storage.load_history(tmp_path)
    assert history.now.sheet == 'model = "randles"\n'
    assert finding.code == "session_unreadable"
    assert [p.read_text() for p in tmp_path.glob("*.broken")] == ["{"]
    json.loads(to_json(history))
