"""Results as plain objects: dicts, lists, texts and finite numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, TypeAlias

from uncertainties import UFloat

from eisfit.base.findings import Finding

Object: TypeAlias = dict[str, Any]


def as_text(value: Object) -> str:
    """Return JSON as it is written to a file: UTF-8, indented, without NaN."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def number(value: Any) -> float | None:
    """Return a finite float, else None.

    Examples
    --------
    >>> import numpy as np
    >>> number(np.float64(2)), number(float("nan")), number(None)
    (2.0, None, None)
    """
    if value is None:
        return None
    plain = float(value)
    return plain if math.isfinite(plain) else None


def findings(said: Iterable[Finding]) -> list[Object]:
    """Return findings as objects."""
    return [f.to_dict() for f in said]


def nominal(value: UFloat | None) -> float | None:
    """Return the value of a number with an error, None where there is none."""
    return None if value is None else number(value.nominal_value)


def stderr(value: UFloat | None) -> float | None:
    """Return its standard error, None where it has none."""
    return None if value is None else number(value.std_dev)


def pair(values: Iterable[float] | None) -> list[float | None] | None:
    """Return numbers as a list of finite ones and None."""
    return None if values is None else [number(v) for v in values]
