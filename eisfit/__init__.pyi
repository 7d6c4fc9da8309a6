# The public names, each stated once; `eisfit.__init__` imports a name on its first use.
from . import interop, plots, readers
from .analysis.comparison import ComparisonRow
from .analysis.pipeline import Analysis, SpectrumResult, analyze_series, analyze_spectrum
from .base.errors import EisfitError, FitError, ModelError, ReadError, SheetError, SpectrumError
from .base.findings import Finding
from .batch import BatchResult
from .circuit import element
from .circuit.models import Model, load_model
from .circuit.simulation import simulate
from .data.fixture import Fixture
from .data.geometry import Geometry
from .data.series import Series
from .data.spectrum import Provenance, Spectrum
from .fitting.fit import fit
from .fitting.lmfit_params import fit_params
from .fitting.many import FitTable, fit_many
from .fitting.result import Estimate, FitResult
from .fitting.shared import fit_together
from .fitting.uncertainty.bootstrap import Bootstrap, bootstrap
from .fitting.uncertainty.exchangeable import exchangeable
from .fitting.uncertainty.intervals import Interval
from .fitting.uncertainty.mcmc import mcmc
from .fitting.uncertainty.profile import Profile, intervals, profile
from .io.inputs import load_series
from .literature import references
from .literature.values import Reference, ReferenceValue
from .processes.model_choice import ModelChoice, compare_models
from .processes.process import Process
from .quality import KramersKronig, Validity, validate
from .quality.relaxation_times import Drt, Peak, drt
from .readers import read, read_each
from .report.batch import run_batch
from .report.files import write_comparison, write_report
from .samples import SampleComparison, compare_samples
from .temperature.arrhenius import ArrheniusResult
from .temperature.energies import TemperatureOptions
from .temperature.joint import JointFit

__version__: str
__all__ = [
    "Analysis",
    "ArrheniusResult",
    "BatchResult",
    "Bootstrap",
    "ComparisonRow",
    "Drt",
    "EisfitError",
    "Estimate",
    "Finding",
    "FitError",
    "FitResult",
    "FitTable",
    "Fixture",
    "Geometry",
    "Interval",
    "JointFit",
    "KramersKronig",
    "Model",
    "ModelChoice",
    "ModelError",
    "Peak",
    "Process",
    "Profile",
    "Provenance",
    "ReadError",
    "Reference",
    "ReferenceValue",
    "SampleComparison",
    "Series",
    "SheetError",
    "Spectrum",
    "SpectrumError",
    "SpectrumResult",
    "TemperatureOptions",
    "Validity",
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
    "interop",
    "intervals",
    "load_model",
    "load_series",
    "mcmc",
    "plots",
    "profile",
    "read",
    "read_each",
    "readers",
    "references",
    "run_batch",
    "simulate",
    "validate",
    "write_comparison",
    "write_report",
]
