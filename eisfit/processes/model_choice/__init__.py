"""Which circuit: candidates named or made, ranked, tested against each other, ties shown."""

from __future__ import annotations

from eisfit.processes.model_choice.alternatives import Rival
from eisfit.processes.model_choice.choice import ModelChoice, compare_models
from eisfit.processes.model_choice.trial import Trial

__all__ = ["ModelChoice", "Rival", "Trial", "compare_models"]
