"""Models: circuits written in processes, each with its meaning, units, bounds and sources.

A model is one TOML file of `circuits/`, a TOML file of the user, or a circuit given as text.
"""

from __future__ import annotations

from eisfit.circuit.models.build import from_circuit, read_model
from eisfit.circuit.models.library import library, load_model
from eisfit.circuit.models.model import Model, ModelProcess, Parameter, Place

__all__ = [
    "Model",
    "ModelProcess",
    "Parameter",
    "Place",
    "from_circuit",
    "library",
    "load_model",
    "read_model",
]
