"""Measured against literature, in like terms, with the tolerance the field's scatter justifies.

Bulk goes with bulk, grain boundary (apparent) with grain boundary, total with total; conductivities
at the reference's temperature, activation energies in its form; a doped sample or another phase
only with a material that is named so. What a source leaves open is said.

References
----------
Ohno et al., ACS Energy Lett. 5 (2020) 910, doi:10.1021/acsenergylett.9b02764: one sample in several
laboratories scatters by 35 to 50 % in the conductivity, 5 to 15 % in the activation energy.
"""

from __future__ import annotations

from eisfit.analysis.comparison.compare import ComparisonRow, compare
from eisfit.analysis.comparison.judgement import (
    ACTIVATION_ENERGY_TOLERANCE,
    CONDUCTIVITY_FACTOR,
    Agreement,
)

__all__ = [
    "ACTIVATION_ENERGY_TOLERANCE",
    "CONDUCTIVITY_FACTOR",
    "Agreement",
    "ComparisonRow",
    "compare",
]
