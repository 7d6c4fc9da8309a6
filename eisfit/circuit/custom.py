"""User-defined elements: a formula, its parameters, and nothing registered anywhere.

An element is made by `element` and passed on: ``parse(text, elements=(mine,))``,
``load_model(text, elements=(mine,))``. An installed package offers its elements under the entry
point group ``eisfit.elements``, each entry an ElementKind or a sequence of them; these are looked
up only where a circuit names an element that is not known otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from eisfit.base.arrays import ComplexArray, FloatArray
from eisfit.base.errors import ModelError
from eisfit.base.plugins import load_plugins
from eisfit.circuit.element_kind import ElementKind, ParameterKind, Response, Slopes
from eisfit.circuit.elements import ALIASES, ELEMENTS

GROUP = "eisfit.elements"
"""Entry points of installed packages; each loads an ElementKind or a sequence of them."""

_RESERVED = {"p", "s"}  # impedance.py's words for parallel and series
_STEP = 6e-6  # ∛(rounding error), where that of a central difference is least
_AGREE = 1e-4


def element(
    symbol: str,
    formula: Callable[..., ComplexArray],
    parameters: Sequence[ParameterKind] | Mapping[str, str],
    *,
    title: str = "",
    slopes: Callable[..., Slopes] | None = None,
) -> ElementKind:
    """Return a user-defined element whose formula was called once.

    Parameters
    ----------
    symbol : str
        Notation only, and none of the elements there are.
    formula : callable
        ``formula(omega, p1, p2, …)`` returns Z in Ω; `omega` in rad/s, shape (..., k), and the
        parameters, shape (..., 1), are arrays that broadcast. It is called a little beyond the
        bounds as well, by 1e-5 of the value.
    parameters : sequence of ParameterKind, or mapping of str to str
        In the formula's order. ``{"R": "ohm", "n": "1"}``, symbols with their units, is enough:
        a parameter of symbol and unit as in the table of elements is taken from there, another of
        unit ``"1"`` is an exponent from 0 to 1, and any other positive, on a logarithmic scale.
    title : str
        What it is, in a few words.
    slopes : callable, optional
        ``slopes(Z, omega, p1, p2, …)`` returns dZ/dp of each parameter; central differences, good
        to some 1e-9, where left out.

    Returns
    -------
    ElementKind

    Raises
    ------
    ModelError
        Where the symbol, a parameter, the formula or the slopes make no sense.

    Examples
    --------
    >>> def debye(omega, R, tau):
    ...     return R / (1 + 1j * omega * tau)
    >>> mine = element("X", debye, {"R": "ohm", "tau": "s"}, title="one more relaxation")
    >>> from eisfit.circuit import compile_tape, parse
    >>> compile_tape(parse("R_0 + X_1", elements=(mine,))).names
    ('R_0', 'X_1_R', 'X_1_tau')
    """
    check_symbol(symbol)
    kinds = _check_parameters(symbol, parameters)
    checked = _Formula(symbol, kinds, formula, slopes)
    checked.check_once()
    return ElementKind(symbol, title or f"element {symbol}", kinds, checked)


def by_symbol(kinds: Iterable[ElementKind]) -> dict[str, ElementKind]:
    """Return elements by symbol, refusing a symbol that is taken.

    Raises
    ------
    ModelError
        Naming the symbol.
    """
    elements: dict[str, ElementKind] = {}
    for kind in kinds:
        check_symbol(kind.symbol)
        if elements.setdefault(kind.symbol, kind) != kind:
            raise ModelError(f"element {kind.symbol!r} is given twice; rename one of the two")
    return elements


def installed_elements() -> dict[str, ElementKind]:
    """Return the elements of installed packages, by symbol."""
    return dict(_installed()[0])


def plugin_errors() -> list[str]:
    """Return a sentence for every installed element that cannot be used."""
    return list(_installed()[1])


def is_user_defined(symbol: str, symbols: Collection[str]) -> bool:
    """Tell whether an element is among user-defined `symbols`, or of an installed package."""
    return symbol in symbols or symbol in installed_elements()


@cache  # asking what is installed takes longer than reading a circuit
def _installed() -> tuple[dict[str, ElementKind], list[str]]:
    """Return the elements of installed packages, and a sentence for each that cannot be used."""
    elements: dict[str, ElementKind] = {}

    def add(_: str, loaded: object) -> None:
        every = loaded if isinstance(loaded, Sequence) else [loaded]
        kinds = [kind for kind in every if isinstance(kind, ElementKind)]
        if len(kinds) < len(every):
            raise ModelError(
                "it is neither an ElementKind nor a sequence of them; see eisfit.circuit.element"
            )
        more = by_symbol(kinds)
        by_symbol([*elements.values(), *more.values()])
        elements.update(more)

    return elements, load_plugins(GROUP, add)


def check_symbol(symbol: str) -> None:
    """Refuse a symbol that circuits could not be written with.

    Raises
    ------
    ModelError
        Where it is not made of letters, or is taken.
    """
    if not re.fullmatch(r"[A-Za-z]+", symbol):
        raise ModelError(f"element {symbol!r}: a symbol is made of letters only, such as 'Xa'")
    if symbol in ELEMENTS or symbol in ALIASES or symbol in _RESERVED:
        raise ModelError(f"element {symbol!r}: the symbol is taken; choose another")


def _check_parameters(
    symbol: str, parameters: Sequence[ParameterKind] | Mapping[str, str]
) -> tuple[ParameterKind, ...]:
    if isinstance(parameters, Mapping):
        kinds = tuple(_default_parameter(name, unit) for name, unit in parameters.items())
    else:
        kinds = tuple(parameters)
    if not kinds:
        raise ModelError(f"element {symbol!r} has no parameters; name one, such as {{'R': 'ohm'}}")
    names = [kind.symbol for kind in kinds]
    for kind in kinds:
        where = f"element {symbol!r}, parameter {kind.symbol!r}"
        low, high = kind.bounds
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", kind.symbol):
            raise ModelError(f"{where}: a name is made of letters and digits, such as 'R'")
        if names.count(kind.symbol) > 1:
            raise ModelError(f"{where}: the name is given twice")
        if not low < high or (kind.scale == "log" and low <= 0):
            raise ModelError(f"{where}: bounds must be low < high, and above 0 on a log scale")
    return kinds


def _default_parameter(name: str, unit: str) -> ParameterKind:
    """Return the parameter of that symbol and unit in the table of elements, or a likely one."""
    for kind in ELEMENTS.values():
        for parameter in kind.parameters:
            if (parameter.symbol, parameter.unit) == (name, unit):
                return parameter
    if unit == "1":
        return ParameterKind(name, unit, (0.0, 1.0), scale="linear")
    power = {"ohm": 1, "H": 1, "F": -1, "S": -1}.get(unit.split()[0] if unit else "", 0)
    return ParameterKind(name, unit, (1e-15, 1e15), power=power)


@dataclass(frozen=True, slots=True)
class _Formula:
    """A user's formula and derivatives, whose mistakes become sentences that name the element."""

    symbol: str
    kinds: tuple[ParameterKind, ...]
    formula: Callable[..., ComplexArray]
    slopes: Callable[..., Slopes] | None

    def __call__(self, omega: FloatArray, *values: FloatArray) -> Response:
        Z = self._impedance(omega, *values)
        if self.slopes is None:
            return Z, lambda: self._differences(omega, values)
        return Z, lambda: self._given_slopes(Z, omega, values)

    def _impedance(self, omega: FloatArray, *values: FloatArray) -> ComplexArray:
        shape = np.broadcast_shapes(omega.shape, *(v.shape for v in values))
        try:
            Z = np.asarray(self.formula(omega, *values))
        except Exception as error:
            raise self._call_error("formula", error) from error
        if Z.shape != shape:
            raise ModelError(
                f"element {self.symbol!r}: the formula gives an array of shape {Z.shape} where "
                f"{shape} is expected; write it with numpy functions of omega and the parameters"
            )
        if not np.iscomplexobj(Z):
            raise ModelError(
                f"element {self.symbol!r}: the formula gives real numbers ({Z.dtype}); Z is "
                "complex, such as R + 0j * omega"
            )
        return Z

    def _given_slopes(
        self, Z: ComplexArray, omega: FloatArray, values: tuple[FloatArray, ...]
    ) -> Slopes:
        function = self.slopes or (lambda *_: ())
        try:
            slopes = tuple(np.broadcast_to(s, Z.shape) for s in function(Z, omega, *values))
        except Exception as error:
            raise self._call_error("slopes", error) from error
        if len(slopes) != len(values):
            raise ModelError(
                f"element {self.symbol!r}: {len(slopes)} slopes for {len(values)} parameters"
            )
        return slopes

    def _differences(self, omega: FloatArray, values: tuple[FloatArray, ...]) -> Slopes:
        """Return central differences: in ln p where the scale is logarithmic, else in p."""
        slopes = []
        for i, (kind, p) in enumerate(zip(self.kinds, values, strict=True)):
            step = _STEP * np.abs(p)
            if kind.scale == "linear":  # also where p is 0
                step = step + _STEP * min(kind.bounds[1] - kind.bounds[0], 1.0)
            up, down = p + step, p - step
            above = self._impedance(omega, *values[:i], up, *values[i + 1 :])
            below = self._impedance(omega, *values[:i], down, *values[i + 1 :])
            slopes.append((above - below) / (up - down))
        return tuple(slopes)

    def _call_error(self, what: str, error: Exception) -> ModelError:
        kind = type(error).__name__
        return ModelError(f"element {self.symbol!r}: the {what} failed: {kind}: {error}")

    def check_once(self) -> None:
        """Call formula and slopes once, on two spectra in the middle of the bounds."""
        omega = np.tile(2 * np.pi * np.array([1.0, 1e2, 1e4]), (2, 1))
        values = tuple(np.full((2, 1), _middle(kind)) for kind in self.kinds)
        with np.errstate(all="ignore"):
            Z, slopes = self(omega, *values)
            given, numeric = slopes(), self._differences(omega, values)
        for kind, p, slope, difference in zip(self.kinds, values, given, numeric, strict=True):
            counts = np.abs(difference * p) > _AGREE * np.abs(Z)  # below, rounding errors prevail
            if np.any(counts & (np.abs(slope - difference) > _AGREE * np.abs(difference))):
                raise ModelError(
                    f"element {self.symbol!r}: the slope of {kind.symbol!r} is not that of the "
                    "formula"
                )


def _middle(kind: ParameterKind) -> float:
    low, high = kind.bounds
    if kind.scale == "log":
        return float(np.sqrt(low) * np.sqrt(high))
    return float(0.5 * (low + high))
