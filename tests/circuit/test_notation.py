import re
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eisfit.base.errors import ModelError
from eisfit.circuit import compile_tape, evaluate, parse, to_impedance_py, to_native
from eisfit.circuit.tree import Element, Node, Parallel, Series, elements_of, join_parts

ohms = st.floats(1e-3, 1e9)


@st.composite
def trees(draw: st.DrawFn) -> Node:
    count = draw(st.integers(1, 8))
    nodes: list[Node] = [
        Element(draw(st.sampled_from(["R", "C", "L", "Q", "W", "Wo", "G"])), f"_{i}")
        for i in range(count)
    ]
    while len(nodes) > 1:
        size = draw(st.integers(2, len(nodes)))
        kind = draw(st.sampled_from([Series, Parallel]))
        nodes = [join_parts(kind, nodes[:size]), *nodes[size:]]
    return nodes[0]


@given(trees())
def test_writing_and_reading_gives_the_same_tree(tree: Node) -> None:
    assert parse(to_native(tree)) == tree


@given(trees())
def test_impedance_py_notation_keeps_the_circuit(tree: Node) -> None:
    back = parse(to_impedance_py(tree))
    assert [e.symbol for e in elements_of(back)] == [e.symbol for e in elements_of(tree)]
    omega = np.array([1.0, 1e3])
    values = np.full(len(compile_tape(tree).names), 0.7)
    np.testing.assert_allclose(
        evaluate(compile_tape(back), omega, values), evaluate(compile_tape(tree), omega, values)
    )


@given(a=ohms, b=ohms)
def test_parallel_resistors_add_as_conductances(a: float, b: float) -> None:
    Z = evaluate(compile_tape(parse("R1 | R2")), np.array([1.0]), np.array([a, b]))
    assert Z[0] == pytest.approx(1 / (1 / a + 1 / b), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("R + R | Q", "mixes + and | (at place 7)"),
        ("R0-p(R1,CPE1", "not closed"),
        ("R0 + (R1 | Q1))", "')' at place 15 has no opening bracket"),
        ("R1 + R1", "occurs twice in the circuit, again at place 6"),
        ("p(R1,CPE1)-Q1", "'Q1' occurs twice in the circuit, again at place 12"),
        ("R0 + (R1 | Q1", "'(' at place 6 is not closed"),
        ("R0 + (R1 Q1)", "an operator is missing before 'Q1' at place 10"),
        ("R0, R1", "only p(…) takes a comma, not ',' at place 3"),
        ("R0 + (R1 | Q1]", "']' at place 14 is not understood"),
        ("R0 + [R1 | Q1]", "'[' at place 6 is not understood"),
        ("R0 + ()", "the bracket at place 6 is empty"),
        ("R0 + + R1", "missing before '+' at place 6"),
        ("R0 + ?\n", "place 6"),
        ("R0 + R1\x00", "place 8"),
        ("   ", "empty"),
        ("R0 + CPX1", "did you mean 'CPE'"),
        ("R0 R1", "operator is missing"),
        ("R0 +", "missing before the end"),
        ("R0 + ?", "place 6"),
        ("p(R1)", "two branches"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ModelError, match=re.escape(said)):
        parse(text)


@given(st.text("RCQLWp()-+|,_ 0123xyz", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ModelError):
        assert isinstance(parse(text), Element | Series | Parallel)


def test_a_long_circuit_is_read() -> None:
    assert len(list(elements_of(parse(" + ".join(f"R{i}" for i in range(50_000)))))) == 50_000
