"""How fast the app answers, measured in the browser.

    python benchmarks/app.py [--spectra 12] [--moves 40]

Starts the app in an empty folder, drops spectra with their measurement sheet, and measures in a
headless Chromium: from the drop to the first fit on the screen; from a move of a slider to the new
curve (from the browser's event to the figure drawn); from a click on Fit to the fit shown; and the
same slider with 500 spectra in the folder. Needs the extras [app,browser].
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

SAMPLE = Path(__file__).parents[1] / "sample_data/llto_pellet"
_FIGURE = '[aria-label^="Nyquist figure of data and model"]'
_MOVE = """([name, share]) => new Promise((done) => {
  const slider = document.querySelector(`input[type=range][aria-label="${name}"]`);
  const figure = document.querySelector('FIGURE');
  const line = figure.querySelector(`.trace${figure._fullData[2].uid} path.js-line`);
  const start = performance.now();
  const seen = new MutationObserver(() => { seen.disconnect();
    requestAnimationFrame(() => done(performance.now() - start)); });
  seen.observe(line, {attributes: true});
  slider.value = +slider.min + share * (slider.max - slider.min);
  slider.dispatchEvent(new Event('input', {bubbles: true}));
})""".replace("FIGURE", _FIGURE)


def started(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the app in a folder; return its process and address."""
    run = [sys.executable, "-m", "eisfit.cli", "app", str(folder), "--no-open"]
    process = subprocess.Popen(run, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    for line in process.stdout or ():
        found = re.search(r"http://\S+", line)
        if found:
            return process, found.group(0)
    raise SystemExit("the app did not start")


def opened(browser: Any, address: str) -> Any:
    """Open the app, wait until it answers."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for _ in range(100):
        try:
            page.goto(address)
            break
        except Exception:  # noqa: BLE001 - the server is not listening yet
            page.wait_for_timeout(100)
    page.wait_for_function("window.eisfitPlotly !== undefined")
    return page


def moves(page: Any, count: int) -> list[float]:
    """Return the ms from a slider's event to the curve drawn, for `count` moves."""
    page.get_by_role("tab", name="Model").click()
    page.get_by_text(re.compile(r"misfit [\d.]+ % of")).wait_for()
    page.wait_for_timeout(500)
    shares = [0.3 + 0.4 * (i % 10) / 10 for i in range(count)]
    out = []
    for share in shares:
        out.append(page.evaluate(_MOVE, ["R_grain_boundary", share]))
        page.wait_for_timeout(60)
    return out


def told(what: str, values: list[float], asked: str) -> None:
    """Print median and 90th percentile."""
    values = sorted(values)
    nine = values[int(0.9 * (len(values) - 1))]
    print(f"{what:44s} {statistics.median(values):8.1f} ms   {nine:8.1f} ms   {asked}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spectra", type=int, default=12)
    parser.add_argument("--moves", type=int, default=40)
    parser.add_argument("--chromium", default=None, help="Path of the browser.")
    given = parser.parse_args()
    files = sorted(p for p in SAMPLE.iterdir() if p.suffix in {".mpt", ".DTA"})[: given.spectra]
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as run:
        browser = run.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        process, address = started(Path(scratch) / "drop")
        page = opened(browser, address)
        page.wait_for_timeout(5000)  # the engine loads while the user looks around
        page.get_by_role("tab", name="Model").click()
        page.get_by_text("Choose a model").wait_for()
        page.get_by_role("tab", name="Data").click()
        start = time.perf_counter()
        page.locator('input[type="file"]').set_input_files([*files, SAMPLE / "series.toml"])
        page.get_by_text(f"{len(files)} records selected").wait_for()
        page.get_by_role("tab", name="Model").click()
        page.get_by_text(re.compile(r"misfit [\d.]+ % of")).wait_for()
        first = 1000 * (time.perf_counter() - start)
        print(f"{'':44s} {'median':>8s}      {'90 %':>8s}      asked")
        told(f"drop to first fit, {len(files)} spectra", [first], "2000 ms")
        told("slider to curve", moves(page, given.moves), "50 ms")
        fits = []
        for _ in range(10):
            button = page.get_by_role("button", name="Fit", exact=True)
            page.evaluate(_MOVE, ["R_grain_boundary", 0.62])
            page.wait_for_timeout(200)
            before = time.perf_counter()
            button.click()
            page.wait_for_function(
                "document.querySelector('input[aria-label=\"R_grain_boundary\"]').value"
                " != +document.querySelector('input[aria-label=\"R_grain_boundary\"]').min"
                " + 0.62 * 5"
            )
            fits.append(1000 * (time.perf_counter() - before))
        told("click on Fit to the fit", fits, "100 ms")
        process.terminate()
        many = Path(scratch) / "many"
        many.mkdir()
        for i in range(500):
            (many / f"cell_{i:03d}_{i / 4 + 1:.2f}C.mpt").write_bytes(files[0].read_bytes())
        (many / "series.toml").write_bytes((SAMPLE / "series.toml").read_bytes())
        process, address = started(many)
        page = opened(browser, address)
        page.get_by_role("cell", name="valid").first.wait_for(timeout=60_000)
        start = time.perf_counter()
        page.get_by_role("button", name="All", exact=True).click()
        page.get_by_text("500 records selected").wait_for(timeout=60_000)
        told("500 spectra selected", [1000 * (time.perf_counter() - start)], "usable")
        told("slider to curve, 500 spectra", moves(page, given.moves), "50 ms")
        process.terminate()
        browser.close()


if __name__ == "__main__":
    main()
