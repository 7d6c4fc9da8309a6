"""The figure of everything measured among everything published."""

from dataclasses import replace

import pytest

from eisfit.literature import references
from eisfit.plots import landscape_figure


def lines(ax):
    """Return where the measured values stand, by process."""
    every = [(line.get_gid() or "", line) for line in ax.lines]
    return {g.split(" ")[1]: ln.get_xdata()[0] for g, ln in every if g.startswith("measured")}


@pytest.fixture(scope="module")
def pellet(example):
    return replace(example.analysis(), published=tuple(references("LLTO")))


def test_conductivities_stand_where_their_lines_are_at_25_degrees(pellet):
    (ax,) = landscape_figure(pellet).axes
    assert ax.get_xlabel() == "Conductivity at 25 °C (S cm⁻¹)"
    found = lines(ax)
    assert set(found) == {"bulk", "total"}  # no grain boundary is published for LLTO
    for name, place in found.items():
        assert place == float(pellet.arrhenius[name].conductivity_at(298.15)[0])


def test_where_nothing_can_be_placed_there_is_no_figure(pellet, example):
    assert landscape_figure(replace(pellet, published=())) is None
    published = pellet.published
    bare = replace(example.analysis(geometry=None), published=published)
    assert landscape_figure(bare) is None  # 1/R is no conductivity
    others = tuple(v for v in published if v.kind == "grain_boundary" or v.form)
    assert landscape_figure(replace(pellet, published=others)) is None
    alone = {"grain_boundary": pellet.arrhenius["grain_boundary"]}
    assert landscape_figure(replace(pellet, arrhenius=alone)) is None


def test_an_electrolyte_of_one_arc_stands_beside_totals(pellet):
    line = pellet.arrhenius["total"]
    (ax,) = landscape_figure(replace(pellet, arrhenius={"electrolyte": line})).axes
    assert set(lines(ax)) == {"electrolyte"}
    both = {"electrolyte": pellet.arrhenius["bulk"], "total": line}
    assert set(lines(landscape_figure(replace(pellet, arrhenius=both)).axes[0])) == {"total"}


def test_of_a_symmetric_cell_one_interface_is_placed(ageing, example):
    resistance, thickness = landscape_figure(ageing).axes
    assert resistance.get_xlabel() == "Area resistance at 25 °C (Ω cm²)"
    area = example.GEOMETRY.area * 1e4
    processes = ageing.spectra[0].processes
    found = lines(resistance)
    assert set(found) == {"sei", "charge_transfer"}
    for name, place in found.items():
        assert place == pytest.approx(processes[name].resistance.n * area / 2)
    assert thickness.get_xlabel() == "Thickness (nm)"
    layer = processes["sei"].derived["thickness"].value.n
    assert lines(thickness) == {"sei": pytest.approx(1e9 * layer)}


def test_area_resistances_are_set_beside_those_of_their_own_temperature(ageing):
    def at(temperature):
        spectra = tuple(
            replace(r, spectrum=r.spectrum.with_(temperature=temperature)) for r in ageing.spectra
        )
        return [ax.get_xlabel() for ax in landscape_figure(replace(ageing, spectra=spectra)).axes]

    assert at(333.15) == at(None) == ["Thickness (nm)"]
    assert len(at(295.15)) == 2


def test_names_and_numbers_stand_apart_and_within_the_axes(ageing, pellet):
    for analysis in (ageing, pellet):
        figure = landscape_figure(analysis)
        figure.canvas.draw()
        renderer = figure.canvas.get_renderer()
        for ax in figure.axes:
            box = ax.get_window_extent(renderer)
            shown = [t for t in ax.texts if (t.get_gid() or "").startswith("number")]
            places = [t.get_window_extent(renderer) for t in shown]
            assert places
            for i, place in enumerate(places):
                assert box.x0 <= place.x0 < place.x1 <= box.x1, shown[i].get_text()
                assert not any(place.overlaps(other) for other in places[:i])
        frames = [ax.get_tightbbox(renderer) for ax in figure.axes]
        assert all(not a.overlaps(b) for a in frames for b in frames if a is not b)
