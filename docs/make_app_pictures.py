"""Take the pictures of the app for the documentation: docs/app/*.png.

    python docs/make_app_pictures.py [--chromium PATH]

Needs the extras [app,browser]; works in a copy of the sample pellet.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "sample_data/llto_pellet"
SIZES = {"laptop": (1280, 860), "narrow": (400, 860)}


def prepared(page: Any, name: str) -> None:
    """Bring a view into the state that is shown."""
    page.get_by_role("tab", name=name).click()
    if name == "Model":
        page.get_by_text(re.compile(r"misfit [\d.]+ % of")).wait_for()
    if name == "Series":
        page.get_by_role("button", name="Fit all").click()
        page.wait_for_timeout(4000)  # a second window shows the first one's fit at once
        page.get_by_text("12 spectra fitted").wait_for(timeout=90_000)
        point = page.locator('[aria-label="Arrhenius figure of all processes"] .points path').nth(3)
        box = point.bounding_box()
        if box and box["y"] < page.viewport_size["height"]:
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_timeout(300)
            page.mouse.down()
            page.mouse.up()
    if name == "Save":
        page.get_by_role("button", name="Write the report").click()
        page.get_by_text("written to").first.wait_for(timeout=120_000)
    page.wait_for_timeout(2500)


def main() -> None:
    """Start the app in a copy of the sample and take every view in both sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chromium", default=None)
    parser.add_argument("--into", type=Path, default=HERE / "app")
    given = parser.parse_args()
    given.into.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as run:
        folder = Path(scratch) / "llto_pellet"
        shutil.copytree(SAMPLE, folder)
        (folder / "truth.toml").unlink(missing_ok=True)
        command = [sys.executable, "-m", "eisfit.cli", "app", "llto_pellet", "--no-open"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=scratch)
        line = (process.stdout or sys.stdin).readline()
        address = line.split()[-1]
        browser = run.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        for size, (width, height) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            for _ in range(100):
                try:
                    page.goto(address)
                    break
                except Exception:  # noqa: BLE001 - the server is not listening yet
                    page.wait_for_timeout(100)
            page.get_by_role("cell", name="valid").first.wait_for()
            page.wait_for_timeout(4000)  # for the relaxation times
            for name in ("Data", "Model", "Series", "Save"):
                prepared(page, name)
                page.screenshot(path=given.into / f"{name.lower()}_{size}.png")
            page.close()
        browser.close()
        process.terminate()


if __name__ == "__main__":
    main()
