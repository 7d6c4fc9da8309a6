from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eisfit.base.errors import ModelError
from eisfit.circuit import (
    compile_tape,
    element,
    evaluate,
    parse,
    to_boukamp,
    to_ec_lab,
    to_impedance_py,
    to_native,
)
from eisfit.circuit.tree import (
    Element,
    Node,
    Parallel,
    Series,
    elements_of,
    join_parts,
    replace_elements,
)


def trees(symbols: list[str], labels: str) -> st.SearchStrategy[Node]:
    """Return random circuits of up to ten elements, no two of one name."""

    @st.composite
    def draw_tree(draw: st.DrawFn) -> Node:
        nodes: list[Node] = [
            Element(draw(st.sampled_from(symbols)), f"{labels}{i + 1}")
            for i in range(draw(st.integers(1, 10)))
        ]
        while len(nodes) > 1:
            size = draw(st.integers(2, len(nodes)))
            start = draw(st.integers(0, len(nodes) - size))
            kind = draw(st.sampled_from([Series, Parallel]))
            nodes[start : start + size] = [join_parts(kind, nodes[start : start + size])]
        return nodes[0]

    return draw_tree()


def unlabelled(node: Node) -> Node:
    return replace_elements(node, lambda e: Element(e.symbol))


def older(node: Node) -> str:
    """Return a circuit in the older form of Boukamp's code, with round brackets alone."""

    def write(part: Node) -> str:
        if isinstance(part, Element):
            return {"Ws": "O", "Wo": "T"}.get(part.symbol, part.symbol)
        return f"({''.join(write(p) for p in part.parts)})"

    return write(node)[1:-1] if isinstance(node, Series) else write(node)


BOUKAMP = ["R", "C", "L", "Q", "W", "Ws", "Wo", "G"]
EC_LAB = ["R", "C", "L", "La", "Q", "W", "Ws", "Wo", "Wog", "G", "Gf"]


@given(trees(BOUKAMP, "_"))
def test_boukamps_code_keeps_the_circuit(tree: Node) -> None:
    assert unlabelled(parse(to_boukamp(tree))) == unlabelled(tree)


@given(trees(BOUKAMP, "_").map(to_boukamp).filter(lambda text: "(" in text))
def test_boukamps_code_in_small_letters_is_the_same(text: str) -> None:
    assert parse(text.lower()) == parse(text)


@given(trees(BOUKAMP, "_").filter(lambda tree: not isinstance(tree, Element)))
def test_the_older_form_is_the_same_circuit(tree: Node) -> None:
    assert unlabelled(parse(older(tree))) == unlabelled(tree)


@given(trees(EC_LAB, ""))
def test_ec_labs_notation_keeps_circuit_and_numbers(tree: Node) -> None:
    assert parse(to_ec_lab(tree)) == tree


@given(trees(EC_LAB, "_"))
def test_ec_labs_notation_numbers_words(tree: Node) -> None:
    assert unlabelled(parse(to_ec_lab(tree))) == unlabelled(tree)


@given(trees(["R", "C", "Q", "Ws", "Wo", "G"], ""))
def test_all_notations_name_one_circuit(tree: Node) -> None:
    texts = [write(tree) for write in (to_native, to_impedance_py, to_boukamp, to_ec_lab)]
    assert {to_boukamp(parse(text)) for text in texts} == {to_boukamp(tree)}


@pytest.mark.parametrize(
    ("text", "native"),
    [
        ("R(RQ)(RQ)Q", "R1 + (R2 | Q1) + (R3 | Q2) + Q3"),
        ("LR(Q[RW])", "L1 + R1 + (Q1 | (R2 + W1))"),
        ("R(C[R(RQ)])", "R1 + (C1 | (R2 + (R3 | Q1)))"),
        ("R(C(R(RQ)))", "R1 + (C1 | (R2 + (R3 | Q1)))"),
        ("LR1(Q1R2)(Q2[R3W1])", "L1 + R1 + (Q1 | R2) + (Q2 | (R3 + W1))"),
        ("R(R1Q7)", "R2 + (R1 | Q7)"),  # a number that is taken is left out
        ("r(rq)", "R1 + (R2 | Q1)"),
        (" R ( R Q )\tQ\n", "R1 + (R2 | Q1) + Q2"),
        ("[R(RQ)]", "R1 + (R2 | Q1)"),
        ("[(RQ)]", "R1 | Q1"),
        ("RQ", "R1 + Q1"),
        ("R(OT)", "R1 + (Ws1 | Wo1)"),
        ("WO", "W1 + Ws1"),
        ("T3", "Wo3"),
        ("Wo", "Wo"),  # a name of an element is that element
        ("R1+Q2/R2+C3/(R3+W3)", "R1 + (Q2 | R2) + (C3 | (R3 + W3))"),
        ("R1 + Q2 / ( R2 + Wd2 ) / C4", "R1 + (Q2 | (R2 + Ws2) | C4)"),
        ("(R1+C1)/(R2/C2+L1)", "(R1 + C1) | ((R2 | C2) + L1)"),
        ("La1+R1+M2", "La1 + R1 + Wo2"),
        ("Ma1+Gb1/C1", "Wog1 + (Gf1 | C1)"),
        ("R+Q/R", "R1 + (Q1 | R2)"),
        ("Wd", "Ws1"),
        ("R1+C2", "R1 + C2"),
    ],
)
def test_a_text_is_read_in_its_notation(text: str, native: str) -> None:
    assert to_native(parse(text)) == native


