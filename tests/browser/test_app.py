"""The app as a user meets it: files dropped, a model clicked, points marked, the report written."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nicegui", reason="the app is not installed: pip install -e '.[app]'")

SAMPLE = Path(__file__).parents[2] / "sample_data/llto_pellet"
FILES = sorted(p for p in SAMPLE.iterdir() if p.suffix in {".mpt", ".DTA"})
EVIL = "<img src=x onerror=window.hacked=1>"
VIEWS = ("Data", "Model", "Series", "Save")


def helpers() -> Any:
    spec = importlib.util.spec_from_file_location("running_app", Path(__file__).parent / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["running_app"] = module  # for its dataclass
    spec.loader.exec_module(module)
    return module


app = helpers()


class Tab:
    """A page of the app, with what went wrong in it."""

    def __init__(self, browser: Any, running: Any, width: int = 1280) -> None:
        self.window = browser.new_context(viewport={"width": width, "height": 900})
        self.page = self.window.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("request", lambda request: self.requests.append(request.url))
        app.opened(self.page, running)

    def _said(self, message: Any) -> None:
        refused = "ERR_CONNECTION_REFUSED" in message.text  # before the server listens
        if message.type in {"error", "warning"} and not refused:
            self.errors.append(message.text)

    def rows(self) -> Any:
        return self.page.locator('[aria-label="Spectra"] tbody tr:has(input)')

    def close(self) -> None:
        self.window.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Any]:
    """The app in a folder that is not there yet."""
    running = app.started(tmp_path / "new")
    yield running
    running.stop()


@pytest.fixture
def pellet(tmp_path: Path) -> Iterator[Any]:
    """The app in a folder of five temperatures."""
    folder = tmp_path / "pellet"
    folder.mkdir()
    for file in FILES[::2][:5]:
        shutil.copy(file, folder)
    shutil.copy(SAMPLE / "series.toml", folder)
    running = app.started(folder)
    yield running
    running.stop()


def drop(page: Any, files: list[Any]) -> None:
    page.locator('input[type="file"]').set_input_files(files)


def test_from_dropped_files_to_a_report_and_back(browser: Any, empty: Any) -> None:
    tab = Tab(browser, empty)
    page, folder = tab.page, empty.folder
    drop(page, [*FILES, SAMPLE / "series.toml"])
    page.get_by_text("12 records selected").wait_for()
    page.get_by_role("cell", name="valid").first.wait_for()
    assert sorted(p.name for p in folder.iterdir() if p.suffix in {".mpt", ".DTA"}) == [
        f.name for f in FILES
    ]

    app.view(page, "Model")  # the fit is there at once
    misfit = page.get_by_text(re.compile(r"misfit [\d.]+ % of"))
    misfit.wait_for()
    before = misfit.inner_text()
    slider = page.get_by_role("slider", name="R_grain_boundary")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("(before) => !document.body.innerText.includes(before)", arg=before)
    page.get_by_role("checkbox", name="Hold R_grain_boundary").click()
    page.get_by_text("(fixed)").first.wait_for()
    session = json.loads((folder / ".eisfit-app.json").read_text(encoding="utf-8"))
    assert session["now"]["settings"]["R_grain_boundary"]["fixed"] is True

    app.view(page, "Series")
    page.get_by_role("button", name="Fit all").click()
    page.get_by_text("12 spectra fitted").wait_for(timeout=90_000)
    assert page.get_by_role("cell", name="grain boundary").count() >= 1
    shown = page.locator('[aria-label="Activation energies"] tbody tr td:nth-child(2)')
    energies = shown.all_inner_texts()

    app.view(page, "Save")
    page.get_by_role("button", name="Write the report").click()
    page.get_by_role("link", name="Report", exact=True).wait_for(timeout=120_000)
    page.get_by_role("button", name="Write analysis.py").click()
    page.get_by_text("analysis.py", exact=False).last.wait_for()
    with tab.window.expect_page() as other:
        page.get_by_role("link", name="Report", exact=True).click()
    other.value.get_by_text("Activation energ").first.wait_for()
    results = json.loads((folder / "report/results.json").read_text(encoding="utf-8"))
    told = [a["activation_energy_eV"] for a in results["arrhenius"].values()]
    assert [float(e.split()[0]) for e in energies] == pytest.approx(told, abs=1e-5)
    assert all(url.startswith((f"http://127.0.0.1:{empty.port}", "data:", "blob:"))
               for url in tab.requests)  # fmt: skip
    assert tab.errors == []
    tab.close()

    run = [sys.executable, str(folder / "analysis.py")]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    again = json.loads((folder / "report/results.json").read_text(encoding="utf-8"))
    assert again["arrhenius"] == results["arrhenius"]
    assert "(fixed)" in done.stdout

    empty.process.kill()  # and nothing is lost
    empty.process.wait()
    later = app.started(folder)
    try:
        tab = Tab(browser, later)
        tab.page.get_by_text("12 records selected").wait_for()
        app.view(tab.page, "Model")
        tab.page.get_by_text("(fixed)").first.wait_for()
        tab.page.get_by_role("button", name="Undo").click()
        tab.page.get_by_text("(fixed)").first.wait_for(state="detached")
        tab.close()
    finally:
        assert "Traceback" not in later.stop()


def test_points_are_marked_with_a_reason_and_put_back(browser: Any, pellet: Any) -> None:
    tab = Tab(browser, pellet)
    page = tab.page
    page.get_by_text("5 records selected").wait_for()
    figure = page.locator('[aria-label^="Nyquist figure of the selected"]')
    page.wait_for_function(
        "document.querySelector('[aria-label^=\"Nyquist figure of the selected\"]').data.length > 4"
    )
    box = figure.locator(".nsewdrag").first.bounding_box()
    x, y = box["x"] + 0.35 * box["width"], box["y"] + 0.1 * box["height"]
    page.mouse.move(x, y)  # a lasso around the upper middle
    page.mouse.down()
    wide, high = 0.5 * box["width"], 0.75 * box["height"]
    for dx, dy in ((wide, 0), (wide, high), (0, high), (0, 0)):
        page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()
    page.get_by_text(re.compile(r"Leave out \d+ points")).wait_for()
    page.get_by_label("Reason").fill(f"mains {EVIL}")
    page.get_by_role("button", name="Leave out").last.click()
    page.get_by_text("mains <img", exact=False).first.wait_for()
    sheet = (pellet.folder / "series.toml").read_text(encoding="utf-8")
    assert "points = [" in sheet
    assert page.evaluate("window.hacked") is None
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("mains <img", exact=False).first.wait_for(state="detached")
    assert "points" not in (pellet.folder / "series.toml").read_text(encoding="utf-8")
    assert tab.errors == []
    tab.close()


def test_temperatures_and_the_sheet_are_edited(browser: Any, pellet: Any) -> None:
    tab = Tab(browser, pellet)
    page = tab.page
    page.get_by_text("5 records selected").wait_for()
    field = page.get_by_label("Temperature of", exact=False).first
    field.fill("25 furlongs")
    field.press("Enter")
    page.get_by_text("furlongs", exact=False).first.wait_for()
    page.get_by_role("button", name="Close").first.click()
    field = page.get_by_label("Temperature of", exact=False).first
    field.fill("-30 °C")
    field.press("Enter")
    field.press("Tab")
    page.wait_for_timeout(500)
    assert "-30 °C" in (pellet.folder / "series.toml").read_text(encoding="utf-8")
    page.get_by_label("Material").fill("LLZO")
    page.get_by_label("Thickness").click()
    page.wait_for_timeout(500)
    assert 'material = "LLZO"' in (pellet.folder / "series.toml").read_text(encoding="utf-8")
    assert tab.errors == []
    tab.close()


def test_a_bad_file_gives_its_sentence_and_the_others_are_there(browser: Any, pellet: Any) -> None:
    tab = Tab(browser, pellet)
    page = tab.page
    page.get_by_text("5 records selected").wait_for()
    bad = {"name": f"{EVIL}_25C.mpt", "mimeType": "text/plain", "buffer": b"EC-Lab ASCII FILE\n"}
    page_file = {"name": "evil.html", "mimeType": "text/html", "buffer": b"<script></script>"}
    good = {"name": "again_33C.mpt", "mimeType": "text/plain", "buffer": FILES[0].read_bytes()}
    drop(page, [bad, page_file, good])
    page.get_by_text("6 records selected").wait_for()
    page.get_by_text("hold no spectra", exact=False).first.wait_for()
    page.get_by_text("_img src=x onerror=window.hacked=1__25C.mpt", exact=False).first.wait_for()
    assert page.evaluate("window.hacked") is None
    assert not (pellet.folder / "evil.html").exists()
    assert tab.errors == []
    tab.close()


def test_a_circuit_is_typed_and_a_mistake_is_told_at_its_place(browser: Any, pellet: Any) -> None:
    tab = Tab(browser, pellet)
    page = tab.page
    app.view(page, "Model")
    typed = page.get_by_label("or a circuit")
    typed.fill("R0-p(R1,CPX1)-CPE2")
    typed.press("Enter")
    page.get_by_text(re.compile("CPX1.*place|place.*CPX1|did you mean")).first.wait_for()
    typed.fill("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
    typed.press("Enter")
    page.get_by_role("slider", name="R2").wait_for()
    assert "R0-p(R1,CPE1)" in (pellet.folder / "series.toml").read_text(encoding="utf-8")
    page.get_by_role("button", name="Suggest circuits").click()
    page.get_by_text(re.compile("^best: ")).wait_for(timeout=60_000)
    assert tab.errors == []
    tab.close()


def test_a_point_of_the_line_leads_to_its_spectrum(browser: Any, pellet: Any) -> None:
    tab = Tab(browser, pellet)
    page = tab.page
    app.view(page, "Series")
    page.get_by_role("button", name="Fit all").click()
    page.get_by_text("5 spectra fitted").wait_for(timeout=90_000)
    point = page.locator('[aria-label="Arrhenius figure of all processes"] .points path').first
    point.wait_for()
    box = point.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(200)
    page.mouse.down()
    page.mouse.up()
    page.get_by_text(re.compile(r"LLTO_pelletA_.*, \d+.* K")).wait_for()
    page.get_by_role("button", name="Leave this spectrum out").click()
    page.get_by_label("Reason").fill("off the line")
    page.get_by_label("Reason").press("Enter")
    page.get_by_text("changed since the fit").wait_for()
    assert 'leave_out = "off the line"' in (pellet.folder / "series.toml").read_text()
    assert tab.errors == []
    tab.close()


def test_pointing_at_a_spectrum_marks_it_in_the_other_figure(browser: Any, pellet: Any) -> None:
    tab = Tab(browser, pellet)
    page = tab.page
    page.get_by_text("5 records selected").wait_for()
    bode = '[aria-label="Bode figure of the selected spectra"]'
    point = page.locator('[aria-label^="Nyquist figure of the selected"] .points path').nth(20)
    point.wait_for()
    box = point.bounding_box()
    for step in range(4):
        page.mouse.move(box["x"] + box["width"] / 2 + step % 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(150)
    page.locator(f"{bode} .hoverlayer .hovertext").first.wait_for()
    assert "LLTO" in page.locator(f"{bode} .hoverlayer").text_content()
    assert tab.errors == []
    tab.close()


def test_several_samples_are_compared(browser: Any, tmp_path: Path) -> None:
    for name in ("sintered_1000C", EVIL):
        sample = tmp_path / "samples" / name
        sample.mkdir(parents=True)
        for file in FILES[::3]:
            shutil.copy(file, sample)
        shutil.copy(SAMPLE / "series.toml", sample)
    running = app.started(tmp_path / "samples")
    tab = Tab(browser, running)
    page = tab.page
    app.view(page, "Series")
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("differences are significant").wait_for(timeout=120_000)
    with tab.window.expect_page() as other:
        page.get_by_role("link", name="Open the comparison").click()
    other.value.get_by_text("sintered_1000C").first.wait_for()
    assert page.evaluate("window.hacked") is None
    assert other.value.evaluate("window.hacked") is None
    assert tab.errors == []
    tab.close()
    assert "Traceback" not in running.stop()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_view_passes_an_accessibility_check(browser: Any, pellet: Any, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = Tab(browser, pellet, width)
    page = tab.page
    page.get_by_role("cell", name="valid").first.wait_for()
    for name in VIEWS:
        app.view(page, name)
        if name == "Model":
            page.get_by_text(re.compile(r"misfit [\d.]+ % of")).wait_for()
        if name == "Series":
            page.get_by_role("button", name="Fit all").click()
            page.get_by_text("5 spectra fitted").wait_for(timeout=90_000)
        page.wait_for_timeout(600)
        found = axe.Axe().run(page).response["violations"]
        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert told == [], name
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width + 1, f"{name} is {wide} px wide"
    assert tab.errors == []
    tab.close()


def test_the_keyboard_reaches_everything(browser: Any, pellet: Any) -> None:
    tab = Tab(browser, pellet)
    page = tab.page
    page.get_by_role("cell", name="valid").first.wait_for()
    page.get_by_role("tab", name="Data").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"misfit [\d.]+ % of")).wait_for()
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
        ))  # fmt: skip
    assert {"R_bulk", "Value of R_bulk", "Hold R_bulk", "R_bulk from", "R_bulk to"} <= seen
    tab.close()


def test_five_hundred_spectra_stay_usable(browser: Any, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    data = FILES[0].read_bytes()
    for i in range(500):
        (folder / f"cell_{i:03d}_{i / 4 + 1:.2f}C.mpt").write_bytes(data)
    running = app.started(folder)
    tab = Tab(browser, running)
    page = tab.page
    page.get_by_role("cell", name="valid").first.wait_for(timeout=60_000)
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_text("500 records selected").wait_for(timeout=60_000)
    page.wait_for_function(
        "document.querySelector('[aria-label^=\"Nyquist figure of the selected\"]')"
        ".data.reduce((sum, trace) => sum + trace.x.filter((v) => v === null).length, 0) > 499",
        timeout=60_000,
    )  # fmt: skip
    app.view(page, "Model")
    page.get_by_label("or a circuit").wait_for()
    assert tab.errors == []
    tab.close()
    assert "Traceback" not in running.stop()
