"""What the README says works: its Python block runs, its tables name what there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_the_python_block_runs(block: str, tmp_path: Path, monkeypatch, capsys) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - the README is ours
    assert "+/-" in capsys.readouterr().out
    assert (tmp_path / "llto_report/report.html").exists() == ("write_report" in block)


def test_the_table_of_elements_is_whole() -> None:
    from eisfit.circuit import ELEMENTS

    for symbol in ELEMENTS:
        assert f"`{symbol}`" in README, symbol


def test_the_tables_list_all_formats_and_models() -> None:
    from eisfit.circuit.models import library
    from eisfit.readers import formats

    for name in [*library(), *(f.name for f in formats())]:
        assert f"| `{name}` |" in README, name


def test_there_are_two_commands_to_paste() -> None:
    assert len(re.findall(r"^    .*pip install", README, re.MULTILINE)) == 2