def test_o_and_t_are_named_after_the_admittance() -> None:
    omega = np.array([1e-3, 1.0, 1e3])
    Y0, B = 2e-3, 0.7
    s = np.sqrt(1j * omega)
    values = np.array([B / Y0, B**2])
    for text, Y in {"O": Y0 * s / np.tanh(B * s), "T": Y0 * s * np.tanh(B * s)}.items():
        np.testing.assert_allclose(evaluate(compile_tape(parse(text)), omega, values), 1 / Y)


@pytest.mark.parametrize(
    ("text", "values", "Z"),
    [
        ("Wd", [3.0, 0.5], lambda s: 3 * np.tanh(np.sqrt(0.5 * s)) / np.sqrt(0.5 * s)),
        ("M", [3.0, 0.5], lambda s: 3 / np.tanh(np.sqrt(0.5 * s)) / np.sqrt(0.5 * s)),
        ("Ma", [3.0, 0.5, 0.45], lambda s: 3 / np.tanh((0.5 * s) ** 0.45) / (0.5 * s) ** 0.45),
        ("Gb", [3.0, 0.5, 0.45], lambda s: 3 / (1 + 0.5 * s) ** 0.45),
        ("R/W", [1e12, 2.0], lambda s: 2 * np.sqrt(2 / s)),
    ],
)
def test_ec_labs_elements_have_ec_labs_formulas(text, values, Z) -> None:
    omega = np.array([1e-2, 1.0, 1e2])
    got = evaluate(compile_tape(parse(text)), omega, np.array(values))
    np.testing.assert_allclose(got, Z(1j * omega), rtol=1e-9)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("R(RX)", "no element 'X' (at place 4)"),
        ("R(QWo)", "no element 'Wo' (at place 4); did you mean 'T'?"),
        ("R(RCPE)", "no element 'CPE' (at place 4); did you mean 'Q'?"),
        ("R(Rq)", "no element 'Rq' (at place 3); did you mean 'R'?"),
        ("R(RQ", "'(' at place 2 is not closed"),
        ("R(C[RQ)", "'[' at place 4 is closed by ')' at place 7"),
        ("R(RQ]", "'(' at place 2 is closed by ']' at place 5"),
        ("R(RQ))", "')' at place 6 has no opening bracket"),
        ("R(RQ)]", "']' at place 6 has no opening bracket"),
        ("[RQ", "'[' at place 1 is not closed"),
        ("R1(R1Q)", "'R1' occurs twice in the circuit, again at place 4; give each element its"),
        ("R()", "the bracket at place 2 is empty"),
        ("R(C[])", "the bracket at place 4 is empty"),
        ("()", "the bracket at place 1 is empty"),
        ("R(Q)", "the bracket at place 2 holds only one element"),
        ("R(C[R])", "the bracket at place 4 holds only one element"),
        ("R((RQ))", "the bracket at place 2 holds only one element"),
        ("R(C[RQ](RW))", "the bracket at place 8 lies within another ( )"),
        ("R_b(RQ)", "'_' at place 2 is not understood in Boukamp's code"),
        ("R(RQ)\N{OHM SIGN}", "'\N{OHM SIGN}' at place 6 is not understood"),
        ("ß(rq)", "'ß' at place 1 is not understood"),
        ("R 1(RQ)", "'1' at place 3 is not understood"),
        ("R1C1", "this is R with the label '1C1', or several elements in Boukamp's code"),
        ("R1/X1", "no element 'X' (at place 4)"),
        ("R1/c2", "no element 'c' (at place 4); did you mean 'C'"),
        ("R1/Ws2", "no element 'Ws' (at place 4); did you mean 'Wd'"),
        ("R1/CPE2", "no element 'CPE' (at place 4); did you mean 'Q'"),
        ("R1/(C1", "'(' at place 4 is not closed"),
        ("R1/C1)", "')' at place 6 has no opening bracket"),
        ("R1/(C1]", "']' at place 7 is not understood in EC-Lab's notation"),
        ("R1/C1+R1", "'R1' occurs twice in the circuit, again at place 7"),
        ("R1/()", "the bracket at place 4 is empty"),
        ("R1/(C1)", "the bracket at place 4 holds only one element"),
        ("R1/+C1", "an element is missing before '+' at place 4"),
        ("R1/", "an element is missing before the end"),
        ("/", "an element is missing before '/' at place 1"),
        ("R1 C1/R2", "an operator is missing before 'C' at place 4"),
        ("R1/(R2 C1)", "an operator is missing before 'C' at place 8"),
        ("R1/C1|R2", "'|' at place 6 is not understood in EC-Lab's notation"),
        ("R_b/C1", "'_' at place 2 is not understood in EC-Lab's notation"),
        ("R1+Ga2/C1", "'Ga' at place 4 is EC-Lab's"),
        ("R1+Mg2", "'Mg' at place 4 is EC-Lab's anomalous diffusion"),
        ("R1+Winf2", "Wd is the nearest"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "[" * 10_000,
        "(" * 10_000 + "RQ" + ")" * 10_000,
        "R([" * 10_000,
        "p(" * 10_000,
        "R1/(" * 10_000,
        "R1 + (" * 10_000,
    ],
)
def test_brackets_without_end_are_refused_in_a_short_sentence(text: str) -> None:
    with pytest.raises(ModelError, match="lies within 100 other brackets") as caught:
        parse(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(("opened", "closed"), [("R(C[", "R])"), ("R(C(", "R))")])
def test_as_many_brackets_as_allowed_are_read(opened: str, closed: str) -> None:
    tree = parse(opened * 50 + "RC" + closed * 50)
    assert len(list(elements_of(tree))) == 152


def test_a_long_circuit_is_read() -> None:
    assert len(list(elements_of(parse("R" + "(RQ)" * 20_000)))) == 40_001
    assert len(list(elements_of(parse("+".join(f"R{i}/Q{i}" for i in range(20_000)))))) == 40_000


@pytest.mark.parametrize(
    ("write", "text", "said"),
    [
        (to_boukamp, "R0 + Zarc_gb", "'Zarc_gb' (Cole-Cole arc) cannot be written in Boukamp's"),
        (to_boukamp, "La1 | R1", "'La1' (modified inductor) cannot be written in Boukamp's code"),
        (to_ec_lab, "R0 + TLMQ_pore", "'TLMQ_pore' (transmission line, blocking wall) cannot"),
    ],
)
def test_an_element_without_a_letter_is_named(write, text: str, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        write(parse(text))
    assert said in str(caught.value)


@pytest.mark.parametrize("symbol", ["T", "M", "X", "RC"])
def test_an_element_of_ones_own_is_not_taken_for_anothers(symbol: str) -> None:
    mine = element(symbol, lambda omega, R: R + 0j * omega, {"R": "ohm"})
    assert parse(symbol, elements=(mine,)) == Element(symbol, "", mine)
    assert parse(f"R1 + {symbol}2", elements=(mine,)) == Series(
        (Element("R", "1"), Element(symbol, "2", mine))
    )
    if len(symbol) == 1:
        for text in (f"R(R{symbol})", f"R1/{symbol}1"):
            with pytest.raises(ModelError, match="a user-defined element"):
                parse(text, elements=(mine,))
    with pytest.raises(ModelError, match="cannot be written"):
        to_boukamp(Element(symbol, "1", mine))


def reads_or_refuses(text: str) -> None:
    with suppress(ModelError):
        assert isinstance(parse(text), Element | Series | Parallel)


@given(st.text("RCQLWOTG()[]() 12", max_size=24))
def test_any_text_of_letters_and_brackets_is_read_or_refused(text: str) -> None:
    reads_or_refuses(text)


@given(st.text("RCMWdaG+/()+/ 123", max_size=24))
def test_any_text_with_slashes_is_read_or_refused(text: str) -> None:
    reads_or_refuses(text)


@given(st.text(max_size=40))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    reads_or_refuses(text)
