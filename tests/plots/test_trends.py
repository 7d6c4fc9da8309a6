"""Resistances along a series: points, errors, laws of growth, and what is left out."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from uncertainties import ufloat

from eisfit import plots
from eisfit.plots.curves import time_unit
from eisfit.plots.style import colour_of
from eisfit.plots.trends import resistances_along
from eisfit.processes import Process
from eisfit.processes.physics.growth import fit_growth


def drawn(analysis):
    with plots.style():
        _, ax = plots.new_figure()
        assert resistances_along(analysis, ax=ax) is ax
    return ax


def by_gid(ax, start):
    bars = {c[0].get_gid() or c.get_gid(): c for c in ax.containers if hasattr(c, "has_yerr")}
    every = {line.get_gid(): line for line in ax.lines} | bars
    return {g.removeprefix(start): a for g, a in every.items() if g and g.startswith(start)}


def words(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def made(ageing, hours, resistances, coordinate="time"):
    """Return an analysis with these values of R_sei ± 2 %, nan for what is not determined."""
    spectra = tuple(
        replace(
            ageing.spectra[0],
            processes={"sei": Process("sei", "", None if np.isnan(R) else ufloat(R, 0.02 * R))},
        )
        for R in resistances
    )
    values = 3600.0 * np.asarray(hours)
    series = replace(
        ageing.series, spectra=tuple(s.spectrum for s in spectra), values=values,
        coordinate=coordinate,
    )  # fmt: skip
    known = np.isfinite(resistances)
    growth = {}
    if coordinate == "time" and known.sum() > 5:
        R = [ufloat(r, 0.02 * r) for r in np.asarray(resistances)[known]]
        growth = {"sei": fit_growth(values[known], R)}
    return replace(ageing, series=series, spectra=spectra, growth=growth)


def test_every_process_has_its_points_with_one_standard_error(ageing):
    ax = drawn(ageing)
    assert ax.get_ylabel() == "R (Ω)"
    assert ax.get_xlabel() == "Time (h)"
    found = by_gid(ax, "points ")
    assert list(found) == ["electrolyte", "sei", "charge_transfer"]
    for name, bars in found.items():
        x, y = bars[0].get_data()
        R = [s.processes[name].resistance for s in ageing.spectra]
        assert x == pytest.approx(np.geomspace(0.5, 100, 10))
        assert y == pytest.approx([r.n for r in R])
        ends = [segment[:, 1] for segment in bars[2][0].get_segments()]
        assert np.diff(ends)[:, 0] / 2 == pytest.approx([r.s for r in R])
        assert to_hex(bars[0].get_color()) == colour_of(name)


def test_the_law_that_the_data_tell_is_drawn_through_the_interphase(ageing):
    ax = drawn(ageing)
    (curve,) = by_gid(ax, "law ").values()
    t, R = curve.get_data()
    truth = 40 + 60 * np.sqrt(t / 100)  # as simulated
    assert list(R) == pytest.approx(truth, rel=0.02)
    assert (t[0], t[-1]) == pytest.approx((0.5, 100))
    assert curve.get_linestyle() == "-"
    assert "SEI\nR₀ + k√t: diffusion" in words(ax)


@pytest.mark.parametrize(
    ("hours", "R", "said", "style"),
    [
        (np.arange(12), 40 + 5.0 * np.arange(12), "R₀ + kt: reaction", "-"),
        (np.arange(12), 40 + 0.5 * np.arange(12) ** 2, "R₀ + ktᵐ, m = 2", "--"),
        (np.arange(8), 40 + 0.2 * np.cos(np.arange(8)), "law of growth not determined", "--"),
    ],
)
def test_other_laws_are_named_and_dashed_where_open(ageing, hours, R, said, style):
    analysis = made(ageing, hours, R)
    ax = drawn(analysis)
    (text,) = words(ax)
    assert text.startswith(f"SEI\n{said}")
    curve = by_gid(ax, "law ")["sei"]
    assert curve.get_linestyle() == style
    assert np.interp(hours, *curve.get_data()) == pytest.approx(R, rel=0.01)


def test_what_is_not_determined_is_left_out_and_said(ageing):
    R = np.array([40, np.nan, 50, 55, np.nan, 65])
    ax = drawn(made(ageing, np.arange(6), R))
    assert list(by_gid(ax, "points ")["sei"][0].get_ydata()) == [40, 50, 55, 65]
    assert words(ax) == ["SEI\nnot determined in 2 of 6"]
    none = drawn(made(ageing, np.arange(6), np.full(6, np.nan)))
    assert words(none) == ["SEI\nnot determined"]


@pytest.mark.parametrize(
    ("hours", "R", "scales", "unit"),
    [
        (np.arange(6) / 600, np.linspace(1, 2, 6), ("linear", "linear"), "Time (s)"),
        (np.arange(6) / 4, np.linspace(1, 2, 6), ("linear", "linear"), "Time (min)"),
        (np.geomspace(1, 1000, 6), np.linspace(1, 2, 6), ("log", "linear"), "Time (d)"),
        (np.arange(6) * 10, np.geomspace(1, 1e4, 6), ("linear", "log"), "Time (h)"),
        ([0, *np.geomspace(1, 1000, 5)], np.linspace(1, 2, 6), ("linear", "linear"), "Time (d)"),
    ],
)
def test_axes_are_as_the_data_need_them(ageing, hours, R, scales, unit):
    ax = drawn(made(ageing, hours, R))
    assert (ax.get_xscale(), ax.get_yscale()) == scales
    assert ax.get_xlabel() == unit
    x, y = by_gid(ax, "points ")["sei"][0].get_data()
    assert ax.get_xlim()[0] <= x.min() < x.max() <= ax.get_xlim()[1]
    assert ax.get_ylim()[0] <= y.min() < y.max() <= ax.get_ylim()[1]


def test_along_a_bias_there_is_no_law(ageing):
    ax = drawn(made(ageing, np.linspace(-1, 1, 5) / 3600, np.linspace(1, 2, 5), "bias"))
    assert ax.get_xlabel() == "Bias (V)"
    assert list(by_gid(ax, "points ")["sei"][0].get_xdata()) == [-1, -0.5, 0, 0.5, 1]
    assert not by_gid(ax, "law ")


def test_units_of_time_change_where_numbers_get_long():
    units = [time_unit(t)[1] for t in (120, 121, 7200, 7201, 432000, 432001)]
    assert units == ["s", "min", "min", "h", "h", "d"]
