"""A straight line through points with correlated errors, a common coordinate and a scatter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from eisfit.base.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """y = a - E x over points with covariance V and a common coordinate d with prior N(0, common).

    The data give R at d = 0; at d it is R (1 + loading d), which is exact for a lead in series.
    """

    x: FloatArray
    y: FloatArray
    V: FloatArray
    loading: FloatArray
    common: float

    def residual(self, theta: FloatArray) -> FloatArray:
        """Return y(d) - (a - E x)."""
        y = self.y + np.log(grown(self.loading, theta[2]))
        r: FloatArray = y - (theta[0] - theta[1] * self.x)
        return r

    def solve(self, scatter: float) -> tuple[FloatArray, FloatArray]:
        """Return (a, E, d), shape (3,), and their covariance, shape (3, 3), by Gauss–Newton."""
        inverse = np.linalg.inv(self.V + scatter**2 * np.eye(len(self.x)))
        theta = np.zeros(3)
        tight = 1 / max(self.common, 1e-30)
        A: FloatArray = np.eye(3)
        for _ in range(50):
            shape = grown(self.loading, theta[2])
            J = np.stack([np.ones_like(self.x), -self.x, -self.loading * shape], axis=1)
            A = np.array(J.T @ inverse @ J, dtype=np.float64)
            A[2, 2] += tight
            right = J.T @ inverse @ self.residual(theta)
            right[2] -= tight * theta[2]
            step = np.linalg.solve(A, right)
            theta = np.asarray(theta + step, dtype=np.float64)
            if np.all(np.abs(step) < 1e-10 * (1 + np.abs(theta))):
                break
        return theta, np.asarray(np.linalg.inv(A), dtype=np.float64)

    def excess(self, scatter: float) -> float:
        """Return rᵀ V⁻¹ r at the best line minus the degrees of freedom."""
        theta, _ = self.solve(scatter)
        r = self.residual(theta)
        V = self.V + scatter**2 * np.eye(len(r))
        prior = theta[2] ** 2 / max(self.common, 1e-30)
        return float(r @ np.linalg.solve(V, r)) + float(prior) - (len(r) - 2)

    def scatter(self) -> float:
        """Return the scatter beyond the points' errors that makes χ² equal its expectation."""
        if len(self.x) < 3 or self.excess(0.0) <= 0:
            return 0.0
        high = float(np.std(self.residual(self.solve(1.0)[0]))) + 1e-12
        while self.excess(high) > 0:
            high *= 2
        return float(brentq(self.excess, 0.0, high, xtol=1e-6 * high))


def grown(loading: FloatArray, shift: float) -> FloatArray:
    """Return σ(d)/σ(0) = 1/(1 - loading d) for σ's loading, kept above zero."""
    return 1 / np.maximum(1 - loading * shift, 1e-6)


def distance(line: Line, i: int) -> float:
    """Return how many standard deviations point `i` lies off the line through the others."""
    rest = np.arange(len(line.x)) != i
    others = Line(
        line.x[rest], line.y[rest], line.V[np.ix_(rest, rest)], line.loading[rest], line.common
    )
    scatter = others.scatter()
    theta, covariance = others.solve(scatter)
    slope = np.array([1.0, -line.x[i], -line.loading[i]])
    variance = slope @ covariance @ slope + line.V[i, i] + scatter**2
    alone = Line(line.x[[i]], line.y[[i]], line.V[[i]][:, [i]], line.loading[[i]], line.common)
    return float(alone.residual(theta)[0] / np.sqrt(variance))
