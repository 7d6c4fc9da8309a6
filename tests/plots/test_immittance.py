"""Other views of an impedance: the numbers of ideal elements, units, limits, pages."""

import numpy as np
import pytest

from eisfit import plots
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Spectrum
from eisfit.plots.immittance import immittance

VACUUM_PERMITTIVITY = 8.8541878128e-12  # F/m
PLATE = Geometry(thickness=1e-3, area=1e-4)  # 10 cm in S/cm: l/A = 0.1 1/cm
F = np.geomspace(1e7, 1.0, 71)
W = 2 * np.pi * F


def axes():
    with plots.style():
        return plots.new_figure()[1]


def lossy(epsilon=30.0, sigma=1e-5):
    """A dielectric of permittivity 30 that conducts 1e-5 S/cm, between plates."""
    C = epsilon * VACUUM_PERMITTIVITY * PLATE.area / PLATE.thickness
    G = sigma * 100 * PLATE.area / PLATE.thickness
    return 1 / (G + 1j * W * C), C, G


def test_a_capacitor_beside_a_resistor_has_its_known_parts():
    Z, C, G = lossy()
    value = immittance(F, Z, "capacitance")
    assert value.real == pytest.approx(np.full(71, C))
    assert value.imag == pytest.approx(G / W)
    epsilon = immittance(F, Z, "permittivity", PLATE)
    assert epsilon.real == pytest.approx(np.full(71, 30.0))
    sigma = immittance(F, Z, "conductivity", PLATE)
    assert sigma.real == pytest.approx(np.full(71, 1e-5))
    assert sigma.imag == pytest.approx(W * 30 * VACUUM_PERMITTIVITY / 100)


def test_the_modulus_of_one_relaxation_is_a_half_circle_of_diameter_one_over_epsilon():
    Z, C, G = lossy()
    M = immittance(F, Z, "modulus", PLATE)
    assert np.abs(M - 1 / 60) == pytest.approx(np.full(71, 1 / 60))
    at = np.array([G / C / (2 * np.pi)])
    top = immittance(at, 1 / (G + 1j * 2 * np.pi * at * C), "modulus", PLATE)
    assert top[0] == pytest.approx((1 + 1j) / 60)  # M'' peaks at 1/(RC), half of 1/ε high
    assert immittance(F, Z, "modulus") == pytest.approx(
        M / (VACUUM_PERMITTIVITY * PLATE.area / PLATE.thickness)
    )


@pytest.mark.parametrize("quantity", ["permittivity", "conductivity"])
def test_what_needs_a_geometry_says_so(quantity):
    spectrum = Spectrum(F, lossy()[0])
    with pytest.raises(ValueError, match="needs thickness and area"):
        plots.immittance_plane(spectrum, quantity=quantity, ax=axes())


