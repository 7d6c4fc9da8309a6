"""CONTRIBUTING's section "A reader", followed to the letter: one file is added, nothing edited."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
PROGRAM = """
import sys
from pathlib import Path

import eisfit.readers.vendors as vendors

vendors.__path__.append(sys.argv[1])  # as if the file stood in eisfit/readers/vendors
from eisfit.readers import formats, read
from eisfit.readers.vendors.mylab import FORMAT

assert FORMAT in formats()
exec(sys.stdin.read())
(Path(sys.argv[1]) / "run_25C.data").write_bytes(text)
(spectrum,) = read(Path(sys.argv[1]) / "run_25C.data")
print(spectrum.provenance.format, len(spectrum), spectrum.temperature, spectrum.impedance[1])
"""


@pytest.mark.skipif(not CONTRIBUTING.is_file(), reason="CONTRIBUTING.md is not installed")
def test_a_reader_is_one_file(tmp_path: Path) -> None:
    section = CONTRIBUTING.read_text(encoding="utf-8").split("## A reader")[1].split("\n## ")[0]
    reader, check = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (tmp_path / "mylab.py").write_text(reader, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        input=check,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["mylab", "4", "298.15", "(120-40j)"]
