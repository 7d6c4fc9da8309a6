"""The tables for other programs: numbers stay numbers, names stay text."""

import math
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from eisfit.report.content import content
from eisfit.report.exports import bibtex, latex, markdown, workbook
from eisfit.report.tables import arrhenius_rows, parameter_rows


@pytest.fixture(scope="module")
def analysis(example):
    return example.analysis((-20, 0, 25, 50), name="a_b|c %&#{x}.mpt")


def test_the_report_holds_the_exports(folder):
    for name in ("tables.xlsx", "tables.tex", "report.md", "references.bib"):
        assert (folder / name).stat().st_size > 100


def test_a_workbook_gives_back_the_numbers(analysis, tmp_path):
    rows = {"arrhenius": arrhenius_rows(analysis), "parameters": parameter_rows(analysis)}
    place = tmp_path / "tables.xlsx"
    place.write_bytes(workbook(rows))
    book = load_workbook(place)
    for name, expected in rows.items():
        found = list(book[name].iter_rows(values_only=True))
        assert len(found) == len(expected)
        for got, wanted in zip(found, expected, strict=True):
            for a, b in zip(got, wanted, strict=True):
                if isinstance(b, float) and math.isfinite(b):
                    assert a == pytest.approx(b)
                elif b is None or b == "" or isinstance(b, float):
                    assert a in (None, "")
                else:
                    assert a == b


def test_a_text_that_looks_like_a_formula_stays_text(tmp_path):
    place = tmp_path / "x.xlsx"
    place.write_bytes(workbook({"a": [["file"], ["=1+1"], ["@x\x01"], [float("nan")]]}))
    sheet = load_workbook(place)["a"]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == "=1+1"
    assert "\x01" not in sheet["A3"].value
    assert sheet["A4"].value is None


def test_markdown_tables_have_as_many_cells_as_their_heading(analysis):
    text = markdown(content(analysis))
    tables = re.findall(r"(?:^\|.*\|$\n?)+", text, flags=re.M)
    assert len(tables) >= 2
    for table in tables:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1
    assert "a\\_b\\|c %&amp;\\#\\{x\\}.mpt" in text


def test_markdown_keeps_html_in_a_name_as_text(example):
    text = markdown(content(example.analysis((0, 25), name="<img src=x onerror=alert(1)>")))
    assert "\\<img" in text
    assert re.search(r"(?<!\\)[<>]", text) is None
    assert "alert(1)" in text


def test_latex_escapes_names_and_says_powers(analysis):
    text = latex(content(analysis))
    assert r"a\_b|c \%\&\#\{x\}.mpt" in text
    assert re.search(r"\$\\cdot10\^\{-?\d+\}\$", text)
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") >= 2
    for row in re.findall(r"\\midrule\n(.*?)\\bottomrule", text, flags=re.S):
        widths = {len(re.findall(r"(?<!\\)&", line)) for line in row.strip().splitlines()}
        assert len(widths) == 1


@pytest.mark.skipif(shutil.which("lualatex") is None, reason="LuaLaTeX is not installed")
def test_latex_compiles(analysis, tmp_path):
    body = latex(content(analysis))
    (tmp_path / "t.tex").write_text(
        "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n"
        + body
        + "\\end{document}"
    )
    done = subprocess.run(
        ["lualatex", "-interaction=nonstopmode", "t.tex"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_every_source_has_an_entry_of_its_own(analysis):
    said = content(analysis)
    text = bibtex(said)
    keys = re.findall(r"@misc\{([A-Za-z0-9_]+),", text)
    assert len(keys) == len(set(keys)) == len(said.sources) > 3
    for doi in said.sources:
        assert f"doi = {{{doi}}}" in text
    assert bibtex(replace(said, sources=())) == ""


def test_a_source_of_the_literature_is_named_in_its_entry(analysis):
    said = content(analysis)
    rows = [row[-1] for row in said.comparison.rows if " · doi:" in row[-1]]
    assert rows
    for cell in rows:
        citation, doi = cell.split(" · doi:")
        entry = next(e for e in bibtex(said).split("@misc") if f"{{{doi}}}" in e)
        assert citation.split(",")[0] in entry
