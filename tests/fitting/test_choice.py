"""The order of alike arcs: from fast to slow, as models name them."""

import numpy as np

from eisfit.circuit.models import load_model
from eisfit.fitting.choice import arc_order, match_arc_order, sort_arcs

MODEL = load_model("R0 + (R1 | Q1) + (R2 | Q2) + (R3 | Q3)")
FREE = np.ones(10, dtype=bool)


def at(*times: float) -> np.ndarray:
    """Return coordinates of arcs with given time constants (RQ)^(1/n)."""
    x = [0.0]
    for i, tau in enumerate(times):
        n, log_R = (0.9, 0.8, 0.5)[i], 5.0 - i
        x += [log_R, n * np.log(tau) - log_R, n]
    return np.array([x])


def test_arcs_are_put_from_fast_to_slow() -> None:
    x = at(1e-2, 1e-6, 1e-4)
    order = arc_order(MODEL, x, FREE)
    assert order[0].tolist() == [0, 4, 5, 6, 7, 8, 9, 1, 2, 3]
    one = sort_arcs(MODEL, x, FREE)[0]
    times = (one[[1, 4, 7]] + one[[2, 5, 8]]) / one[[3, 6, 9]]
    np.testing.assert_allclose(np.exp(times), [1e-6, 1e-4, 1e-2])


def test_sorted_ones_stay_and_held_ones_keep_their_place() -> None:
    x = at(1e-6, 1e-4, 1e-2)
    np.testing.assert_array_equal(sort_arcs(MODEL, x, FREE), x)
    free = FREE.copy()
    free[1] = False
    order = arc_order(MODEL, at(1e-2, 1e-4, 1e-6), free)
    assert order[0].tolist() == [0, 1, 2, 3, 7, 8, 9, 4, 5, 6]


def test_arcs_take_the_order_of_others() -> None:
    x, like = at(1e-6, 1e-4, 1e-2), at(1e-4, 1e-2, 1e-6)
    one = match_arc_order(MODEL, x, like, FREE)[0]
    times = (one[[1, 4, 7]] + one[[2, 5, 8]]) / one[[3, 6, 9]]
    np.testing.assert_allclose(np.exp(times), [1e-4, 1e-2, 1e-6])
