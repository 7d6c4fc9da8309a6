"""The measurement sheet ``series.toml``: what raw files do not tell, written beside them.

::

    schema = 1
    sample = "LLTO pellet 7"
    material = "LLTO"
    model = "llto_pellet"
    thickness = "1.2 mm"
    diameter = "10 mm"              # or area = "0.785 cm2"
    lead_resistance = "1.5 ohm"

    [files."pellet_a.mpt"]
    temperature = "25 °C"           # or a list, one for each sweep; time and bias likewise
    points = [
      { above = "5 MHz", reason = "lead resonance" },
      { near = "50 Hz", sweep = 2, reason = "mains" },
    ]

    [files."pellet_b.mpt"]
    leave_out = "bad contact"

What stands here wins over a file's header and name; options of the command line win over it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from eisfit.arrays import BoolArray, FloatArray
from eisfit.errors import EisfitError, SheetError, SpectrumError, did_you_mean
from eisfit.findings import Finding
from eisfit.geometry import Geometry
from eisfit.sheet_text import FILE_NAME, write_sheet
from eisfit.spectrum import Spectrum
from eisfit.units import parse_resistance, parse_temperature, parse_time

__all__ = [
    "FILE_NAME", "FileEntry", "PointRule", "Sheet", "apply_sheet", "read_sheet", "write_sheet",
]  # fmt: skip
