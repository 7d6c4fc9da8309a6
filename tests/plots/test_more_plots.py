"""Correlations, parameters along a series, 3-D, residuals, and Nyquist plots in other units."""

from dataclasses import replace

import numpy as np
import pytest

from eisfit import plots
from eisfit.base.errors import ModelError
from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import Estimate, FitResult
from eisfit.plots.nyquist import knee_of

WIDTHS = [plots.ONE_COLUMN, plots.TWO_COLUMNS]
CIRCUIT = "R0 + (R1 | Q1) + (R2 | Q2)"


def truth(circuit, values, window=(0.1, 1e7), covariance=None):
    """Return a fit that found the truth."""
    model = load_model(circuit)
    spectrum = simulate(model, values, frequencies(*window))
    vector = [values.get(p.name, p.start) for p in model.parameters]
    found = {
        p.name: Estimate(p.name, v, p.unit, stderr=0.01 * v)
        for p, v in zip(model.parameters, vector, strict=True)
    }
    V = np.eye(len(found)) if covariance is None else covariance
    return FitResult(spectrum, model, found, V, 1e-5 * 100, 100)


def two_arcs(first, second, window=(0.1, 1e7), tail=False):
    values = {"R0": 0.02 * first, "R1": first, "Q1": 1e-7 / first, "n1": 1.0, "R2": second,
              "Q2": 1e-2 / second, "n2": 1.0}  # fmt: skip
    if tail:
        return truth(CIRCUIT + " + Q3", values | {"Q3": 30 / second, "n3": 0.9}, window)
    return truth(CIRCUIT, values, window)


def drawn(fit, **more):
    with plots.style():
        figure, ax = plots.new_figure(plots.ONE_COLUMN, 2.9)
        figure.subplots_adjust(left=0.17, right=0.96, bottom=0.15, top=0.92)
        plots.nyquist(fit.spectrum, fit, ax=ax, **more)
    return figure, ax


@pytest.mark.parametrize(
    ("quantity", "multiple", "label"),
    [
        ("impedance", 1.0, "Re Z (kΩ)"),
        ("resistivity", 10.0, "Re ρ (kΩ cm)"),  # A/l = 1 cm² / 0.1 cm
        ("area_resistance", 1.0, "Re Z·A (kΩ cm²)"),
    ],
)
def test_nyquist_plots_in_three_units(quantity, multiple, label):
    fit = two_arcs(1e3, 3e3)
    _, ax = drawn(fit, quantity=quantity, geometry=Geometry(1e-3, 1e-4))
    (points,) = [line for line in ax.lines if line.get_label() == "measured"]
    Z = fit.spectrum.kept[1]
    assert ax.get_xlabel() == label
    assert ax.get_ylabel() == label.replace("Re", "−Im")
    assert points.get_xdata() == pytest.approx(Z.real * multiple / 1e3)
    assert points.get_ydata() == pytest.approx(-Z.imag * multiple / 1e3)
    assert ax.get_aspect() == 1.0


def test_units_of_a_geometry_need_one():
    with pytest.raises(ValueError, match="needs thickness and area"):
        drawn(two_arcs(1e3, 3e3), quantity="resistivity")


@pytest.mark.parametrize("ohm", [1e-3, 1.0, 1e9])
def test_a_second_arc_is_no_tail(ohm, measure):
    """Where the second arc closes within the window, all of it is shown."""
    fit = two_arcs(ohm, 2 * ohm)
    figure, ax = drawn(fit)
    assert ax.child_axes == []
    Z = fit.spectrum.kept[1]
    (points,) = [line for line in ax.lines if line.get_label() == "measured"]
    assert len(points.get_xdata()) == len(Z)
    assert ax.get_xlim()[1] > points.get_xdata().max()
    assert measure.cut(figure) == []
    assert measure.overlapping_ticks(figure) == []


def test_a_tail_begins_at_the_last_valley_before_it_rises_to_the_end():
    fit = two_arcs(1e3, 3e3, (1e-3, 1e7), tail=True)
    f, _ = fit.spectrum.kept
    line = fit.impedance(f)
    knee = knee_of(f, line)
    assert knee is not None
    place = int(np.argmin(np.abs(f - knee)))
    assert line[place].real == pytest.approx(4e3, rel=0.2)
    assert np.all(np.diff(-line.imag[place:]) > 0)


