"""A simulated LLTO pellet for tests: other numbers than the sample data, and any seed."""

import numpy as np

from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.geometry import Geometry
from eisfit.data.series import Series

BOLTZMANN_EV = 8.617333262e-5  # eV/K
VACUUM_PERMITTIVITY = 8.8541878128e-12  # F/m
GEOMETRY = Geometry.disc(thickness="1.5 mm", diameter="9 mm")
TEMPERATURES = np.arange(-20, 91, 10) + 273.15
ENERGY = {"bulk": 0.37, "grain_boundary": 0.45}
MODEL = load_model("llto_pellet")


def values(T: float, lead: float = 2.0) -> dict[str, float]:
    """Return the truth at `T`."""
    cell = GEOMETRY.cell_constant / 100
    out = {"R_lead": lead, "L_lead": 3e-7, "Q_electrode": 1e-6 * np.exp(0.005 * (T - 300))}
    out["n_electrode"] = 0.85
    for name, sigma, permittivity, n in (
        ("bulk", 9e-4, 130.0, 0.96),
        ("grain_boundary", 3e-5, 3e4, 0.88),
    ):
        E = ENERGY[name]
        R = cell / (sigma * 300 / T * np.exp(-E / BOLTZMANN_EV * (1 / T - 1 / 300)))
        C = permittivity * VACUUM_PERMITTIVITY / GEOMETRY.cell_constant
        out |= {f"R_{name}": R, f"Q_{name}": C**n * R ** (n - 1), f"n_{name}": n}
    return out


def series(seed: int, noise: float = 0.005, high: float = 7e6, lead: float = 2.0) -> Series:
    """Return twelve spectra; every seed its own noise."""
    f = frequencies(1.0, high, per_decade=9)
    spectra = [
        simulate(MODEL, values(T, lead), f, noise=noise, seed=1000 * seed + i, temperature=float(T))
        for i, T in enumerate(TEMPERATURES)
    ]
    return Series.by_temperature(spectra, GEOMETRY)
