"""eisfit: raw impedance files in; conductivities and activation energies with honest errors out.

>>> import eisfit
>>> eisfit.Geometry.disc(thickness="1.2 mm", diameter="10 mm")
<Geometry: thickness 1.2 mm, area 0.7854 cm², cell constant 0.1528 1/cm>
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eisfit.analysis.straight_line import (
        Analysis,
        SpectrumResult,
        analyze_series,
        analyze_spectrum,
    )
    from eisfit.base.errors import EisfitError, FitError, ModelError, ReadError, SheetError
    from eisfit.circuit import element
    from eisfit.circuit.models import Model, load_model
    from eisfit.circuit.simulation import simulate
    from eisfit.data.geometry import Geometry
    from eisfit.data.series import Series
    from eisfit.data.spectrum import Spectrum
    from eisfit.fitting.fit import fit
    from eisfit.fitting.joint import fit_together
    from eisfit.fitting.lmfit_face import fit_params
    from eisfit.fitting.many import FitTable, fit_many
    from eisfit.fitting.result import FitResult
    from eisfit.fitting.uncertainty.bootstrap import bootstrap
    from eisfit.fitting.uncertainty.criteria import exchangeable
    from eisfit.fitting.uncertainty.profile import intervals, profile
    from eisfit.fitting.uncertainty.sampling import sample
    from eisfit.io.inputs import load_series
    from eisfit.literature import references
    from eisfit.processes.model_choice import ModelChoice, compare_models
    from eisfit.quality.relaxation_times import drt
    from eisfit.readers import read, read_each
    from eisfit.report import write_comparison, write_report
    from eisfit.report.batch_overview import run_batch
    from eisfit.samples import Comparison, compare_samples
    from eisfit.temperature.energies import Temperatures

__version__ = "0.1.0"

_HOME = {
    "Analysis": "analysis.straight_line",
    "Comparison": "samples",
    "EisfitError": "base.errors",
    "FitError": "base.errors",
    "FitResult": "fitting.result",
    "FitTable": "fitting.many",
    "Geometry": "data.geometry",
    "Model": "circuit.models",
    "ModelChoice": "processes.model_choice",
    "ModelError": "base.errors",
    "ReadError": "base.errors",
    "Series": "data.series",
    "SheetError": "base.errors",
    "Spectrum": "data.spectrum",
    "SpectrumResult": "analysis.straight_line",
    "Temperatures": "temperature.energies",
    "analyze_series": "analysis.straight_line",
    "analyze_spectrum": "analysis.straight_line",
    "bootstrap": "fitting.uncertainty.bootstrap",
    "compare_models": "processes.model_choice",
    "compare_samples": "samples",
    "drt": "quality.relaxation_times",
    "element": "circuit",
    "exchangeable": "fitting.uncertainty.criteria",
    "fit": "fitting.fit",
    "fit_many": "fitting.many",
    "fit_params": "fitting.lmfit_face",
    "fit_together": "fitting.joint",
    "intervals": "fitting.uncertainty.profile",
    "load_model": "circuit.models",
    "load_series": "io.inputs",
    "profile": "fitting.uncertainty.profile",
    "read": "readers",
    "read_each": "readers",
    "references": "literature",
    "run_batch": "report.batch_overview",
    "sample": "fitting.uncertainty.sampling",
    "simulate": "circuit.simulation",
    "write_comparison": "report",
    "write_report": "report",
}

__all__ = [
    "Analysis",
    "Comparison",
    "EisfitError",
    "FitError",
    "FitResult",
    "FitTable",
    "Geometry",
    "Model",
    "ModelChoice",
    "ModelError",
    "ReadError",
    "Series",
    "SheetError",
    "Spectrum",
    "SpectrumResult",
    "Temperatures",
    "analyze_series",
    "analyze_spectrum",
    "bootstrap",
    "compare_models",
    "compare_samples",
    "drt",
    "element",
    "exchangeable",
    "fit",
    "fit_many",
    "fit_params",
    "fit_together",
    "intervals",
    "load_model",
    "load_series",
    "profile",
    "read",
    "read_each",
    "references",
    "run_batch",
    "sample",
    "simulate",
    "write_comparison",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use: `import eisfit` itself loads nothing heavy."""
    if name not in _HOME:
        raise AttributeError(f"module 'eisfit' has no attribute {name!r}")
    value = getattr(import_module(f"eisfit.{_HOME[name]}"), name)
    globals()[name] = value  # a submodule of the same name must not win later
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