@pytest.mark.parametrize("tail", [False, True])
def test_a_small_first_arc_is_shown_enlarged(tail, measure):
    fit = two_arcs(1e3, 5e4, (1e-3, 1e7), tail=tail)
    figure, ax = drawn(fit)
    insets = {i.get_title(loc="left").split(",")[0].split("\n")[0]: i for i in ax.child_axes}
    assert set(insets) == {"first arc"} | ({"view limited"} if tail else set())
    inset = insets["first arc"]
    assert "kΩ" in inset.get_title(loc="left")
    assert inset.get_aspect() == 1.0
    low, high = inset.get_xlim()
    assert low < 0.02 < 1.02 < high < 2.0  # kΩ: the whole arc of 1 kΩ, little of that of 50
    assert inset.get_ylim()[1] > 0.5
    assert measure.cut(figure) == []
    titles = [i._left_title for i in ax.child_axes]
    assert measure.overlapping(titles) == []


def test_an_inset_lies_above_the_arcs():
    fit = two_arcs(1e3, 5e4)
    figure, ax = drawn(fit)
    plots.rendered(figure, "png")
    (inset,) = ax.child_axes
    line = fit.impedance(np.geomspace(0.1, 1e7, 400))
    below = ax.transData.transform(np.stack([line.real / 1e3, -line.imag / 1e3], axis=1))
    box = inset.get_tightbbox()
    assert not np.any((below[:, 0] > box.x0) & (below[:, 0] < box.x1) & (below[:, 1] > box.y0))


def test_arcs_of_like_size_need_no_enlargement():
    assert drawn(two_arcs(1e3, 3e3))[1].child_axes == []


@pytest.mark.parametrize("width", WIDTHS)
def test_correlations_are_those_of_the_fit(width, measure):
    V = np.array([[4.0, -1.9, 0], [-1.9, 1.0, 0], [0, 0, 0]])
    fit = truth("R0 + (R1 | C1)", {"R0": 10.0, "R1": 100.0, "C1": 1e-6}, covariance=V)
    figure = plots.correlation_figure(fit, width)
    ax = figure.axes[0]
    (image,) = ax.images
    assert image.get_array()[0, 1] == pytest.approx(-0.95)
    assert image.get_clim() == (-1, 1)
    mask = np.ma.getmaskarray(image.get_array())
    assert mask[2].all()
    assert mask[:, 2].all()  # C1 has no variance
    assert not mask[:2, :2].any()
    numbers = [t.get_text() for t in ax.texts if t.get_gid() == "number"]
    assert numbers == ["−.95", "−.95"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["R0", "R1", "C1"]
    assert measure.cut(figure) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["llto_pellet", "electrolyte_cathode_stack"])
def test_correlations_of_many_parameters_fit_the_page(name, width, measure):
    model = load_model(name)
    size = len(model.names)
    random = np.random.default_rng(1).normal(size=(size, 3 * size))
    fit = truth(model, {p.name: p.start for p in model.parameters}, covariance=random @ random.T)
    figure = plots.correlation_figure(fit, width)
    assert figure.get_size_inches()[0] == width
    assert measure.cut(figure) == []
    assert measure.overlapping_ticks(figure) == []
    numbers = [t for t in figure.axes[0].texts if t.get_gid() == "number"]
    assert measure.overlapping(numbers) == []
    assert len(numbers) in (0, size * (size - 1))


def test_fixed_parameters_have_no_correlation():
    fit = truth("R0 + (R1 | C1)", {"R0": 10.0, "R1": 100.0, "C1": 1e-6})
    held = dict(fit.estimates) | {"R0": Estimate("R0", 10.0, "ohm", fixed=True)}
    (ax, *_) = plots.correlation_figure(replace(fit, estimates=held)).axes
    assert [t.get_text() for t in ax.get_yticklabels()] == ["R1", "C1"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("celsius", [(-100, 300, 900), tuple(np.linspace(-100, 900, 60))])
def test_parameters_fit_the_page(example, celsius, width, measure):
    figure = plots.parameters_figure(example.analysis(celsius), width=width)
    assert len(figure.axes) == 10
    assert measure.cut(figure) == []
    assert measure.overlapping_ticks(figure) == []


def test_a_parameter_has_its_values_and_one_standard_error(ageing):
    with plots.style():
        _, ax = plots.new_figure()
        plots.parameter_along(ageing, "n_sei", ax=ax)
    (bars,) = ax.containers
    found = [r.fit.estimates["n_sei"] for r in ageing.spectra]
    assert bars[0].get_xdata() == pytest.approx(np.geomspace(0.5, 100, 10))
    assert bars[0].get_ydata() == pytest.approx([e.value for e in found])
    ends = [segment[:, 1] for segment in bars[2][0].get_segments()]
    assert np.diff(ends)[:, 0] / 2 == pytest.approx([e.stderr for e in found])
    low, high = ax.get_ylim()
    assert low < np.min(ends)
    assert np.max(ends) < high
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Time (h)", "n sei")


def test_parameters_at_a_bound_are_hollow_and_undetermined_ones_left_out(example):
    analysis = example.analysis((0, 50, 100))
    with plots.style():
        _, (bound, lost, wide) = plots.new_figure(ncols=3)
        plots.parameter_along(analysis, "n_electrode", ax=bound)
        plots.parameter_along(analysis, "L_lead", ax=lost)
        plots.parameter_along(analysis, "R_grain_boundary", ax=wide)
    (hollow,) = [x for x in bound.lines if (x.get_gid() or "").startswith("without error")]
    assert list(hollow.get_ydata()) == [0.82] * 3
    assert "not determined in 3 of 3" in [t.get_text() for t in lost.texts]
    assert wide.get_yscale() == "log"
    assert wide.get_ylabel() == "R grain boundary (Ω)"
    assert wide.get_xlabel() == "Temperature (°C)"


def test_an_unknown_parameter_is_named(example):
    with pytest.raises(ModelError, match="n_bluk"):
        plots.parameters_figure(example.analysis((0, 50)), ["n_bluk"])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [3, 60])
