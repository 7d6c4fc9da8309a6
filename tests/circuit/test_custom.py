"""Elements of one's own: given by a call, by an installed package, and fitted."""

import importlib.metadata
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import eisfit
from eisfit.base.errors import ModelError
from eisfit.circuit import (
    ElementKind,
    ParameterKind,
    compile_tape,
    custom,
    evaluate,
    evaluate_with_jacobian,
    parse,
    to_native,
)
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.models import load_model

OMEGA = 2 * np.pi * np.logspace(6, -2, 33)
ARC = {"R": "ohm", "tau": "s", "n": "1"}


def arc(omega, R, tau, n):
    return R / (1 + (1j * omega * tau) ** n)


def arc_slopes(Z, omega, R, tau, n):
    return ELEMENTS["Zarc"].formula(omega, R, tau, n)[1]()[:3]


MINE = custom.element("Xa", arc, ARC, title="an arc of my own")


class _Entry:
    def __init__(self, name: str, loaded: object) -> None:
        self.name, self._loaded = name, loaded

    def load(self) -> object:
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


@pytest.fixture(autouse=True)
def _forget_plugins() -> Iterator[None]:
    custom._installed.cache_clear()
    yield
    custom._installed.cache_clear()


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def put(*loaded: object) -> None:
        entries = [_Entry(f"plugin{i}", item) for i, item in enumerate(loaded)]
        by_group = {"eisfit.elements": entries}
        monkeypatch.setattr(
            importlib.metadata, "entry_points", lambda group: by_group.get(group, [])
        )

    return put


def test_a_circuit_names_ones_own_element() -> None:
    tree = parse("R_0 + (Xa_1 | C_1)", elements=(MINE,))
    tape = compile_tape(tree)
    assert to_native(tree) == "R_0 + (Xa_1 | C_1)"
    assert tape.names == ("R_0", "Xa_1_R", "Xa_1_tau", "Xa_1_n", "C_1")
    values = np.array([10.0, 100.0, 1e-3, 0.8, 1e-9])
    built_in = compile_tape(parse("R_0 + (Zarc_1 | C_1)"))
    Z, J = evaluate_with_jacobian(tape, OMEGA, values)
    other, slopes = evaluate_with_jacobian(built_in, OMEGA, values)
    np.testing.assert_array_equal(Z, other)
    np.testing.assert_allclose(J, slopes, rtol=1e-7)


def test_it_works_in_batches_and_beside_others() -> None:
    other = custom.element("Y", lambda omega, R: R + 0j * omega, {"R": "ohm"})
    tape = compile_tape(parse("Y1-p(Xa1,R1)", elements=[MINE, other]))
    values = np.array([[10.0, 100.0, 1e-3, 0.8, 50.0], [20.0, 300.0, 1e-2, 0.9, 60.0]])
    together, J = evaluate_with_jacobian(tape, OMEGA, values)
    assert J.shape == (2, len(OMEGA), 5)
    np.testing.assert_array_equal(together[1], evaluate(tape, OMEGA, values[1]))


def test_nothing_is_registered() -> None:
    parse("Xa_1", elements=(MINE,))
    with pytest.raises(ModelError, match="no element 'Xa'"):
        parse("Xa_1")


def test_units_tell_what_a_parameter_is() -> None:
    kinds = {
        p.symbol: p
        for p in custom.element(
            "X",
            lambda omega, R, n, D, Rx, beta: (R + Rx) * (1j * omega * D) ** (-n * beta),
            {"R": "ohm", "n": "1", "D": "m^2 s^-1", "Rx": "ohm m", "beta": "1"},
        ).parameters
    }
    assert kinds["R"] == ELEMENTS["R"].parameters[0]
    assert kinds["n"].scale == kinds["beta"].scale == "linear"
    assert (kinds["D"].scale, kinds["D"].power, kinds["Rx"].power) == ("log", 0, 1)


def test_slopes_of_ones_own_are_used() -> None:
    mine = custom.element("Xa", arc, ARC, slopes=arc_slopes)
    values = np.array([100.0, 1e-3, 0.8])
    _, J = evaluate_with_jacobian(compile_tape(parse("Xa", elements=(mine,))), OMEGA, values)
    _, same = evaluate_with_jacobian(compile_tape(parse("Zarc_1")), OMEGA, values)
    np.testing.assert_array_equal(J, same)


