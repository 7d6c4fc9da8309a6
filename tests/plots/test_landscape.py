"""Where measured values fall among the literature: asserted on artists and labels."""

from dataclasses import replace
from itertools import pairwise

import pytest
from uncertainties import ufloat

from eisfit import plots
from eisfit.literature import references
from eisfit.plots.landscape import landscape, landscape_height, values_by_kind

QUANTITIES = {
    "conductivity_S_cm": {"bulk": ufloat(4e-4, 9e-5), "total": ufloat(3e-4, 3e-5)},
    "area_resistance_ohm_cm2": {"interface": ufloat(43, 2)},
    "thickness_m": {"space_charge": ufloat(2e-9, 3e-10)},
}


def drawn(values, measured, **more):
    with plots.style():
        _, ax = plots.new_figure(plots.TWO_COLUMNS, landscape_height(values) + 1)
        assert landscape(values, measured, ax=ax, **more) is ax
    return ax


def by_gid(artists, start):
    return {a.get_gid(): a for a in artists if (a.get_gid() or "").startswith(start)}


def test_every_value_at_the_temperature_has_a_line_a_mark_and_a_source():
    values = references("LLZO")
    groups = values_by_kind(values)
    assert list(groups) == ["bulk", "total", "unspecified"]
    count = sum(map(len, groups.values()))
    assert count >= 15
    ax = drawn(values, QUANTITIES["conductivity_S_cm"])
    assert len(ax.get_yticks()) == count
    marks = [line for line in ax.lines if (line.get_gid() or "").startswith(("mark", "range"))]
    assert len(marks) == count
    assert sum(a.get_gid() == "source" for a in ax.texts) == count
    low, high = ax.get_xlim()
    assert all(low < x < high for line in marks for x in line.get_xdata())
    places = list(ax.get_yticks())
    assert places == sorted(places)
    assert min(b - a for a, b in pairwise(places)) > 0.999


def test_other_temperatures_are_left_out():
    values = references("LLTO-Al")
    assert [v.value for v in values_by_kind(values)["unspecified"]] == [1.1e-3]
    assert [v.value for v in values_by_kind(values, temperature=338.15)["unspecified"]] == [3.96e-3]
    assert values_by_kind(references("LLTO-Inaguma1993-SSI1994")) == {}  # no temperature stated
    ax = drawn(values, {}, temperature=338.15)
    assert ax.get_xlabel() == "Conductivity at 65 °C (S cm⁻¹)"


def test_the_band_is_the_standard_error_and_the_pale_one_a_factor_of_two():
    ax = drawn(references("LLZO"), {"total": ufloat(3e-4, 3e-5)})
    band = by_gid(ax.collections, "band total")["band total"].get_paths()[0].get_extents()
    pale = by_gid(ax.collections, "tolerance")["tolerance total"].get_paths()[0].get_extents()
    assert (band.x0, band.x1) == pytest.approx((2.7e-4, 3.3e-4))
    assert (pale.x0, pale.x1) == pytest.approx((1.5e-4, 6e-4))
    numbers = [t.get_text() for t in ax.texts if t.get_gid() == "number total"]
    assert numbers == ["(3.0 ± 0.3)·10⁻⁴", "total"]  # of its kind, and beside the unspecified


def test_an_unknown_error_is_no_band_to_infinity():
    ax = drawn(references("LLZO"), {"total": ufloat(3e-4, float("nan"))})
    band = by_gid(ax.collections, "band total")["band total"].get_paths()[0].get_extents()
    assert band.x0 == band.x1 == 3e-4
    assert ax.get_xlim()[1] < 1


def test_doped_samples_are_hollow_unless_they_are_what_was_measured():
    values = references("LLTO")

    def faces(**more):
        marks = by_gid(drawn(values, {}, **more).lines, "mark ")
        return {name: line.get_markerfacecolor() for name, line in marks.items()}

    plain = faces()
    assert plain["mark LSLTO-Lu2020"] == "white" != plain["mark LLTO-Stramare2003"]
    assert faces(material="LLTO Sr")["mark LSLTO-Lu2020"] != "white"


