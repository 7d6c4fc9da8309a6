"""Impedance from pairs of quantities, against circuits of which every quantity is known."""

from __future__ import annotations

import numpy as np
import pytest

from eisfit.readers.tables.impedance_pairs import determining_pair, impedance, quantity_name

FREQUENCY = np.logspace(2, 6, 9)
OMEGA = 2 * np.pi * FREQUENCY
R, C, L = 220.0, 4.7e-9, 3.3e-4
ONE = np.ones(len(FREQUENCY))

SERIES_RC = R + 1 / (1j * OMEGA * C)
PARALLEL_RC = R / (1 + 1j * OMEGA * R * C)
SERIES_RL = R + 1j * OMEGA * L
PARALLEL_RL = 1 / (1 / R + 1 / (1j * OMEGA * L))

CASES = [
    ("series RC", SERIES_RC, {"R": R * ONE, "Cs": C * ONE}),
    ("series RC", SERIES_RC, {"D": OMEGA * R * C, "Cs": C * ONE}),
    ("series RC", SERIES_RC, {"Q": 1 / (OMEGA * R * C), "Cs": C * ONE}),
    ("series RC", SERIES_RC, {"R": R * ONE, "X": -1 / (OMEGA * C)}),
    ("series RC", SERIES_RC, {"R": R * ONE, "Ls": -1 / (OMEGA**2 * C)}),
    ("parallel RC", PARALLEL_RC, {"Rp": R * ONE, "Cp": C * ONE}),
    ("parallel RC", PARALLEL_RC, {"G": ONE / R, "Cp": C * ONE}),
    ("parallel RC", PARALLEL_RC, {"D": 1 / (OMEGA * R * C), "Cp": C * ONE}),
    ("parallel RC", PARALLEL_RC, {"Q": OMEGA * R * C, "Cp": C * ONE}),
    ("parallel RC", PARALLEL_RC, {"G": ONE / R, "B": OMEGA * C}),
    (
        "parallel RC",
        PARALLEL_RC,
        {"|Y|": np.hypot(1 / R, OMEGA * C), "θy": np.arctan(OMEGA * R * C)},
    ),
    (
        "parallel RC",
        PARALLEL_RC,
        {"|Z|": R / np.hypot(1, OMEGA * R * C), "θz": -np.arctan(OMEGA * R * C)},
    ),
    ("series RL", SERIES_RL, {"R": R * ONE, "Ls": L * ONE}),
    ("series RL", SERIES_RL, {"Q": OMEGA * L / R, "Ls": L * ONE}),
    ("series RL", SERIES_RL, {"D": R / (OMEGA * L), "Ls": L * ONE}),
    ("series RL", SERIES_RL, {"D": R / (OMEGA * L), "Cs": -1 / (OMEGA**2 * L)}),
    ("parallel RL", PARALLEL_RL, {"Rp": R * ONE, "Lp": L * ONE}),
    ("parallel RL", PARALLEL_RL, {"G": ONE / R, "Lp": L * ONE}),
    ("parallel RL", PARALLEL_RL, {"Q": R / (OMEGA * L), "Lp": L * ONE}),
    ("parallel RL", PARALLEL_RL, {"D": OMEGA * L / R, "Cp": -1 / (OMEGA**2 * L)}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("circuit", "expected", "values"), CASES, ids=[f"{c[0]}: {'-'.join(c[2])}" for c in CASES]
)
def test_a_pair_gives_the_impedance_of_its_circuit(
    circuit: str, expected: np.ndarray, values: dict[str, np.ndarray]
) -> None:
    pair = determining_pair(values)
    assert pair is not None
    assert set(pair) == set(values)
    result = impedance(pair, FREQUENCY, values[pair[0]], values[pair[1]])
    np.testing.assert_allclose(result, expected, rtol=1e-12)


@pytest.mark.parametrize(
    "names",
    [
        {"|Z|", "R"}, {"|Z|", "X"}, {"|Z|", "Cs"}, {"|Z|", "Lp"}, {"|Z|", "Q"}, {"|Z|", "D"},
        {"Cs", "Rp"}, {"Cp", "R"}, {"Ls", "G"}, {"Cs", "Cp"}, {"D", "Q"}, {"R", "G"}, {"θz"}, set(),
    ],
    ids=lambda names: "-".join(sorted(names)),
)  # fmt: skip
def test_what_leaves_the_impedance_open_is_no_pair(names: set[str]) -> None:
    assert determining_pair(names) is None


def test_measured_parts_are_taken_before_computed_ones() -> None:
    assert determining_pair({"R", "X", "Cs", "D", "|Z|"}) == ("R", "X")
    assert determining_pair({"Cp", "D", "|Z|", "θz"}) == ("|Z|", "θz")


def test_values_that_give_no_impedance_are_not_finite() -> None:
    nothing = np.array([0.0])
    for pair in (("Rp", "Cp"), ("R", "Cs"), ("Q", "Cp"), ("G", "B"), ("|Y|", "θy")):
        assert not np.isfinite(impedance(pair, np.array([1e3]), nothing, nothing))[0]


def test_names_of_quantities_in_their_spellings() -> None:
    spellings = ("|Z|", "theta-z", "Z-Real", "Z-Imag", "Rs", "RS", "CP", "theta_y", "Y-Imag")
    known = ["|Z|", "θz", "R", "X", "R", "R", "Cp", "θy", "B"]
    assert [quantity_name(name) for name in spellings] == known
    assert quantity_name("Idc") == ""
