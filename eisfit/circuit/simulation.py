"""Simulated spectra: a model's impedance with instrument-like noise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from eisfit.base.arrays import FloatArray
from eisfit.base.errors import ModelError
from eisfit.circuit.models import Model, load_model
from eisfit.circuit.tape import evaluate
from eisfit.data.spectrum import Provenance, Spectrum


def frequencies(low: float = 0.1, high: float = 7e6, *, per_decade: int = 10) -> FloatArray:
    """Return frequencies in Hz from `high` down to `low`, `per_decade` to a decade.

    Examples
    --------
    >>> frequencies(1.0, 100.0, per_decade=2).round(3).tolist()
    [100.0, 31.623, 10.0, 3.162, 1.0]
    """
    if not 0 < low < high or per_decade < 1:
        raise ModelError(f"frequencies need 0 < low < high (got {low!r} and {high!r})")
    points = max(round(np.log10(high / low) * per_decade), 1) + 1
    return np.geomspace(high, low, points)


def simulate(
    model: str | Model,
    values: Mapping[str, float] | ArrayLike | None = None,
    frequency: ArrayLike | None = None,
    *,
    noise: float = 0.003,
    seed: int = 0,
    temperature: float | None = None,
) -> Spectrum:
    """Return a spectrum of `model` with random noise.

    Parameters
    ----------
    model : str or Model
        A model's name or a circuit.
    values : mapping of str to float, or array-like, shape (p,), optional
        Parameters in SI units; those not named take the model's usual values.
    frequency : array-like, shape (k,), optional
        Hz; 7 MHz to 0.1 Hz with 10 to a decade where left out.
    noise : float
        Standard deviation of the real and of the imaginary part as a fraction of abs(Z).
    seed : int
        Of the random numbers: the same seed gives the same spectrum.
    temperature : float, optional
        K, written into the spectrum.

    Raises
    ------
    ModelError
        Where a name is not in the circuit or a value is missing.

    Examples
    --------
    >>> simulate("R0-p(R1,CPE1)", [10, 100, 1e-6, 0.9], frequencies(1, 1e5))
    <Spectrum: 51 points, 1 to 1e+05 Hz>
    """
    model = load_model(model)
    vector = _vector(model, values)
    f = frequencies() if frequency is None else np.asarray(frequency, dtype=np.float64)
    Z = evaluate(model.tape, 2 * np.pi * f, vector)
    rng = np.random.default_rng(seed)
    Z = Z + noise * np.abs(Z) * (rng.standard_normal(len(f)) + 1j * rng.standard_normal(len(f)))
    source = "simulation" if temperature is not None else ""
    return Spectrum(
        f, Z, temperature=temperature, temperature_source=source,
        provenance=Provenance(format="simulation", technique=f"simulated, seed {seed}"),
    )  # fmt: skip


def _vector(model: Model, values: Mapping[str, float] | ArrayLike | None) -> FloatArray:
    """Return all parameters in the circuit's order."""
    if values is not None and not isinstance(values, Mapping):
        vector = np.asarray(values, dtype=np.float64)
        if vector.shape != (len(model.names),):
            raise ModelError(
                f"{model.name} has {len(model.names)} parameters ({', '.join(model.names)}), "
                f"not {vector.size}"
            )
        return vector
    given = dict(values or {})
    for name in given:
        model.index(name)
    out = [given.get(p.name, p.start) for p in model.parameters]
    missing = [p.name for p, v in zip(model.parameters, out, strict=True) if v is None]
    if missing:
        raise ModelError(f"{model.name}: values are missing for {', '.join(missing)}")
    return np.array(out, dtype=np.float64)