@pytest.mark.parametrize(
    ("quantity", "geometry", "over", "plane"),
    [
        ("capacitance", None, "C′, C″ (F)", ("C′ (F)", "C″ (F)")),
        ("permittivity", PLATE, "ε′, ε″", ("ε′", "ε″")),
        ("modulus", PLATE, "M′, M″", ("M′", "M″")),
        ("modulus", None, "M′/C₀, M″/C₀ (10⁹ F⁻¹)", ("M′/C₀ (10⁹ F⁻¹)", "M″/C₀ (10⁹ F⁻¹)")),
        ("conductivity", PLATE, "σ′ (S cm⁻¹)", ("σ′ (S cm⁻¹)", "σ″ (S cm⁻¹)")),
    ],
)
def test_axes_have_units_and_hold_every_point(quantity, geometry, over, plane):
    spectrum = Spectrum(F, lossy()[0])
    ax = axes()
    plots.immittance_over_frequency(spectrum, quantity=quantity, geometry=geometry, ax=ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Frequency (Hz)", over)
    value = immittance(F, spectrum.impedance, quantity, geometry)
    low, high = ax.get_ylim()
    assert low <= value.real.min() <= value.real.max() <= high
    assert list(ax.lines[0].get_ydata()) == pytest.approx(list(value.real))
    flat = axes()
    plots.immittance_plane(spectrum, quantity=quantity, geometry=geometry, ax=flat)
    assert flat.get_aspect() == 1.0
    assert (flat.get_xlabel(), flat.get_ylabel()) == plane
    for part, (low, high) in ((value.real, flat.get_xlim()), (value.imag, flat.get_ylim())):
        assert low <= part.min() <= part.max() <= high


def test_the_numbers_on_an_axis_times_its_power_are_the_values():
    ax = axes()
    spectrum = Spectrum(F, lossy()[0])
    plots.immittance_over_frequency(spectrum, quantity="modulus", ax=ax)
    text = {ax.yaxis.get_major_formatter()(v): v for v in ax.get_yticks()}
    assert text["20"] == pytest.approx(20e9)  # the axis says 10⁹


def test_an_inductive_lead_is_left_out_of_logarithmic_axes_and_said():
    Z = lossy()[0] + 1j * W * 1e-3
    ax = axes()
    plots.immittance_over_frequency(Spectrum(F, Z), quantity="capacitance", ax=ax)
    lost = int(np.sum(immittance(F, Z, "capacitance").real <= 0))
    assert lost > 3
    assert [t.get_text() for t in ax.texts] == [f"{lost} values ≤ 0 left out"]
    assert len(ax.lines[0].get_xdata()) == 71 - lost


@pytest.mark.parametrize("width", [plots.ONE_COLUMN, plots.TWO_COLUMNS])
@pytest.mark.parametrize("quantity", ["capacitance", "permittivity", "modulus", "conductivity"])
@pytest.mark.parametrize("celsius", [(-100,), (25,), (900,)])
def test_figures_of_one_spectrum_fit_the_page(example, width, quantity, celsius, measure):
    analysis = example.analysis(celsius)
    figure = plots.immittance_figure(analysis.spectra[0], quantity, example.GEOMETRY, width)
    assert figure.get_size_inches()[0] == width
    assert measure.cut(figure) == []
    assert measure.overlapping_ticks(figure) == []


@pytest.mark.parametrize("width", [plots.ONE_COLUMN, plots.TWO_COLUMNS])
@pytest.mark.parametrize("celsius", [(-100, 300, 900), tuple(np.linspace(-100, 900, 60))])
def test_figures_of_a_series_fit_the_page(example, width, celsius, measure):
    analysis = example.analysis(celsius)
    for quantity in ("capacitance", "modulus", "conductivity"):
        figure = plots.immittance_series_figure(analysis, quantity, width)
        assert measure.cut(figure) == []
        assert measure.overlapping_ticks(figure) == []


def test_a_series_has_points_and_the_line_of_the_fit_in_one_colour_each(example):
    analysis = example.analysis((0, 50, 100))
    fits = [result.fit for result in analysis.spectra]
    ax = axes()
    plots.immittance_series(analysis.series, fits, quantity="conductivity", part="real", ax=ax)
    points = [line for line in ax.lines if line.get_gid() == "measured"]
    lines = [line for line in ax.lines if line.get_gid() == "line"]
    assert len(points) == len(lines) == 3
    assert len({line.get_color() for line in lines}) == 3
    for spectrum, drawn, fit, line in zip(
        analysis.series.spectra, points, fits, lines, strict=True
    ):
        _, Z = spectrum.kept
        sigma = (example.GEOMETRY.cell_constant / 100 / Z).real
        assert drawn.get_ydata() == pytest.approx(sigma)
        told = (example.GEOMETRY.cell_constant / 100 / fit.impedance(line.get_xdata())).real
        assert line.get_ydata() == pytest.approx(told)
        assert drawn.get_color() == line.get_color()
    (bar,) = ax.child_axes
    assert bar.get_ylabel() == "Temperature (°C)"
    assert bar.get_ylim() == pytest.approx((0.0, 100.0), abs=1e-6)
