"""Growth and literature in a report: section, table, figures, and the line that a shell sees."""

import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from eisfit.cli.series import print_results
from eisfit.literature import references
from eisfit.report.files import write_report
from eisfit.report.results import results
from eisfit.report.series_document import growth_table


@pytest.fixture(scope="module")
def place(ageing, tmp_path_factory):
    return write_report(ageing, tmp_path_factory.mktemp("ageing") / "out")


def test_an_analysis_knows_all_published_values_of_its_material(ageing):
    assert list(ageing.published) == references("interface")
    assert len(ageing.comparison) == len(ageing.published)


def test_the_table_tells_the_law_and_its_numbers(ageing):
    table = growth_table(ageing)
    ((name, exponent, interval, R0, rate, verdict, why),) = table.rows
    law = ageing.growth["sei"]
    assert (name, verdict, why) == ("SEI", "diffusion", law.reason)
    assert exponent.number == law.exponent
    assert str(exponent).startswith(f"{law.exponent.n:.4f} ± ")
    low, high = (float(end) for end in interval.split(" to "))
    assert low < 0.5 < high
    assert R0.number.n == pytest.approx(40, abs=1)  # as simulated
    assert str(rate).endswith(" Ω/√s")
    assert rate.number.n == pytest.approx(60 / 600, rel=0.05)  # √(100 h) is 600 √s


def test_an_open_exponent_leaves_nothing_determined(ageing):
    law = ageing.growth["sei"]
    whole = replace(law.exponent_interval, low=None, high=None)
    vague = replace(law, exponent_interval=whole, verdict="not distinguishable")
    (row,) = growth_table(replace(ageing, growth={"sei": vague})).rows
    assert row[1] == row[3] == row[4] == "not determined"
    assert row[2] == "any value (open on both sides)"


def test_the_page_has_growth_resistances_and_literature(place):
    html = (place / "report.html").read_text("utf-8")
    assert '<a href="#growth">Growth</a>' in html
    section = re.search(r'<section id="growth">(.*?)</section>', html, re.DOTALL)[1]
    assert '<span class="badge diffusion">diffusion</span>' in section
    assert "only m = 0.5 fits" in section
    order = [html.index(f'id="{name}"') for name in ("answer", "growth", "literature", "overview")]
    assert order == sorted(order)
    names = {p.name for p in (place / "figures").iterdir()}
    assert {"resistances.svg", "resistances.png", "literature.svg", "literature.png"} <= names
    literature = re.search(r'<section id="literature">(.*?)</section>', html, re.DOTALL)[1]
    assert literature.count("<img") == 2


def test_the_pdf_has_them_too(place):
    reader = PdfReader(place / "report.pdf")
    text = " ".join(" ".join(p.extract_text() for p in reader.pages[:3]).split())
    for piece in ("Growth", "only m = 0.5 fits", "Ω/√s", "Among all published values"):
        assert piece in text, piece
    assert sum(len(p.images) for p in reader.pages[:3]) >= 4


def test_names_that_try_to_be_code_stay_text(ageing, tmp_path):
    law = replace(ageing.growth["sei"], reason="<img src=x onerror=alert(1)>")
    nasty = replace(ageing, growth={"<b>sei</b>": law}, material="<i>x</i>")
    html = (write_report(nasty, tmp_path / "r") / "report.html").read_text("utf-8")
    assert "&lt;b&gt;sei&lt;/b&gt;" in html
    assert "raw/&lt;b&gt;cell&lt;/b&gt;_0.mpt" in html
    for tag in ("<b>", "<i>x", "<img src=x"):
        assert tag not in html


def test_a_series_by_temperature_has_no_growth(example, tmp_path):
    analysis = replace(example.analysis((0, 25, 50)), published=tuple(references("LLTO")))
    place = write_report(analysis, tmp_path / "r")
    html = (place / "report.html").read_text("utf-8")
    assert 'id="growth"' not in html
    names = {p.name for p in (place / "figures").iterdir()}
    assert "literature.png" in names
    assert "resistances.png" not in names


def test_along_a_bias_resistances_are_drawn_without_laws(ageing, tmp_path):
    series = replace(ageing.series, coordinate="bias")
    place = write_report(replace(ageing, series=series, growth={}), tmp_path / "r")
    html = (place / "report.html").read_text("utf-8")
    assert (place / "figures" / "resistances.png").exists()
    assert "Resistances of all processes over bias" in html
    assert 'id="growth"' not in html


def test_a_shell_sees_a_short_table_of_laws(ageing, capsys):
    print_results(ageing)
    said = capsys.readouterr().out
    assert "E_a" not in said
    lines = [line.split() for line in said.splitlines() if line.strip()]
    assert [line[0] for line in lines] == ["process", "SEI"]
    assert lines[1][-1] == "diffusion"


def test_a_shell_is_told_where_there_is_no_law(ageing, capsys):
    print_results(replace(ageing, growth={}))
    assert "no growth law was determined" in capsys.readouterr().out


def test_results_and_table_tell_the_same(ageing):
    found = results(ageing)["growth"]["sei"]
    assert found["verdict"] == growth_table(ageing).rows[0][5]