def test_3d_shows_every_spectrum_at_its_place(example, count, width, measure):
    celsius = np.linspace(-100, 900, count)
    figure = plots.nyquist_3d_figure(example.analysis(tuple(celsius)), width)
    (ax,) = figure.axes
    lines = [line for line in ax.lines if line.get_gid() == "line"]
    assert [line.get_data_3d()[1][0] for line in lines] == pytest.approx(celsius)
    assert len([x for x in ax.lines if x.get_gid() == "measured"]) == (3 if count == 3 else 0)
    for line in ax.lines:
        x, _, z = line.get_data_3d()
        assert ax.get_xlim()[0] - 1e-9 <= x.min() <= x.max() <= ax.get_xlim()[1] + 1e-9
        assert ax.get_zlim()[0] - 1e-9 <= z.min() <= z.max() <= ax.get_zlim()[1] + 1e-9
    assert ax.get_xlabel() == "Re Z (Ω)"
    assert ax.get_ylabel() == "Temperature (°C)"
    assert ax.get_zlabel() == "−Im Z (Ω)"
    assert measure.cut(figure) == []


def test_3d_along_a_time_is_linear_and_holds_the_fits(ageing):
    (ax,) = plots.nyquist_3d_figure(ageing).axes
    lines = [line for line in ax.lines if line.get_gid() == "line"]
    assert ax.get_ylabel() == "Time (h)"
    assert ax.get_xlabel() == "Re Z (Ω)"
    x = lines[-1].get_data_3d()[0]
    truth = ageing.spectra[-1].fit.impedance(np.array([0.1]))[0].real
    assert x.max() == pytest.approx(truth, rel=1e-6)


def test_3d_normalised_ends_behind_the_arcs(example):
    (ax,) = plots.nyquist_3d_figure(example.analysis((-20, 0, 25)), scale="normalised").axes
    assert ax.get_xlabel() == "Re Z / R"
    assert 1.0 < ax.get_xlim()[1] <= 1.35


@pytest.mark.parametrize("width", WIDTHS)
def test_the_band_of_residuals_is_twice_the_noise(example, width, measure):
    fit = example.fit(example.spectrum(300.0))
    count = len(fit.spectrum.kept[0])
    noise = np.linspace(0.002, 0.006, count)
    figure = plots.residuals_figure(fit, noise, width)
    (ax,) = figure.axes
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices[:, 1]
    assert corners.max() == pytest.approx(1.2)  # % of |Z|
    assert corners.min() == pytest.approx(-1.2)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["±2 noise", "real", "imaginary"]
    assert measure.cut(figure) == []
    assert measure.overlapping_ticks(figure) == []


def test_without_a_noise_the_band_is_that_of_the_residuals(example):
    fit = example.fit(example.spectrum(300.0))  # simulated with a noise of 0.4 % in each part
    (ax,) = plots.residuals_figure(fit).axes
    (band,) = [p for p in ax.patches if p.get_label() == "±2 noise"]
    assert band.get_y() + band.get_height() == pytest.approx(0.8, rel=0.2)


def test_a_resistor_has_a_bode_plot():
    spectrum = Spectrum(np.geomspace(1e6, 1, 12), np.full(12, 100.0 + 0j))
    with plots.style():
        _, ax = plots.new_figure()
        plots.bode(spectrum, ax=ax)
    low, high = ax.get_ylim()
    assert low < 100 < high
