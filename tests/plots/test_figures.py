"""The list of figures: what is added to it appears in the report and in the app."""

from dataclasses import replace

import pytest

from eisfit import plots
from eisfit.plots import figures
from eisfit.plots.figures import SERIES_FIGURES


def drawn(analysis):
    return [f.name for f in SERIES_FIGURES if f.draw(analysis) is not None]


def test_names_of_figures_are_different_and_sections_are_known():
    names = [figure.name for figure in SERIES_FIGURES]
    assert len(set(names)) == len(names)
    assert {figure.section for figure in SERIES_FIGURES} == {"result", "literature", "spectra"}


def test_what_an_analysis_lacks_is_not_drawn(example, ageing):
    assert "arrhenius" in drawn(example.analysis((0, 50, 100)))
    assert "resistances" not in drawn(example.analysis((0, 50, 100)))
    assert "resistances" in drawn(ageing)
    bare = replace(example.analysis((0, 50, 100)), arrhenius={}, comparison=())
    assert drawn(bare) == ["nyquist_overview"]


@pytest.mark.parametrize("figure", SERIES_FIGURES, ids=lambda figure: figure.name)
def test_every_figure_describes_itself_in_words(figure, example):
    assert len(figure.describe(example.analysis((0, 50)))) > 10
    assert figure.title


def test_a_new_figure_is_drawn_for_the_report(example, monkeypatch):
    from eisfit.report.figures import draw_series

    def residuals(analysis):
        return plots.residuals_figure(analysis.spectra[0].fit)

    mine = figures.SeriesFigure(
        "mine", "Mine", "result", "How to read it.", lambda _: "mine", residuals
    )
    monkeypatch.setattr(figures, "SERIES_FIGURES", (mine,))
    (picture,) = draw_series(example.analysis((25,)), lambda *_: None).series
    assert (picture.name, picture.caption) == ("mine", "How to read it.")
    assert picture.svg is not None
