"""The files of a report: what they hold, and that they are written whole or not at all."""

import base64
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader

from eisfit.base.errors import OutputError
from eisfit.base.findings import Finding
from eisfit.report import files
from eisfit.report.document import Table
from eisfit.report.figures import MANY, draw_series
from eisfit.report.files import write_report
from eisfit.report.series_document import series_document

FILES = {
    "report.html", "report.pdf", "report.md", "results.json", "parameters.csv", "arrhenius.csv",
    "tables.xlsx", "tables.tex", "references.bib", "figures",
}  # fmt: skip


class Page(HTMLParser):
    """Collects tags, links and texts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.texts, self.pictures, self.ids = [], [], [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids.add(found.get("id"))
        if tag == "img":
            self.pictures.append(found["src"])
        if tag == "a":
            self.links.append(found["href"])

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def html(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


@pytest.fixture(scope="module")
def pdf(folder):
    return PdfReader(folder / "report.pdf")


@pytest.fixture(scope="module")
def pictures(example):
    return draw_series(example.analysis((25,)), lambda *_: None)


def test_the_folder_holds_the_files_of_the_contract_and_nothing_else(folder):
    assert {p.name for p in folder.iterdir()} == FILES
    figures = {p.name for p in (folder / "figures").iterdir()}
    assert {"arrhenius.svg", "arrhenius.png", "comparison.svg", "nyquist_overview.png"} <= figures
    listed = json.loads((folder / "results.json").read_text(encoding="utf-8"))["files"]
    assert {Path(name).name for name in listed} == figures


def test_the_page_fetches_nothing(html, page):
    assert all(source.startswith("data:image/") for source in page.pictures)
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "object", "embed"}
        assert not (tag == "script" and "src" in attributes)
    assert all(h.startswith(("#", "https://doi.org/10.")) for h in page.links)
    assert "@import" not in html
    assert "url(" not in html


def test_every_link_within_the_page_has_its_target(page):
    assert {h[1:] for h in page.links if h.startswith("#")} <= page.ids


def test_a_file_name_that_tries_to_be_code_stays_text(html, page, evil):
    assert evil not in html
    assert any(evil in text for text in page.texts)
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 2
    data = re.search(r'id="results">(.*?)</script>', html, re.DOTALL)[1]
    assert not set(data) & set("<>&")
    assert evil in json.loads(data)["spectra"][0]["source"]["file"]
    for source in page.pictures:
        assert b"<script" not in base64.b64decode(source.split(",")[1])


def test_a_finding_that_tries_to_be_code_stays_text(example, tmp_path):
    nasty = Finding("x", "error", "<img src=x onerror=alert(1)> doi:10.1000/<b>x")
    analysis = replace(example.analysis((25,)), findings=(nasty,))
    page = Page((write_report(analysis, tmp_path / "r") / "report.html").read_text("utf-8"))
    assert all(source.startswith("data:") for source in page.pictures)
    assert ("b", {}) not in page.tags


def test_the_page_opens_with_the_answer(page):
    text = " ".join(" ".join(page.texts).split())
    start = text.index("Provenance")  # the last of the contents
    opening = text[start : text.index("Each spectrum", start)]
    for piece in (
        "bulk", "grain boundary", "total", "σ at 25 °C", "0.3300 ±", "0.3025 ±", "agrees",
        "differs", "not comparable", "doi:10.1016/0038-1098(93)90841-A",
    ):  # fmt: skip
        assert piece in opening, piece
    for piece in (
        "its temperature is not known", "outlier: 9 times the noise", "ab" * 32, "-Im Z",
        "from file name", "SP-200", "not determined", "at its bound",
    ):  # fmt: skip
        assert piece in text, piece


def test_the_pdf_holds_the_answer_and_its_pages_are_counted(pdf, example):
    text = "".join("".join(p.extract_text() for p in pdf.pages).split())
    answer = series_document(example.analysis((-20, 0, 25, 50, 75))).section("answer").blocks[0]
    assert isinstance(answer, Table)
    assert len(answer.rows) == 3
    texts = [str(cell) for row in answer.rows for cell in row]
    for piece in (*texts, "Kramers–Kronig", "the arc lies above the measured frequencies",
                  f"1 / {len(pdf.pages)}"):  # fmt: skip
        assert "".join(piece.split()) in text, piece


def test_nothing_runs_off_a_page_of_the_pdf(example, tmp_path):
    analysis = example.analysis((25,), name="w" * 150)
    reader = PdfReader(write_report(analysis, tmp_path / "r") / "report.pdf")
    rights = []

    def visit(text, _cm, tm, _font, size):
        if text.strip():
            rights.append(tm[4] + 0.3 * size * len(text.strip()))  # a letter is wider than that

    for one in reader.pages:
        one.extract_text(visitor_text=visit)
        assert max(rights) < float(one.mediabox.right)
    assert "w" * 20 in reader.pages[-1].extract_text()


@pytest.mark.parametrize("celsius", [(25,), (20, 30)])
def test_little_data_gives_a_report_too(example, tmp_path, celsius):
    analysis = example.analysis(celsius, geometry=None)
    place = write_report(analysis, tmp_path / "new" / "folder")
    assert {p.name for p in place.iterdir()} == FILES
    assert (place / "figures" / "arrhenius.png").exists() == (len(celsius) > 1)
    assert "not known" in (place / "report.html").read_text("utf-8")


def test_a_spectrum_without_fit_is_reported(example, tmp_path):
    analysis = example.analysis((25,))
    lost = replace(analysis.spectra[0], fit=None, processes={}, verdict="unusable")
    place = write_report(replace(analysis, spectra=(lost,)), tmp_path / "r")
    assert "unusable" in (place / "report.html").read_text("utf-8")


def test_progress_is_told(example, tmp_path):
    said = []
    write_report(example.analysis((25,)), tmp_path, progress=lambda *step: said.append(step))
    assert said[0] == ("drawing", 0, 2)
    assert said[-1] == ("writing", 3, 3)


def test_a_failure_midway_leaves_nothing(example, pictures, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "draw_series", lambda *_: pictures)
    monkeypatch.setattr(files, "render_pdf", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_report(example.analysis((25,)), tmp_path / "deep" / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_midway_keeps_the_earlier_report(example, pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "draw_series", lambda *_: pictures)
    write_report(example.analysis((25,)), tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    moves = []
    rename = Path.replace

    def fail_late(self, target):
        moves.append(target)
        if len(moves) == len(before) + 3:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fail_late)
    with pytest.raises(OutputError, match="Input/output error"):
        write_report(example.analysis((50,)), tmp_path)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_second_report_replaces_the_first_and_keeps_what_is_not_its_own(example, tmp_path):
    write_report(example.analysis((25,)), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "figures" / "mine.png").write_bytes(b"mine")
    write_report(example.analysis((75,)), tmp_path)
    names = {p.name for p in (tmp_path / "figures").iterdir()}
    assert "mine.png" in names
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert not [n for n in names if "298K" in n]


def test_a_file_in_the_place_of_the_folder_is_refused(example, tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OutputError, match="this is a file"):
        write_report(example.analysis((25,)), tmp_path / "taken")
    with pytest.raises(OutputError, match="cannot be written"):
        write_report(example.analysis((25,)), tmp_path / "taken" / "below")


def test_templates_of_ones_own_stand_in_for_the_usual_ones(example, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "report.html.j2").write_text(
        '{% extends "page.html.j2" %}{% block main %}<p>Our laboratory</p>{% endblock %}'
    )
    place = write_report(example.analysis((25,)), tmp_path / "out", templates=own)
    page = (place / "report.html").read_text(encoding="utf-8")
    assert "Our laboratory" in page
    assert "<!doctype html>" in page


@pytest.mark.parametrize("text", ["{% if %}", "{{ document.no_such_thing.at_all }}"])
def test_a_template_that_makes_no_sense_is_told_and_nothing_is_left(example, tmp_path, text):
    own = tmp_path / "own"
    own.mkdir()
    (own / "report.html.j2").write_text(text)
    with pytest.raises(OutputError, match="template"):
        write_report(example.analysis((25,)), tmp_path / "out", templates=own)
    assert not (tmp_path / "out").exists()
    with pytest.raises(OutputError, match="no such folder"):
        write_report(example.analysis((25,)), tmp_path / "out", templates=tmp_path / "none")


def test_figures_of_many_spectra_are_the_same_from_several_processes(example):
    analysis = example.analysis(tuple(range(0, 4 * MANY + 4, 4)))
    told = []
    alone = draw_series(analysis, lambda *_: None)
    shared = draw_series(analysis, lambda *step: told.append(step), jobs=2)
    assert len(alone.spectra) == MANY + 1
    assert alone.spectra == shared.spectra
    done = [d for _, d, _ in told]
    assert done == sorted(done)
    assert told[-1][1] == told[-1][2]
