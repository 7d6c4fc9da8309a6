"""To and from other programs' objects: impedance.py circuits, pandas frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eisfit.analysis import Analysis
from eisfit.circuit.notation import to_impedance_py
from eisfit.fitting.result import FitResult
from eisfit.models import Model, load_model
from eisfit.spectrum import Spectrum


def to_impedance_circuit(model: str | Model, values: Sequence[float] | None = None) -> Any:
    """Return an ``impedance.models.circuits.CustomCircuit`` of a model.

    Parameters
    ----------
    model : str or Model
    values : sequence of float, shape (p,), optional
        Start values in the circuit's order, SI units; the model's usual ones where left out.

    Examples
    --------
    >>> to_impedance_circuit("R0-p(R1,CPE1)", [10, 100, 1e-6, 0.9]).circuit
    'R0-p(R1,CPE0)'
    """
    from impedance.models.circuits import CustomCircuit  # slow, and pulls in pandas

    model = load_model(model)
    start = values if values is not None else [p.start or 1.0 for p in model.parameters]
    return CustomCircuit(to_impedance_py(model.tree), initial_guess=[float(v) for v in start])


def from_impedance_circuit(circuit: Any) -> Model:
    """Return the model of an impedance.py circuit object.

    Raises
    ------
    ModelError
        Where it holds an element that eisfit does not know.
    """
    return load_model(str(circuit.circuit))


def fit_to_impedance_circuit(result: FitResult) -> Any:
    """Return an impedance.py circuit that starts at the values of a fit."""
    return to_impedance_circuit(result.model, [float(v) for v in result.values])


def spectrum_frame(spectrum: Spectrum) -> Any:
    """Return a `pandas.DataFrame` of a spectrum: frequency_Hz, z_real_ohm, z_imag_ohm, left_out."""
    import pandas as pd

    return pd.DataFrame(
        {
            "frequency_Hz": spectrum.frequency,
            "z_real_ohm": spectrum.impedance.real,
            "z_imag_ohm": spectrum.impedance.imag,
            "left_out": list(spectrum.reasons),
        }
    )


def parameters_frame(analysis: Analysis) -> Any:
    """Return a `pandas.DataFrame`: one row a spectrum, value and stderr of every parameter."""
    import pandas as pd

    rows = []
    for result in analysis.spectra:
        row: dict[str, Any] = {
            "file": result.spectrum.label,
            "temperature_K": result.spectrum.temperature,
            "verdict": result.verdict,
        }
        for name, estimate in (result.fit.estimates if result.fit is not None else {}).items():
            row[name] = estimate.value
            row[f"{name}_stderr"] = estimate.stderr
        rows.append(row)
    return pd.DataFrame(rows)
