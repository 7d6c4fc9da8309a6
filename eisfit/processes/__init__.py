"""From fitted elements to named processes, each with the evidence for its name."""

from eisfit.processes.assign import assign
from eisfit.processes.evidence import Candidate
from eisfit.processes.process import Assignment, Derived, Process

__all__ = ["Assignment", "Candidate", "Derived", "Process", "assign"]
