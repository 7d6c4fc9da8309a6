"""The choice of a circuit: candidates ranked, tested against each other, ties shown."""

from __future__ import annotations

from eisfit.processes.model_choice.alternatives import Alternative
from eisfit.processes.model_choice.choice import ModelChoice, compare_models
from eisfit.processes.model_choice.trial import Trial

__all__ = ["Alternative", "ModelChoice", "Trial", "compare_models"]
