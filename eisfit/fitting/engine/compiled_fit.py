"""Levenberg–Marquardt for one spectrum after the other, compiled.

The mathematics is that of `numpy_fit`, which fits circuits with user-defined elements.
"""

from __future__ import annotations

import math

import numpy as np

from eisfit.fitting.engine.compiled_circuit import backward, forward
from eisfit.fitting.engine.jit import REORDERED, jit

NO_DAMPING = 1e-9
"""Damping at which a step is that of Gauss and Newton."""

LITTLE_DAMPING = 1e-2
"""Damping that may remain at the end of a fit in a valley so bent that no undamped step helps."""

TRIFLE = 1e-4
"""Part of the gain that ends a fit, below which even the last step is left out."""

GROWTH = 4.0
"""By how much damping is raised where a step fails; twice as much where the next one fails, too."""

FIRST_DAMPING = 0.03

FLOOR, LEAST = 1e-4, 1e-12
"""Parts of the largest curvature: the least that is damped, and what is added to all undamped."""

KEPT, BROKEN = 0.75, 0.25
"""Parts of a promised fall: damping is cut above the first, raised below the second."""

_NOTHING = 1e-200  # replaces 0, since derivatives of power laws are computed as V / value


@jit(fastmath=REORDERED)
def _gram(J, H, p):
    """Write J Jᵀ of p + 1 rows into the lower triangle of H, in blocks.

    Each number is loaded for several products: left of the diagonal, two rows by four at a time;
    what is left of every other pair on the diagonal, three pairs at a time. Blocks that reach
    beyond the last row take that one again, and what they give above the diagonal is right, too.
    """
    for a in range(2, p + 1, 2):
        c = min(a + 1, p)
        for b in range(0, a - a % 4 + 2 * (a % 4), 4):
            e, f, g = min(b + 1, p), min(b + 2, p), min(b + 3, p)
            s0 = s1 = s2 = s3 = t0 = t1 = t2 = t3 = 0.0
            for i in range(J.shape[1]):
                x, y = J[a, i], J[c, i]
                s0 += x * J[b, i]
                s1 += x * J[e, i]
                s2 += x * J[f, i]
                s3 += x * J[g, i]
                t0 += y * J[b, i]
                t1 += y * J[e, i]
                t2 += y * J[f, i]
                t3 += y * J[g, i]
            H[a, b], H[a, e], H[a, f], H[a, g] = s0, s1, s2, s3
            H[c, b], H[c, e], H[c, f], H[c, g] = t0, t1, t2, t3
    for a in range(0, p + 1, 12):
        b, c, d = min(a + 1, p), min(a + 4, p), min(a + 5, p)
        e, f = min(a + 8, p), min(a + 9, p)
        s0 = s1 = s2 = t0 = t1 = t2 = u0 = u1 = u2 = 0.0
        for i in range(J.shape[1]):
            s0 += J[a, i] * J[a, i]
            s1 += J[b, i] * J[a, i]
            s2 += J[b, i] * J[b, i]
            t0 += J[c, i] * J[c, i]
            t1 += J[d, i] * J[c, i]
            t2 += J[d, i] * J[d, i]
            u0 += J[e, i] * J[e, i]
            u1 += J[f, i] * J[e, i]
            u2 += J[f, i] * J[f, i]
        H[a, a], H[b, a], H[b, b] = s0, s1, s2
        H[c, c], H[d, c], H[d, d] = t0, t1, t2
        H[e, e], H[f, e], H[f, f] = u0, u1, u2


@jit()
def _solve(A, x, p):
    """Solve for x by Cholesky on the lower triangle of A, whose row p is the right side.

    False where A is not definite. That row goes along with the others, which solves the first half.
    """
    for j in range(p):
        d = A[j, j]
        for m in range(j):
            d -= A[j, m] * A[j, m]
        if not d > 0.0:
            return False
        d = 1.0 / math.sqrt(d)
        A[j, j] = d
        for i in range(j + 1, p + 1):
            s = A[i, j]
            for m in range(j):
                s -= A[i, m] * A[j, m]
            A[i, j] = s * d
    for i in range(p - 1, -1, -1):
        s = A[p, i] * A[i, i]
        x[i] = s
        for m in range(i):
            A[p, m] -= A[i, m] * s
    return True


