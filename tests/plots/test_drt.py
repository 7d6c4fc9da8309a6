"""Figures of distributions of relaxation times: asserted on artists and labels, not on pixels."""

from dataclasses import replace

import numpy as np
import pytest

from eisfit import plots
from eisfit.data.spectrum import Spectrum
from eisfit.quality.relaxation_times import drt

FREQUENCY = np.geomspace(7e6, 0.1, 71)


def distribution(scale=1.0, faster=1.0, temperature=None, third=0.0):
    s = 2j * np.pi * FREQUENCY
    Z = 20 + 500 / (1 + (s * 1e-6 / faster) ** 0.9) + 5000 / (1 + (s * 1e-2 / faster) ** 0.85)
    if third:
        Z = Z + third / (1 + s * 30)
    rng = np.random.default_rng(0)
    Z = scale * Z * (1 + 0.002 * (rng.standard_normal(71) + 1j * rng.standard_normal(71)))
    return drt(Spectrum(FREQUENCY, Z, temperature=temperature))


@pytest.fixture(scope="module")
def result():
    return distribution(temperature=300.0)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_one_distribution_has_band_peaks_and_units(result) -> None:
    with plots.style():
        _, ax = plots.new_figure()
        assert plots.drt(result, ax=ax) is ax
    assert ax.get_xlabel() == "log₁₀(τ / s)"
    assert ax.get_ylabel() == "γ (kΩ)"
    line = next(item for item in ax.lines if item.get_label() == "γ")
    assert np.allclose(line.get_xdata(), np.log10(result.time_constant))
    assert np.allclose(1e3 * line.get_ydata(), result.gamma)
    assert [c.get_label() for c in ax.collections] == ["95 % band"]
    assert len(texts(ax)) == 2
    (fast, fast_time), (slow, slow_time) = (text.split("\n") for text in texts(ax))
    assert fast == f"{result.peaks[0].resistance:.3g} Ω"
    assert slow == f"{result.peaks[1].resistance / 1e3:.3g} kΩ"
    assert fast_time in (f"{result.peaks[0].time_constant * 1e9:.3g} ns",
                         f"{result.peaks[0].time_constant * 1e6:.3g} µs")  # fmt: skip
    assert slow_time == f"{result.peaks[1].time_constant * 1e3:.3g} ms"
    assert ax.get_ylim()[0] == 0
    assert ax.get_ylim()[1] > result.gamma.max() / 1e3


def test_times_that_no_frequency_reaches_are_grey(result) -> None:
    _, ax = plots.new_figure()
    plots.drt(result, ax=ax)
    left, right = ax.patches
    assert left.get_x() + left.get_width() == pytest.approx(-np.log10(2 * np.pi * 7e6))
    assert right.get_x() == pytest.approx(-np.log10(2 * np.pi * 0.1))


def test_a_peak_that_is_not_sure_carries_a_question_mark(result) -> None:
    doubtful = replace(result.peaks[0], sure=False, why="made up")
    _, ax = plots.new_figure()
    plots.drt(replace(result, peaks=(doubtful, result.peaks[1])), ax=ax)
    assert ["?" in text for text in texts(ax)] == [True, False]
    markers = [item for item in ax.lines if item.get_marker() == "v"]
    assert markers[0].get_markerfacecolor() == "none"


def test_labels_of_near_peaks_lean_apart(result) -> None:
    first, second = result.peaks
    near = replace(second, time_constant=3 * first.time_constant)
    _, ax = plots.new_figure()
    plots.drt(replace(result, peaks=(first, near)), ax=ax)
    assert [text.get_ha() for text in ax.texts] == ["right", "left"]


def test_no_peak_is_said(result) -> None:
    _, ax = plots.new_figure()
    plots.drt(replace(result, peaks=(), gamma=0 * result.gamma), ax=ax)
    assert texts(ax) == ["no peak stands out from the noise"]


def test_a_series_is_sorted_by_temperature_and_coloured() -> None:
    results = [distribution(1 / k, k, 300.0 + 10 * k) for k in (3, 1, 2)]
    with plots.style():
        figure = plots.drt_series_figure(results)
    ax = figure.axes[0]
    lines = [item for item in ax.lines if len(item.get_xdata()) > 1]
    assert len(lines) == 3
    assert len({str(item.get_color()) for item in lines}) == 3
    bottoms = [item.get_ydata().min() for item in lines]
    assert bottoms == sorted(bottoms)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert [name.split(",")[0] for name in names] == ["36.9 °C", "46.9 °C", "56.9 °C"]
    tops = [item.get_xdata()[np.argmax(item.get_ydata())] for item in lines]
    assert tops == sorted(tops, reverse=True)
    assert ax.child_axes[0].get_ylabel() == "Temperature (°C)"


def test_a_series_without_temperatures_keeps_its_order_and_names() -> None:
    figure = plots.drt_series_figure([distribution(), distribution(2.0)])
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert [name.split("\n")[0] for name in names] == ["spectrum", "spectrum"]
    assert figure.axes[0].child_axes == []


def test_a_series_of_nothing_is_refused() -> None:
    _, ax = plots.new_figure()
    with pytest.raises(ValueError, match="no distribution"):
        plots.drt_series([], ax=ax)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_figures_are_the_same_bytes_for_the_same_numbers(result, kind) -> None:
    first, second = (plots.rendered(plots.drt_figure(result), kind) for _ in range(2))
    assert first == second
    assert len(first) > 3000
