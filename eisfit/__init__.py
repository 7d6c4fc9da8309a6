"""eisfit: raw impedance files in; conductivities and activation energies with honest errors out.

>>> import eisfit
>>> eisfit.Geometry.disc(thickness="1.2 mm", diameter="10 mm")
<Geometry: thickness 1.2 mm, area 0.7854 cm², cell constant 0.1528 1/cm>
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eisfit.analysis import Analysis, SpectrumResult, analyze_series, analyze_spectrum
    from eisfit.circuit import element
    from eisfit.errors import EisfitError, FitError, ModelError, ReadError, SheetError
    from eisfit.fitting.bootstrap import bootstrap
    from eisfit.fitting.criteria import exchangeable
    from eisfit.fitting.fit import fit
    from eisfit.fitting.joint import fit_together
    from eisfit.fitting.lmfit_face import fit_params
    from eisfit.fitting.many import FitTable, fit_many
    from eisfit.fitting.profile import intervals, profile
    from eisfit.fitting.result import FitResult
    from eisfit.fitting.sampling import sample
    from eisfit.geometry import Geometry
    from eisfit.inputs import load_series
    from eisfit.model_choice import ModelChoice, compare_models
    from eisfit.models import Model, load_model
    from eisfit.readers import read, read_each
    from eisfit.reference import references
    from eisfit.relaxation_times import drt
    from eisfit.report import write_comparison, write_report
    from eisfit.report.batch_overview import run_batch
    from eisfit.samples import Comparison, compare_samples
    from eisfit.series import Series
    from eisfit.simulation import simulate
    from eisfit.spectrum import Spectrum
    from eisfit.temperature.energies import Temperatures

__version__ = "0.1.0"

_HOME = {
    "Analysis": "analysis",
    "Comparison": "samples",
    "EisfitError": "errors",
    "FitError": "errors",
    "FitResult": "fitting.result",
    "FitTable": "fitting.many",
    "Geometry": "geometry",
    "Model": "models",
    "ModelChoice": "model_choice",
    "ModelError": "errors",
    "ReadError": "errors",
    "Series": "series",
    "SheetError": "errors",
    "Spectrum": "spectrum",
    "SpectrumResult": "analysis",
    "Temperatures": "temperature.energies",
    "analyze_series": "analysis",
    "analyze_spectrum": "analysis",
    "bootstrap": "fitting.bootstrap",
    "compare_models": "model_choice",
    "compare_samples": "samples",
    "drt": "relaxation_times",
    "element": "circuit",
    "exchangeable": "fitting.criteria",
    "fit": "fitting.fit",
    "fit_many": "fitting.many",
    "fit_params": "fitting.lmfit_face",
    "fit_together": "fitting.joint",
    "intervals": "fitting.profile",
    "load_model": "models",
    "load_series": "inputs",
    "profile": "fitting.profile",
    "read": "readers",
    "read_each": "readers",
    "references": "reference",
    "run_batch": "report.batch_overview",
    "sample": "fitting.sampling",
    "simulate": "simulation",
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
