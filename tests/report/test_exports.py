"""The tables for other programs: numbers stay numbers, names stay text."""

import math
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from eisfit.literature import references
from eisfit.report import exports
from eisfit.report.document import Citation
from eisfit.report.exports import render_bibtex, render_latex, render_markdown
from eisfit.report.series_document import series_document
from eisfit.report.tables import arrhenius_rows, parameter_rows, workbook


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
    text = render_markdown(series_document(analysis))
    tables = re.findall(r"(?:^\|.*\|$\n?)+", text, flags=re.M)
    assert len(tables) >= 2
    for table in tables:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1
    assert "a\\_b\\|c %&amp;\\#\\{x\\}.mpt" in text


def test_markdown_keeps_html_in_a_name_as_text(example):
    text = render_markdown(
        series_document(example.analysis((0, 25), name="<img src=x onerror=alert(1)>"))
    )
    assert "\\<img" in text
    assert re.search(r"(?<!\\)[<>]", text) is None
    assert "alert(1)" in text


def test_latex_escapes_names_and_says_powers(analysis):
    text = render_latex(series_document(analysis))
    assert r"a\_b|c \%\&\#\{x\}.mpt" in text
    assert re.search(r"\$\\cdot10\^\{-?\d+\}\$", text)
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") >= 2
    for row in re.findall(r"\\midrule\n(.*?)\\bottomrule", text, flags=re.S):
        widths = {len(re.findall(r"(?<!\\)&", line)) for line in row.strip().splitlines()}
        assert len(widths) == 1


@pytest.mark.skipif(shutil.which("lualatex") is None, reason="LuaLaTeX is not installed")
def test_latex_compiles(analysis, tmp_path):
    body = render_latex(series_document(analysis))
    (tmp_path / "t.tex").write_text(
        "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n"
        + body
        + "\\end{document}"
    )
    done = subprocess.run(
        ["lualatex", "-interaction=nonstopmode", "t.tex"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0, done.stdout[-2000:]


def entries(text: str) -> list[str]:
    return re.findall(r"^@.*?^\}$", text, re.DOTALL | re.MULTILINE)


def test_every_source_has_an_entry_of_its_own(analysis):
    sources = series_document(analysis).sources
    found = entries(render_bibtex(sources))
    keys = [re.match(r"@\w+\{(\w+),", entry)[1] for entry in found]
    assert len(keys) == len(set(keys)) == len(sources) + 1 > 4
    for source, entry in zip(sources, found[:-1], strict=True):
        assert f"doi = {{{source.doi}}}" in entry
    assert "The eisfit developers" in found[-1]
    assert entries(render_bibtex(())) == found[-1:]


def test_a_source_that_is_known_in_full_has_a_full_entry():
    """Brug et al. 1984 as every bibliography has it; DOIs have no case."""
    entry = entries(render_bibtex([Citation("", "10.1016/s0022-0728(84)80324-1")]))[0]
    for field in ("author", "title", "journal", "volume = {176}", "pages = {275--295}"):
        assert field in entry
    assert "year = {1984}" in entry
    assert "not verified" not in entry


def test_the_full_entries_are_whole_and_alone():
    text = (Path(exports.__file__).parent / "sources.bib").read_text(encoding="utf-8")
    found = entries(text)
    assert len(found) == text.count("\n@") >= 20
    needed = ["author", "title", "journal", "volume", "pages", "year", "doi"]
    for entry in found:
        assert re.findall(r"^  (\w+) = \{.+\},?$", entry, re.MULTILINE) == needed, entry
        assert entry.count("{") == entry.count("}"), entry
    for field in (r"@article\{(\w+),", r"doi = \{(.*)\}"):
        values = re.findall(field, text)
        assert len(values) == len({value.lower() for value in values}) == len(found)


def test_the_full_entries_tell_what_the_library_of_values_tells():
    """Where the literature's tables name volume and page, an entry has the same."""
    text = (Path(exports.__file__).parent / "sources.bib").read_text(encoding="utf-8")
    by_doi = {re.search(r"doi = \{(.*)\}", e)[1].lower(): e for e in entries(text)}
    compared = 0
    for value in references():
        cited = re.search(r"(\d{4}), .* (\d+), (\d+)", value.source.citation)
        entry = by_doi.get(value.source.doi.lower())
        if entry is None or cited is None:
            continue
        year, volume, page = cited.groups()
        assert f"year = {{{year}}}" in entry, value.source.citation
        assert f"volume = {{{volume}}}" in entry, value.source.citation
        assert f"pages = {{{page}" in entry, value.source.citation
        compared += 1
    assert compared >= 5


def test_a_source_that_only_the_tables_name_keeps_that_name_and_says_so(analysis):
    cited = "A. Person & B, J. Of_It 12 (2004) 345"
    row = replace(analysis.comparison[0], citation=cited, doi="10.1000/x_1")
    sources = series_document(replace(analysis, comparison=(row,))).sources
    (source,) = (s for s in sources if s.doi == "10.1000/x_1")
    entry = entries(render_bibtex([source]))[0]
    assert r"note = {A. Person \& B, J. Of\_It 12 (2004) 345; not verified}" in entry
    assert "url = {https://doi.org/10.1000/x_1}" in entry


@pytest.mark.skipif(shutil.which("bibtex") is None, reason="BibTeX is not installed")
def test_bibtex_reads_all_of_it(analysis, tmp_path):
    (tmp_path / "references.bib").write_text(
        render_bibtex(series_document(analysis).sources), encoding="utf-8"
    )
    aux = "\\citation{*}\n\\bibstyle{plain}\n\\bibdata{references}\n"
    (tmp_path / "t.aux").write_text(aux, encoding="utf-8")
    done = subprocess.run(["bibtex", "t"], cwd=tmp_path, capture_output=True, text=True)
    assert "error" not in done.stdout.lower(), done.stdout
