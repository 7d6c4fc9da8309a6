"""Errors carried through, set beside the scatter of sampled inputs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from uncertainties import covariance_matrix, nominal_value, std_dev

from eisfit.data.geometry import Geometry

SAMPLES = 4000  # the sampled standard deviation is then known to 1.1 %


@pytest.fixture
def assert_errors_carried() -> Callable[..., None]:
    """Return a check: the error of `function(*numbers)` is the scatter of sampled numbers'."""

    def check(function: Callable[..., Any], *numbers: Any) -> None:
        stated = function(*numbers)
        rng = np.random.default_rng(7)
        draws = rng.multivariate_normal(
            [n.n for n in numbers], covariance_matrix(numbers), SAMPLES, method="cholesky"
        )
        sampled = [nominal_value(function(*map(float, draw))) for draw in draws]
        assert stated.s > 0
        assert stated.s / np.std(sampled) == pytest.approx(1, rel=0.05)
        assert stated.n == pytest.approx(np.mean(sampled), abs=0.1 * stated.s)

    return check


@pytest.fixture
def flat() -> Callable[[Any], Geometry]:
    """Return a maker of samples of 1 mm and of an area, in m², with or without its error."""

    def make(area: Any) -> Geometry:
        return Geometry(1e-3, nominal_value(area), area_stderr=std_dev(area))

    return make
