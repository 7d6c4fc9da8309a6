"""What is drawn is asserted on artists and labels, not on pixels."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from eisfit import plots
from eisfit.data.spectrum import Spectrum
from eisfit.plots.curves import arcs
from eisfit.plots.panel import ohm_scale, power_text


def labels(ax):
    return {line.get_label(): line for line in ax.lines}


def texts(ax):
    return [text.get_text() for text in ax.texts]


def drawn_nyquist(spectrum, fit=None):
    with plots.style():
        _, ax = plots.new_figure()
        assert plots.nyquist(spectrum, fit, ax=ax) is ax
    return ax


def test_nyquist_has_equal_axes_units_and_every_point_in_view(example):
    spectrum = example.spectrum(233.15)
    ax = drawn_nyquist(spectrum, example.fit(spectrum))
    assert ax.get_aspect() == 1.0
    assert ax.get_xlabel() == "Re Z (MΩ)"
    assert ax.get_ylabel() == "−Im Z (MΩ)"
    shown = labels(ax)
    assert len(shown["measured"].get_xdata()) == 59
    assert len(shown["left out"].get_xdata()) == 2
    assert np.all(np.diff(shown["fit"].get_xdata()) != 0)


def test_nyquist_measures_its_axes_by_one_scale(example):
    ax = drawn_nyquist(example.spectrum(300.0))
    box = ax.get_position()
    width, height = ax.figure.get_size_inches()
    x, y = np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())
    assert y / x == pytest.approx(box.height * height / (box.width * width), rel=1e-6)


def test_a_long_tail_limits_the_view_and_says_so(example):
    spectrum = example.spectrum(373.15)
    ax = drawn_nyquist(spectrum, example.fit(spectrum))
    (inset,) = ax.child_axes
    assert "view limited to the arcs" in inset.get_title(loc="left")
    assert ax.get_xlim()[1] < 5  # kΩ; the tail goes to 150
    assert max(inset.lines[1].get_ydata()) > 100


def test_decades_are_marked_where_they_are(example):
    spectrum = example.spectrum(233.15)
    ax = drawn_nyquist(spectrum, example.fit(spectrum))
    assert {"10 Hz", "10² Hz"} <= set(texts(ax))


def test_arcs_stand_one_after_the_other_by_rising_time_constant(example):
    fit = example.fit(example.spectrum(300.0))
    bulk, boundary = arcs(fit)
    assert (bulk.name, boundary.name) == ("bulk", "grain_boundary")
    assert bulk.peak_frequency > boundary.peak_frequency
    assert bulk.impedance[-1].real == pytest.approx(boundary.impedance[0].real, rel=1e-3)


@pytest.mark.parametrize(
    "impedance",
    [
        np.full(12, 100.0 + 0j),
        5 + 1j * np.linspace(0, 3, 12),
        1e-3 - 1e-4j * np.ones(12),
        1e9 * (1 - 1j * np.linspace(0, 2, 12)),
        np.linspace(-1, 1, 12) - 1j,
    ],
    ids=["resistor", "inductor", "milliohm", "gigaohm", "negative real part"],
)
def test_odd_spectra_are_drawn(impedance):
    spectrum = Spectrum(np.geomspace(1e6, 1, 12), impedance)
    ax = drawn_nyquist(spectrum)
    assert np.all(np.isfinite([*ax.get_xlim(), *ax.get_ylim()]))
    assert len(labels(ax)["measured"].get_xdata()) > 0
    plots.rendered(ax.figure, "png")


def test_a_single_point_is_drawn():
    spectrum = Spectrum([1e3], [100 - 5j])
    with plots.style():
        _, ax = plots.new_figure()
        plots.nyquist(spectrum, ax=ax)
        _, other = plots.new_figure()
        plots.bode(spectrum, ax=other)
    plots.rendered(other.figure, "png")


def test_bode_has_both_quantities_and_the_points_left_out(example):
    spectrum = example.spectrum(300.0)
    with plots.style():
        _, (top, below) = plots.new_figure(nrows=2)
        plots.bode(spectrum, example.fit(spectrum), ax=top, phase_ax=below)
    assert top.get_ylabel() == "|Z| (Ω)"
    assert below.get_ylabel() == "−Phase (°)"
    assert top.get_xscale() == top.get_yscale() == "log"
    assert len(labels(top)["left out"].get_xdata()) == 2
    assert len(below.lines) == 3


def test_bode_without_a_second_panel_uses_the_right_hand_axis(example):
    with plots.style():
        figure, ax = plots.new_figure()
        plots.bode(example.spectrum(300.0), ax=ax)
    assert len(figure.axes) == 2


def test_residuals_are_in_percent_with_a_band(example):
    fit = example.fit(example.spectrum(300.0))
    with plots.style():
        _, ax = plots.new_figure()
        plots.residuals(fit, ax=ax, noise=0.004)
    assert "%" in ax.get_ylabel()
    shown = labels(ax)
    assert np.std(shown["real"].get_ydata()) == pytest.approx(0.4, rel=0.3)
    low, high = ax.get_ylim()
    assert low < -0.8 < 0.8 < high


def test_arrhenius_shows_lines_bands_errors_and_the_literature(example):
    analysis = example.analysis()
    with plots.style():
        _, ax = plots.new_figure()
        plots.arrhenius(analysis.arrhenius, analysis.comparison, ax=ax)
    assert ax.get_ylabel() == "log₁₀ [ σT (S K cm⁻¹) ]"
    assert ax.get_xlabel() == "1000 / T (K⁻¹)"
    names = ("bulk", "grain_boundary", "total")
    assert {line.get_gid() for line in ax.lines} >= {f"line {n}" for n in names}
    assert {band.get_gid() for band in ax.collections} >= {f"band {n}" for n in names}
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "bulk\nEₐ = 0.3300 ± 0.0018 eV" in legend
    assert sum("literature" in text for text in legend) == 2
    (top,) = ax.child_axes
    assert top.get_xlabel() == "Temperature (°C)"
    assert "25" in [t.get_text() for t in top.get_xticklabels()]


def test_the_line_of_an_arrhenius_plot_is_that_of_its_result(example):
    line = example.analysis().arrhenius["bulk"]
    with plots.style():
        _, ax = plots.new_figure()
        plots.arrhenius({"bulk": line}, ax=ax)
    (drawn,) = [one for one in ax.lines if one.get_gid() == "line bulk"]
    T = 1000 / drawn.get_xdata()
    assert drawn.get_ydata() == pytest.approx(np.log10(line.conductivity_at(T)[0] / 100 * T))


def test_three_temperatures_have_no_band_and_no_geometry_another_label(example):
    analysis = example.analysis((0, 25, 50), geometry=None)
    with plots.style():
        _, ax = plots.new_figure()
        plots.arrhenius(analysis.arrhenius, ax=ax)
    assert not [band for band in ax.collections if (band.get_gid() or "").startswith("band")]
    assert "T/R" in ax.get_ylabel()


@pytest.mark.parametrize("celsius", [(-100, 300, 900), (20, 30), tuple(range(-100, 900, 17))])
def test_labels_in_celsius_do_not_overlap(example, celsius):
    analysis = example.analysis(celsius)
    figure = plots.arrhenius_figure(analysis)
    plots.rendered(figure, "png")
    (top,) = figure.axes[0].child_axes
    boxes = sorted(
        (label.get_window_extent() for label in top.get_xticklabels()), key=lambda box: box.x0
    )
    assert len(boxes) > 1
    assert all(a.x1 < b.x0 for a, b in pairwise(boxes))


def test_comparison_draws_a_row_for_each_value_and_its_verdict(example):
    rows = example.comparison()
    figure = plots.comparison_figure(rows)
    top, below = figure.axes
    assert top.get_xscale() == "log"
    assert below.get_xlabel() == "Activation energy (eV)"
    assert texts(top) == ["agrees", "differs"]
    assert texts(below) == ["differs", "not comparable"]
    assert top.get_yticklabels()[0].get_text().startswith("bulk, 26.9 °C")


def test_the_overview_has_a_line_for_each_spectrum_in_both_panels(example):
    left, right, *_ = plots.overview_figure(example.analysis()).axes
    assert len(left.lines) == len(right.lines) == 7
    assert left.get_xscale() == left.get_yscale() == "log"
    assert left.get_aspect() == right.get_aspect() == 1.0
    ends = [line.get_xdata()[np.argmin(np.abs(line.get_ydata()))] for line in right.lines]
    assert max(ends) < 1.5


def test_a_figure_can_be_used_again_and_shows_only_the_second(example):
    first, second = example.analysis((0, 100)).spectra
    fresh = plots.spectrum_figure(second)
    used = plots.spectrum_figure(second, figure=plots.spectrum_figure(first))
    for a, b in zip(fresh.axes, used.axes, strict=True):
        assert len(a.lines) == len(b.lines)
        assert texts(a) == texts(b)
        assert a.get_ylim() == b.get_ylim()
    assert plots.rendered(fresh, "png") == plots.rendered(used, "png")


def test_a_spectrum_without_fit_is_drawn(example):
    result = replace(example.analysis((25,)).spectra[0], fit=None, processes={})
    figure = plots.spectrum_figure(result)
    assert "no fit" in texts(figure.axes[3])
    assert plots.single_nyquist_figure(result).axes[0].get_title(loc="left").startswith("25 °C")


def test_drawing_leaves_the_settings_of_the_caller_alone(example):
    before = dict(mpl.rcParams)
    plots.rendered(plots.spectrum_figure(example.analysis((25,)).spectra[0]), "svg")
    assert dict(mpl.rcParams) == before


def test_svg_is_the_same_for_the_same_numbers_and_keeps_its_texts(example):
    result = example.analysis((25,)).spectra[0]
    one, two = (plots.rendered(plots.spectrum_figure(result), "svg") for _ in range(2))
    assert one == two
    assert len(one) < 130_000
    words = "".join(ElementTree.fromstring(one).itertext())
    assert "Frequency (Hz)" in words


@pytest.mark.parametrize(
    ("ohm", "unit"),
    [(2e-6, "µΩ"), (1e-3, "mΩ"), (1.0, "Ω"), (5e5, "kΩ"), (1e6, "MΩ"), (1e12, "TΩ")],
)
def test_resistances_are_scaled(ohm, unit):
    assert ohm_scale(ohm)[1] == unit


def test_powers_of_ten_are_written_out():
    assert power_text(1e-12) == "10⁻¹²"
