"""The three kinds of array that eisfit passes around, and how they are frozen."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]
ComplexArray: TypeAlias = NDArray[np.complexfloating[Any, Any]]
BoolArray: TypeAlias = NDArray[np.bool_]


def frozen(values: ArrayLike, dtype: type) -> NDArray[Any]:
    """Return a read-only copy of `values` as an array of `dtype`."""
    array = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array