def test_ranges_bounds_and_errors_are_drawn_as_such():
    ax = drawn(references(kind="total", quantity="conductivity"), {})
    bar = by_gid(ax.lines, "range argyrodite")["range argyrodite-RR-Ohno2020"]
    assert list(bar.get_xdata()) == [1.3e-3, 5.8e-3]
    assert len(ax.containers) == 1  # Bates 1992 states an error
    ax = drawn(references(quantity="thickness"), {}, quantity="thickness_m")
    (arrow,) = [t for t in ax.texts if getattr(t, "arrow_patch", None) is not None]
    assert arrow.xy[0] == pytest.approx(1000)  # above 1 µm, in nm
    assert arrow.get_position()[0] > 0  # and points to more
    assert ax.get_xlim()[1] > 2000


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_labels_stay_within_the_axes_or_their_margins_and_apart(quantity):
    values = references(quantity=quantity)
    measured = QUANTITIES[quantity]
    with plots.style():
        figure, ax = plots.new_figure(plots.TWO_COLUMNS, landscape_height(values, quantity) + 0.9)
        height = figure.get_size_inches()[1]
        figure.subplots_adjust(left=0.33, right=0.74, bottom=0.5 / height, top=1 - 0.3 / height)
        landscape(values, measured, ax=ax, quantity=quantity)
        figure.canvas.draw()
        renderer = figure.canvas.get_renderer()
        box = ax.get_window_extent(renderer)
        page = figure.bbox
        for text in ax.texts:
            place = text.get_window_extent(renderer)
            if (text.get_gid() or "").startswith("number"):
                assert place.x0 >= box.x0
                assert place.x1 <= box.x1
            if text.get_gid() == "source":
                assert place.x1 <= page.x1, text.get_text()
        assert any(tick.get_text() for tick in ax.get_xticklabels())
        names = [t.get_window_extent(renderer) for t in ax.get_yticklabels()]
        assert all(name.x0 >= page.x0 for name in names)
        assert all(not a.overlaps(b) for a, b in pairwise(names))


def test_activation_energies_have_no_axis_in_common():
    with pytest.raises(ValueError, match="draw them with comparison"):
        values_by_kind(references("LLTO"), "activation_energy_eV")


def test_no_values_are_an_empty_picture():
    assert landscape_height([]) > 0
    assert not drawn([], {"bulk": ufloat(1e-3, 1e-4)}).get_yticks().size


def measured_places(ax):
    """Return where the measured values stand, by process."""
    every = [(line.get_gid() or "", line) for line in ax.lines]
    return {g.split(" ")[1]: ln.get_xdata()[0] for g, ln in every if g.startswith("measured")}


@pytest.fixture(scope="module")
def pellet(example):
    return replace(example.analysis(), published=tuple(references("LLTO")))


def test_conductivities_stand_where_their_lines_are_at_25_degrees(pellet):
    (ax,) = plots.landscape_figure(pellet).axes
    assert ax.get_xlabel() == "Conductivity at 25 °C (S cm⁻¹)"
    found = measured_places(ax)
    assert set(found) == {"bulk", "total"}  # no grain boundary is published for LLTO
    for name, place in found.items():
        assert place == pytest.approx(pellet.arrhenius[name].conductivity_at(298.15)[0] / 100)


def test_where_nothing_can_be_placed_there_is_no_figure(pellet, example):
    assert plots.landscape_figure(replace(pellet, published=())) is None
    published = pellet.published
    bare = replace(example.analysis(geometry=None), published=published)
    assert plots.landscape_figure(bare) is None  # 1/R is no conductivity
    others = tuple(v for v in published if v.kind == "grain_boundary" or v.form)
    assert plots.landscape_figure(replace(pellet, published=others)) is None
    alone = {"grain_boundary": pellet.arrhenius["grain_boundary"]}
    assert plots.landscape_figure(replace(pellet, arrhenius=alone)) is None


def test_an_electrolyte_of_one_arc_stands_beside_totals(pellet):
    line = pellet.arrhenius["total"]
    (ax,) = plots.landscape_figure(replace(pellet, arrhenius={"electrolyte": line})).axes
    assert set(measured_places(ax)) == {"electrolyte"}
    both = {"electrolyte": pellet.arrhenius["bulk"], "total": line}
    assert set(
        measured_places(plots.landscape_figure(replace(pellet, arrhenius=both)).axes[0])
    ) == {"total"}


def test_of_a_symmetric_cell_one_interface_is_placed(ageing, example):
    resistance, thickness = plots.landscape_figure(ageing).axes
    assert resistance.get_xlabel() == "Area resistance at 25 °C (Ω cm²)"
    area = example.GEOMETRY.area * 1e4
    processes = ageing.spectra[0].processes
    found = measured_places(resistance)
    assert set(found) == {"sei", "charge_transfer"}
    for name, place in found.items():
        assert place == pytest.approx(processes[name].resistance.n * area / 2)
    assert thickness.get_xlabel() == "Thickness (nm)"
    layer = processes["sei"].derived["thickness"].value.n
    assert measured_places(thickness) == {"sei": pytest.approx(1e9 * layer)}


def test_area_resistances_are_set_beside_those_of_their_own_temperature(ageing):
    def at(temperature):
        spectra = tuple(
            replace(r, spectrum=r.spectrum.with_(temperature=temperature)) for r in ageing.spectra
        )
        return [
            ax.get_xlabel() for ax in plots.landscape_figure(replace(ageing, spectra=spectra)).axes
        ]

    assert at(333.15) == at(None) == ["Thickness (nm)"]
    assert len(at(295.15)) == 2


def test_names_and_numbers_stand_apart_and_within_the_axes(ageing, pellet):
    for analysis in (ageing, pellet):
        figure = plots.landscape_figure(analysis)
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
