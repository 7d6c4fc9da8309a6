"""A running app, for tests: its process, its address, a page of it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Running:
    """A server of its own process."""

    folder: Path
    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        found = re.search(r":(\d+)/", self.address)
        assert found is not None
        return int(found.group(1))

    @property
    def token(self) -> str:
        return self.address.rsplit("=", 1)[1]

    def stop(self) -> str:
        """Stop it; return what it said on stderr."""
        self.process.terminate()
        _, said = self.process.communicate(timeout=30)
        return said


def started(folder: Path) -> Running:
    """Start the app in a folder; it answers when this returns."""
    run = [sys.executable, "-m", "eisfit.cli", "app", str(folder), "--no-open"]
    process = subprocess.Popen(
        run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            return Running(folder, process, found.group(0))
    raise AssertionError(process.communicate()[1])


def opened(page: Any, running: Running) -> None:
    """Open the app in a page, and wait until its views answer."""
    for _ in range(100):
        try:
            page.goto(running.address)
            break
        except Exception:  # noqa: BLE001 - the server is not listening yet
            page.wait_for_timeout(200)
    page.get_by_text("Measurement sheet").first.wait_for()
    page.wait_for_function("window.eisfitPlotly !== undefined")


def view(page: Any, name: str) -> None:
    """Go to one of the four views."""
    page.get_by_role("tab", name=name).click()
