"""What the tests of vendors' formats share: an arc, and what is owed of good files and bad ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum

Write = Callable[..., Path]

F = np.logspace(5, -1, 25)
Z = 12 + 300 / (1 + (2j * np.pi * F * 300 * 1e-5) ** 0.9)

INSTRUMENTS = Path(__file__).parents[2].parent / "shared" / "data" / "instruments"
real = pytest.mark.skipif(
    not INSTRUMENTS.is_dir(), reason="the files of real instruments are not here"
)


def assert_holds(
    spectrum: Spectrum, frequency: FloatArray = F, impedance: ComplexArray = Z, digits: int = 12
) -> None:
    """Check that a spectrum holds these numbers to so many digits."""
    np.testing.assert_allclose(spectrum.frequency, frequency, rtol=10.0**-digits)
    np.testing.assert_allclose(spectrum.impedance, impedance, rtol=10.0**-digits)


def assert_refused(read: Callable[[Path], object], path: Path, said: str) -> None:
    """Check that a file cannot be used, and that the error begins with its path and says why."""
    with pytest.raises(ReadError) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)
