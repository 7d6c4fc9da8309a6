"""The drawing of a circuit: every element and process once, nothing upon each other."""

from xml.etree import ElementTree

import pytest

from eisfit import plots
from eisfit.circuit.models import load_model
from eisfit.circuit.models.library import library
from eisfit.circuit.tree import elements_of
from eisfit.plots.circuit import Group, Leaf, Row, Stack, break_into_rows, layout

TEXTS = (
    "R0-p(R1,CPE1)-p(R2-Ws1,C2)-La1",
    "R_a + (Q_b | (R_c + (Q_d | (R_e + TLMo_f)))) + G",
    "R1",
    "(R1 | C1 | Q1 | L1)",
    "R1 + R2 + R3 + R4 + R5 + R6 + R7 + R8 + R9 + R10",
)
MODELS = [*sorted(library()), *TEXTS]


def gids(ax, start):
    every = [*ax.texts, *ax.patches]
    return [a for a in every if (a.get_gid() or "").startswith(start)]


@pytest.mark.parametrize("width", [plots.ONE_COLUMN, plots.TWO_COLUMNS])
@pytest.mark.parametrize("name", MODELS)
def test_every_element_and_process_stands_once_and_apart(name, width, measure):
    model = load_model(name)
    figure = plots.circuit_figure(model, width)
    (ax,) = figure.axes
    drawn = [t.get_gid().removeprefix("element ") for t in gids(ax, "element ")]
    assert sorted(drawn) == sorted(e.name for e in elements_of(model.tree))
    named = [t.get_gid().removeprefix("name ") for t in gids(ax, "name ")]
    assert sorted(named) == sorted(model.processes)
    assert figure.get_size_inches()[0] == width
    assert measure.cut(figure) == []
    assert measure.overlapping(ax.texts) == []
    assert ax.get_aspect() == 1.0


@pytest.mark.parametrize("name", MODELS)
def test_every_line_lies_on_the_page(name):
    figure = plots.circuit_figure(load_model(name), plots.ONE_COLUMN)
    (ax,) = figure.axes
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for line in ax.lines:
        x, y = (part[part == part] for part in line.get_data(orig=False))
        assert left <= x.min() <= x.max() <= right
        assert bottom <= y.min() <= y.max() <= top


@pytest.mark.parametrize("name", sorted(library()))
def test_the_shade_of_a_process_holds_its_elements_and_no_others(name):
    model = load_model(name)
    (ax,) = plots.circuit_figure(model, plots.TWO_COLUMNS).axes
    places = {t.get_gid().removeprefix("element "): t.get_position() for t in gids(ax, "element ")}
    for shade in gids(ax, "shade "):
        process = shade.get_gid().removeprefix("shade ")
        own = {e.name for e in elements_of(model.processes[process].tree)}
        box = shade.get_bbox()
        inside = {n for n, (x, y) in places.items()
                  if box.x0 < x < box.x1 and box.y0 < y < box.y1}  # fmt: skip
        assert own <= inside
        nested = {"coating": {"charge_transfer"}, "charge_transfer": {"diffusion"}}
        for more in nested.get(process, set()) & set(model.processes):
            inside -= {e.name for e in elements_of(model.processes[more].tree)}
        assert inside == own


def test_series_go_right_and_parallels_down():
    (leaf, arc, spike) = layout(load_model("R0 + (R1 | Q1) + Q2"))
    assert isinstance(leaf, Leaf)
    assert isinstance(arc, Group)
    assert isinstance(arc.part, Stack)
    assert arc.part.offsets[0] > 0 > arc.part.offsets[1]
    assert [p.element.name for p in arc.part.parts] == ["R1", "Q1"]
    assert spike.element.name == "Q2"


def test_a_long_circuit_goes_on_in_further_rows():
    parts = layout(load_model(TEXTS[-1]))
    rows = break_into_rows(parts, 4 * parts[0].box.width + 0.01)
    assert [len(row.parts) for row in rows] == [4, 4, 2]
    assert all(isinstance(row, Row) for row in rows)


def test_nested_parallels_are_shaded_within_each_other():
    (ax,) = plots.circuit_figure(load_model("coated_metal"), plots.TWO_COLUMNS).axes
    boxes = {s.get_gid(): s.get_bbox() for s in gids(ax, "shade ")}
    outer, inner = boxes["shade coating"], boxes["shade charge_transfer"]
    assert outer.x0 < inner.x0 < inner.x1 < outer.x1
    assert outer.y0 < inner.y0 < inner.y1 < outer.y1


def test_what_has_no_symbol_is_a_box_that_a_legend_explains():
    (ax,) = plots.circuit_figure(load_model("randles")).axes
    (legend,) = gids(ax, "legend")
    assert legend.get_text() == "W: Warburg, semi-infinite"
    (none,) = plots.circuit_figure(load_model("debye")).axes
    assert gids(none, "legend") == []


def test_svg_is_the_same_each_time_and_escapes_its_texts(tmp_path):
    model = load_model("llto_pellet")
    one, two = (plots.rendered(plots.circuit_figure(model), "svg") for _ in range(2))
    assert one == two
    words = list(ElementTree.fromstring(one).itertext())
    assert "grain boundary" in words


def test_drawing_opens_no_window_and_no_figure_of_pyplot():
    from matplotlib import pyplot as plt

    plots.circuit_figure(load_model("randles"))
    assert plt.get_fignums() == []