@pytest.mark.parametrize("p", [-3.0, 0.0, 1e-3, 200.0])
def test_differences_are_good_for_any_size_of_a_linear_parameter(p: float) -> None:
    kind = ParameterKind("V", "V", (-1e3, 1e3), scale="linear")
    mine = custom.element("X", lambda omega, V: np.exp(V / 100) * (1 + 1j * omega), (kind,))
    Z, J = evaluate_with_jacobian(
        compile_tape(parse("X_1", elements=(mine,))), OMEGA, np.array([p])
    )
    np.testing.assert_allclose(J[:, 0], Z / 100, rtol=1e-7)


@pytest.mark.parametrize(
    ("symbol", "formula", "parameters", "said"),
    [
        ("X1", arc, ARC, "letters only"),
        ("Zarc", arc, ARC, "'Zarc': the symbol is taken"),
        ("CPE", arc, ARC, "taken"),
        ("p", arc, ARC, "taken"),
        ("X", arc, {}, "no parameters"),
        ("X", arc, {"R": "ohm"}, "element 'X': the formula failed: TypeError"),
        ("X", lambda omega, R: R, {"R": "ohm"}, r"element 'X': .* shape \(2, 1\) where \(2, 3\)"),
        ("X", lambda omega, R: R * omega, {"R": "ohm"}, r"'X': .* real numbers \(float64\)"),
        ("X", lambda omega, R: None, {"R": "ohm"}, r"element 'X': .* shape \(\)"),
        ("X", lambda omega, R: 1 / 0, {"R": "ohm"}, "'X': the formula failed: ZeroDivisionError"),
        ("X", arc, {"R 1": "ohm"}, "letters and digits"),
        ("X", arc, [ParameterKind("R", "ohm", (0.0, 1.0))], "above 0 on a log scale"),
        ("X", arc, [ParameterKind("R", "1", (2.0, 1.0), scale="linear")], "low < high"),
        ("X", arc, [ELEMENTS["R"].parameters[0]] * 2, "given twice"),
    ],
)
def test_a_mistake_is_a_sentence(symbol: str, formula, parameters, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        custom.element(symbol, formula, parameters)


@pytest.mark.parametrize(
    ("slopes", "said"),
    [
        (lambda Z, omega, R, tau, n: (Z / R,), "1 slopes for 3 parameters"),
        (lambda Z, omega: (Z,), "the slopes failed: TypeError"),
        (lambda Z, omega, R, tau, n: (Z / R, Z, Z), "the slope of 'tau' is not that"),
    ],
)
def test_wrong_slopes_are_found_at_once(slopes, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        custom.element("Xa", arc, ARC, slopes=slopes)


def test_a_formula_that_fails_later_is_named() -> None:
    def picky(omega, R):
        if np.any(R > 1e12):
            raise ValueError("too large")
        return R + 0j * omega

    mine = custom.element("X", picky, {"R": "ohm"})
    tape = compile_tape(parse("X_1", elements=(mine,)))
    with pytest.raises(ModelError, match="element 'X': the formula failed: ValueError: too large"):
        evaluate(tape, OMEGA, np.array([1e13]))


def test_a_symbol_given_twice_or_taken_is_refused() -> None:
    other = custom.element("Xa", arc, ARC, title="another")
    with pytest.raises(ModelError, match="'Xa' is given twice"):
        parse("Xa_1", elements=(MINE, other))
    taken = ElementKind("R", "mine", MINE.parameters, MINE.formula)
    with pytest.raises(ModelError, match="'R': the symbol is taken"):
        parse("R_1", elements=(taken,))


def test_an_unknown_element_is_answered_with_ones_own_too() -> None:
    with pytest.raises(ModelError, match=r"did you mean 'Xa'.*known are .*Xa"):
        parse("R0 + Xb_1", elements=(MINE,))


def test_installed_elements_are_found(install: Callable[..., None]) -> None:
    other = custom.element("Y", lambda omega, R: R + 0j * omega, {"R": "ohm"})
    install((MINE, other), ELEMENTS["R"], ValueError("broken"), "nonsense")
    assert compile_tape(parse("R0 + Xa_1 + Y_2")).names[-1] == "Y_2_R"
    assert list(custom.installed_elements()) == ["Xa", "Y"]
    errors = custom.plugin_errors()
    assert [e.split(":")[0] for e in errors] == [
        f"the plugin 'plugin{i}' cannot be used (eisfit.elements)" for i in (1, 2, 3)
    ]
    assert "the symbol is taken" in errors[0]
    with pytest.raises(ModelError, match=r"no element 'Z'.*plugin 'plugin2' .*broken"):
        parse("Z_1")


def test_two_packages_with_one_symbol_leave_the_first(install: Callable[..., None]) -> None:
    install(MINE, custom.element("Xa", arc, ARC, title="another"))
    assert custom.installed_elements()["Xa"] is MINE
    assert "given twice" in custom.plugin_errors()[0]


def test_what_is_given_wins_over_what_is_installed(install: Callable[..., None]) -> None:
    install(custom.element("Xa", arc, ARC, title="another"))
    tape = compile_tape(parse("Xa_1", elements=(MINE,)))
    assert tape.operations[0].kind is MINE


def test_known_circuits_ask_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(**_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(importlib.metadata, "entry_points", never)
    parse("R0 + Xa_1", elements=(MINE,))
    load_model("R0-p(R1,CPE1)")
    load_model("llto_pellet")


def test_a_spectrum_is_fitted_with_ones_own_element() -> None:
    model = load_model("R_0 + Xa_1 + Q_2", elements=(MINE,))
    truth = np.array([20.0, 300.0, 1e-4, 0.85, 1e-5, 0.9])
    Z = evaluate(model.tape, OMEGA, truth)
    rng = np.random.default_rng(1)
    noise = 1e-3 * np.abs(Z) * (rng.normal(size=Z.shape) + 1j * rng.normal(size=Z.shape))
    spectrum = eisfit.Spectrum(OMEGA / 2 / np.pi, Z + noise)
    start = dict(zip(model.names, truth * [1.5, 0.6, 2.0, 0.95, 1.4, 1.02], strict=True))
    result = eisfit.fit(spectrum, model, start=start)
    for name, true in zip(model.names, truth, strict=True):
        estimate = result.estimates[name]
        assert abs(estimate.value - true) < 5 * estimate.stderr
        assert estimate.value == pytest.approx(true, rel=0.02)


FILE = """
schema = 1
title = "A film of my own kind"
circuit = "lead + film"
[process.lead]
meaning = "leads"
place = "lead"
circuit = "R"
[process.lead.parameters]
R = { unit = "ohm", start = 1.0, meaning = "leads" }
[process.film]
meaning = "transport through the film"
place = "through_thickness"
circuit = "X | La"
[process.film.parameters]
k = { unit = "m/s", start = 1e-6, bounds = [1e-9, 1e-3], meaning = "rate constant" }
L = { unit = "H s^(n-1)", start = 1e-3, meaning = "inductance" }
"""


def rate(omega, k):
    return 1 / (k * (1 + 1j * omega))


FILM = custom.element("X", rate, {"k": "m/s"})


def test_a_model_file_names_ones_own_element(tmp_path: Path) -> None:
    path = tmp_path / "film.toml"
    path.write_text(FILE)
    model = load_model(path, elements=(FILM,))
    assert model.names == ("R_lead", "X_film_k", "La_film_L", "La_film_n")
    k = model.parameters[1]
    assert (k.unit, k.start, k.bounds) == ("m/s", 1e-6, (1e-9, 1e-3))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit = "m/s"', 'unit = "cm/s"', "film.parameters.k.unit: must be 'm/s'"),
        ("k = {", "kk = {", "film.parameters.kk: no element has such a parameter; did you mean"),
        ("start = 1e-6", "strat = 1e-6", "film.parameters.k: unknown key 'strat'"),
        ("start = 1e-6", "start = 1.0", "outside bounds"),
        ('"H s^(n-1)"', '"H"', "film.parameters.L.unit: must be 'H s^(n-1)'"),
        ('k = { unit = "m/s"', "k = 3 # {", "film.parameters.k: must be a table"),
    ],
)
def test_a_mistake_in_such_a_file_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "film.toml"
    path.write_text(FILE.replace(old, new, 1))
    with pytest.raises(ModelError) as error:
        load_model(path, elements=(FILM,))
    assert said in str(error.value)