@jit(fastmath=REORDERED)
def _misfit(r, yr, yi, wr, wi, V, o):
    """Write weighted residuals into r; return their sum of squares."""
    k = yr.shape[0]
    for i in range(k):
        r[i] = wr[i] * (yr[i] - V[o, i])
    for i in range(k):
        r[k + i] = wi[i] * (yi[i] - V[o, k + i])
    total = 0.0
    for i in range(2 * k):
        total += r[i] * r[i]
    return total


@jit(cache=True, nogil=True)
def fit_rows(
    nodes, constants, grids, steps, measured, weight, log, size, lower, upper, longest_step,
    free, mean, precision, which, x, first, last, max_iterations, tolerance,
    chi_square, cost, curvature, lag1_products, converged, d,
):  # fmt: skip
    """Fit rows `first` to `last` of x, each to spectrum ``which[row]``; see `solver.solve_each`.

    `grids` are ln ω, one for all spectra or one each, padded; `steps` theirs where it is the same
    everywhere, else 0. `d` is as in `forward`.
    """
    p, k = x.shape[1], measured.shape[1]
    kp = grids.shape[1]  # padded with weight 0, so that several run at a time
    n = nodes.shape[0]
    # made here and not outside: the compiler then knows that none overlaps another
    V, F = np.zeros((n + 1, 2 * kp)), np.zeros((n + 1, 2 * kp))
    J, r = np.zeros((p + 1, 2 * kp)), np.zeros(2 * kp)
    lnw, t, resistors = np.zeros(kp), np.zeros(kp), np.zeros(n)
    yr, yi, wr, wi, w = np.zeros(kp), np.zeros(kp), np.zeros(kp), np.zeros(kp), np.zeros(kp)
    values, slope, trial, loose = np.zeros(p), np.zeros(p), np.zeros(p), np.zeros(p)
    gradient, step = np.zeros(p), np.zeros(p)
    H, A = np.zeros((p + 1, p + 1)), np.zeros((p + 1, p + 1))
    for row in range(first, last):
        m = which[row]
        grid = m if grids.shape[0] > 1 else 0
        h = steps[grid]
        for i in range(kp):
            lnw[i] = grids[grid, i]
        split = False
        for i in range(k):
            yr[i], yi[i] = measured[m, i].real, measured[m, i].imag
            wr[i], wi[i] = weight[m, 0, i], weight[m, 1, i]
            split = split or wr[i] != wi[i]
        for i in range(
            k
        ):  # where real and imaginary part have different weights, they are weighted later
            w[i] = 1.0 if split else wr[i]
        for q in range(p):
            trial[q] = min(max(x[row, q], lower[q]), upper[q])
        now, damping, quiet, tries, done, largest = np.inf, FIRST_DAMPING, 0, 0, False, 0.0
        before, growth, promised, refused, failed = damping, GROWTH, 0.0, False, 0.0
        while True:
            # the point `trial` is judged; the first one is the start itself
            penalty = 0.0
            for q in range(p):
                values[q] = math.exp(trial[q]) if log[q] else trial[q] * size[q]
                if values[q] == 0.0:
                    values[q] = _NOTHING
                slope[q] = values[q] if log[q] else size[q]
                penalty += precision[m, q] * (trial[q] - mean[m, q]) ** 2
            forward(nodes, constants, values, slope, lnw, h, V, J, t, resistors, d)
            misfit = _misfit(r, yr, yi, wr, wi, V, n - 1)
            new = misfit + penalty
            if new < now or tries == 0:
                if tries > 0:
                    quiet = 0 if now - new > tolerance * now else quiet + 1
                    if now - new > KEPT * promised:
                        damping *= 0.2
                    elif now - new < BROKEN * promised:
                        damping *= 2.0
                now, growth, failed = new, GROWTH, 0.0
                chi_square[row] = misfit
                for i in range(2 * kp):
                    J[p, i] = r[i]
                if done:  # the last step is too short to change the curvature
                    for a in range(p):
                        x[row, a] = trial[a]
                    break
                backward(nodes, constants, values, slope, lnw, w, V, F, J)
                if split:
                    for q in range(p):
                        for i in range(kp):
                            J[q, i] *= wr[i]
                            J[q, kp + i] *= wi[i]
                for _ in range(2):
                    _gram(J, H, p)
                    fine = True
                    for q in range(p):
                        fine = fine and math.isfinite(H[q, q])
                    if fine:
                        break
                    for q in range(p):  # derivatives that overflow count as none
                        for i in range(2 * kp):
                            if not math.isfinite(J[q, i]):
                                J[q, i] = 0.0
                largest = 1e-30
                for a in range(p):
                    place = trial[a]
                    x[row, a] = place
                    gradient[a] = precision[m, a] * (place - mean[m, a]) - H[p, a]
                    stuck = (
                        not free[m, a]
                        or (place <= lower[a] and gradient[a] > 0)
                        or (place >= upper[a] and gradient[a] < 0)
                    )
                    loose[a] = 0.0 if stuck else 1.0
                    if not stuck:
                        largest = max(largest, H[a, a] + precision[m, a])
            else:
                refused, failed = refused or damping <= NO_DAMPING, damping
                damping = max(growth * damping, before)
                growth *= 2.0
            if done or quiet >= 2 or damping > 1e8 or tries >= max_iterations:
                break
            # a coordinate that hardly counts yet is damped as if it did: it ran away otherwise
            floor, least = FLOOR * largest, LEAST * largest
            before = damping
            while True:
                for a in range(p):
                    A[p, a] = -loose[a] * gradient[a]
                    for b in range(a):
                        A[a, b] = loose[a] * loose[b] * H[a, b]
                    e = H[a, a] + precision[m, a]
                    A[a, a] = e + damping * max(e, floor) + least if loose[a] > 0.0 else 1.0
                fine = _solve(A, step, p)
                promise = 0.0
                for a in range(p):
                    promise -= gradient[a] * step[a]
                tries += 1
                # a step that promises nothing ends the fit, if damping is not what holds it back
                enough = LITTLE_DAMPING if refused else NO_DAMPING
                if fine and (promise > tolerance * now or damping <= enough):
                    done = promise <= tolerance * now
                    # what is promised of a step that is cut short at limits
                    promised, cut = promise, False
                    for q in range(p):
                        s = min(max(step[q], -longest_step[q]), longest_step[q])
                        trial[q] = min(max(x[row, q] + s, lower[q]), upper[q])
                        s = trial[q] - x[row, q]
                        cut = cut or abs(s - step[q]) > 1e-9
                        promised += damping * s * s * (H[q, q] + precision[m, q])
                    if cut:
                        promised = 0.0
                        for a in range(p):
                            s = trial[a] - x[row, a]
                            e = gradient[a] + 0.5 * (H[a, a] + precision[m, a]) * s
                            for b in range(a):
                                e += H[a, b] * (trial[b] - x[row, b])
                            promised -= 2.0 * s * e
                    if done or promised > 0.0:  # cut short, it may promise a rise
                        break
                if damping > 1e8 or tries >= max_iterations:
                    break
                if not fine or promise > tolerance * now:
                    failed = damping
                    damping *= GROWTH
                else:
                    damping = 0.2 * damping if refused or failed > 0.0 else NO_DAMPING
                    if damping <= failed:  # only steps that fail promise anything
                        done, promise = True, 0.0
                        break
            if done and promise <= TRIFLE * tolerance * now:
                break
        cost[row] = now
        converged[row] = done or quiet >= 2 or damping > 1e8
        lag1 = 0.0
        for i in range(k - 1):
            lag1 += J[p, i] * J[p, i + 1] + J[p, kp + i] * J[p, kp + i + 1]
        lag1_products[row] = lag1
        for a in range(p):
            for b in range(a + 1):
                curvature[row, a, b] = H[a, b]
                curvature[row, b, a] = H[a, b]
