"""A real browser, where there is one: Chromium without a window."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
EVIL = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>"


def _chromium() -> str | None:
    return os.environ.get("EISFIT_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium under playwright; skipped where either is missing."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install -e '.[browser]'"
    )
    with api.sync_playwright() as run:
        try:  # one of the system, or playwright's own
            started = run.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        except api.Error as trouble:
            pytest.skip(f"Chromium is not installed ({str(trouble).splitlines()[0]})")
        yield started
        started.close()


@pytest.fixture(scope="session")
def example() -> ModuleType:
    """The module that makes analyses by hand."""
    place = Path(__file__).parents[1] / "report/example.py"
    spec = importlib.util.spec_from_file_location("report_example", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def report(example: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of five temperatures whose file names try to run."""
    from eisfit.report.files import write_report

    analysis = example.analysis((-20, 0, 25, 50, 75), name=EVIL)
    return write_report(analysis, tmp_path_factory.mktemp("browser") / "out") / "report.html"


class Visit:
    """One look at a page: what it asked for, and what went wrong."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)

    def _said(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)


@pytest.fixture(params=["laptop", "phone", "dark"], scope="module")
def context(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A window on a laptop, on a phone, and in the dark."""
    size = {"width": 390, "height": 844} if request.param == "phone" else {
        "width": 1280, "height": 900}  # fmt: skip
    scheme = "dark" if request.param == "dark" else "light"
    window = browser.new_context(viewport=size, color_scheme=scheme, accept_downloads=True)
    yield window
    window.close()


@pytest.fixture(scope="module")
def visit(context: Any, report: Path) -> Visit:
    """The report, opened."""
    opened = Visit(context.new_page())
    opened.page.goto(report.as_uri())
    return opened


@pytest.fixture(scope="session")
def overview(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The overview of a batch in which one file's name and content try to run."""
    import eisfit

    folder = tmp_path_factory.mktemp("batch")
    for name in ("LLTO_pelletA_0C.mpt", "LLTO_pelletA_40C.DTA"):
        source = Path(__file__).parents[2] / "sample_data/llto_pellet" / name
        (folder / name).write_bytes(source.read_bytes())
    (folder / "<img src=x onerror=window.hacked=1>.csv").write_text(EVIL)
    eisfit.run_batch(folder, "llto_pellet", folder / "out", jobs=1)
    return folder / "out/overview.html"


@pytest.fixture(scope="module")
def seen(context: Any, overview: Path) -> Visit:
    """The overview, opened."""
    opened = Visit(context.new_page())
    opened.page.goto(overview.as_uri())
    return opened


@pytest.fixture(scope="session")
def samples(example: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that compares four samples, one of which has a name that tries to run."""
    from eisfit.report.files import write_comparison_files
    from eisfit.samples import compare_samples

    celsius = (0, 25, 50)
    steeper = {
        name: replace(line, activation_energy=line.activation_energy + 0.03)
        for name, line in example.analysis(celsius, scale=3.0).arrhenius.items()
    }
    made = {
        "sintered at 1000 °C": example.analysis(celsius),
        EVIL: replace(example.analysis(celsius, scale=3.0), arrhenius=steeper),
        "sintered at 1200 °C": example.analysis(celsius, scale=20.0),
        "thickness not known": example.analysis(celsius, geometry=None),
    }
    folder = tmp_path_factory.mktemp("samples")
    write_comparison_files(compare_samples(made), folder)  # each sample's own report takes longer
    return folder / "report.html"


@pytest.fixture(scope="module")
def compared(context: Any, samples: Path) -> Visit:
    """The page of several samples, opened."""
    opened = Visit(context.new_page())
    opened.page.goto(samples.as_uri())
    return opened
