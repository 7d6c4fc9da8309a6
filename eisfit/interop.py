"""To and from other programs' objects: impedance.py circuits, pandas frames, ZView's models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from eisfit.analysis.pipeline import Analysis
from eisfit.base.errors import ReadError
from eisfit.circuit.models import Model, load_model
from eisfit.circuit.notation import to_impedance_py
from eisfit.data.spectrum import Spectrum
from eisfit.fitting.result import FitResult


def to_impedance_circuit(model: str | Model, values: Sequence[float] | None = None) -> Any:
    """Return an ``impedance.models.circuits.CustomCircuit`` of a model.

    Parameters
    ----------
    model : str or Model
    values : sequence of float, shape (p,), optional
        Start values in the circuit's order, SI units; the model's usual ones where left out.

    Examples
    --------
    >>> to_impedance_circuit("R0-p(R1,CPE1)", [10, 100, 1e-6, 0.9]).circuit
    'R0-p(R1,CPE0)'
    """
    from impedance.models.circuits import CustomCircuit  # slow, and pulls in pandas

    model = load_model(model)
    start = values if values is not None else [p.start or 1.0 for p in model.parameters]
    return CustomCircuit(to_impedance_py(model.tree), initial_guess=[float(v) for v in start])


def from_impedance_circuit(circuit: Any) -> Model:
    """Return the model of an impedance.py circuit object.

    Raises
    ------
    ModelError
        Where it holds an element that eisfit does not know.
    """
    return load_model(str(circuit.circuit))


def fit_to_impedance_circuit(result: FitResult) -> Any:
    """Return an impedance.py circuit that starts at the values of a fit."""
    return to_impedance_circuit(result.model, [float(v) for v in result.values])


def spectrum_frame(spectrum: Spectrum) -> Any:
    """Return a `pandas.DataFrame` of a spectrum: frequency_Hz, z_real_ohm, z_imag_ohm, left_out."""
    import pandas as pd

    return pd.DataFrame(
        {
            "frequency_Hz": spectrum.frequency,
            "z_real_ohm": spectrum.impedance.real,
            "z_imag_ohm": spectrum.impedance.imag,
            "left_out": list(spectrum.reasons),
        }
    )


def parameters_frame(analysis: Analysis) -> Any:
    """Return a `pandas.DataFrame`: one row a spectrum, value and stderr of every parameter."""
    import pandas as pd

    rows = []
    for result in analysis.spectra:
        row: dict[str, Any] = {
            "file": result.spectrum.label,
            "temperature_K": result.spectrum.temperature,
            "verdict": result.verdict,
        }
        for name, estimate in (result.fit.estimates if result.fit is not None else {}).items():
            row[name] = estimate.value
            row[f"{name}_stderr"] = estimate.stderr
        rows.append(row)
    return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True)
class DrawnCircuit:
    """A circuit that was drawn in ZView, with its values.

    Parameters
    ----------
    circuit : str
        In eisfit's notation; names keep ZView's labels where they can (``Rdl`` is ``R_dl``).
    values : mapping of str to float
        Every parameter by its name, SI units.
    fixed : mapping of str to float
        Those that were held.
    """

    circuit: str
    values: Mapping[str, float]
    fixed: Mapping[str, float]


# codes of elements, the names of their parameters by place: those that several programs agree on
_ELEMENTS: Mapping[int, tuple[str, str, Mapping[int, str]]] = MappingProxyType({
    1: ("R", "R", {0: "R"}), 2: ("C", "C", {1: "C"}), 3: ("L", "L", {1: "L"}),
    11: ("CPE", "Q", {1: "Q", 2: "n"}),
})  # fmt: skip
_BEGIN_PARALLEL, _END_PARALLEL = -1, -2
_LINE = re.compile(r"\s*Element #(\d+)(?:,(\d+))?\s+(Type|Name|Value|Free):\s*(.*?)\s*")


@dataclass(slots=True, eq=False)
class _Drawn:
    """One element of a model file, as its lines are met."""

    line: int
    kind: int
    label: str
    values: dict[int, float]
    held: dict[int, bool]


def read_zview_model(path: str | Path) -> DrawnCircuit:
    """Return the circuit of a ZView model file (.mdl).

    Such a file is text: settings, then between ``Begin Circuit Model`` and ``End Circuit Model``
    lines such as ``Element #2 Type: 11``, ``Element #2 Name: CPE1``, ``Element #2,1 Value: 1E-6``,
    ``Element #2,1 Free: 1`` (0 held, 1 free and positive, 2 free). R is 1, C 2, L 3, the CPE 11
    (place 1 is T, 2 is P of Z = 1/(T (jω)^P)); -1 and -2 enclose what is in parallel, all else is
    in series. Its maker has not published the layout; this is what programs that write and read
    such files agree on. Other elements, and what is drawn in series within a branch, have codes
    that are not known for sure and are refused.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DrawnCircuit
        ``eisfit.fit(spectrum, drawn.circuit, start=drawn.values, fixed=drawn.fixed)`` goes on from
        there; without `start` the data give start values.

    Raises
    ------
    ReadError
        Where the file is no such model, a number is none, or an element is not known.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise ReadError(path, f"cannot be read: {error.strerror}") from error
    elements = list(_elements(path, lines))
    names = _names([e for e in elements if e.kind in _ELEMENTS])
    values: dict[str, float] = {}
    fixed: dict[str, float] = {}
    for element, name in names.items():
        for parameter, place in _parameters(path, element, name):
            values[parameter] = element.values[place]
            if element.held.get(place, False):
                fixed[parameter] = element.values[place]
    circuit = " + ".join(_row(path, elements, names))
    return DrawnCircuit(circuit, MappingProxyType(values), MappingProxyType(fixed))


def _row(path: Path, elements: Sequence[_Drawn], names: Mapping[_Drawn, str]) -> list[str]:
    """Return what is in series, what is in parallel within brackets."""
    row: list[str] = []
    branches: list[str] | None = None
    for element in elements:
        if element.kind == _BEGIN_PARALLEL and branches is None:
            branches = []
        elif element.kind == _END_PARALLEL and branches:
            row.append(f"({' | '.join(branches)})" if len(branches) > 1 else branches[0])
            branches = None
        elif element in names:
            (row if branches is None else branches).append(names[element])
        else:
            raise ReadError(
                path,
                f"{element.label or 'an element'} (type {element.kind}) is not known here: R, C, L "
                "and CPE are, in series and in parallel with each other; write the circuit as text",
                element.line,
            )
    if not row or branches is not None:
        raise ReadError(path, "the circuit has no end; save it once more in ZView")
    return row


def _elements(path: Path, lines: Sequence[str]) -> Iterator[_Drawn]:
    """Yield the elements of a model file in their order."""
    begin = [i for i, line in enumerate(lines) if line.strip().startswith("Begin Circuit Model:")]
    if not begin:
        raise ReadError(path, "no ZView model: there is no line 'Begin Circuit Model'")
    elements: dict[int, _Drawn] = {}
    for number, line in enumerate(lines[begin[0] + 1 :], begin[0] + 2):
        if line.strip().startswith("End Circuit Model"):
            break
        match = _LINE.fullmatch(line)
        if match is None:
            raise ReadError(path, f"not a line of a circuit: {line.strip()[:40]!r}", number)
        element = elements.setdefault(int(match[1]), _Drawn(number, 0, "", {}, {}))
        _enter(path, number, element, match)
    yield from elements.values()


def _enter(path: Path, number: int, element: _Drawn, match: re.Match[str]) -> None:
    """Enter one line into its element."""
    key, text = match[3], match[4]
    if match[2] is None and key == "Name":
        element.label = text
    if key == "Name":
        return
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ReadError(path, f"not a number: {text[:40]!r}", number) from None
    if key == "Type":
        element.kind = int(value)
    elif match[2] is not None and key == "Value":
        element.values[int(match[2])] = value
    elif match[2] is not None:
        element.held[int(match[2])] = value == 0


def _names(elements: Sequence[_Drawn]) -> dict[_Drawn, str]:
    """Return the elements' names in eisfit's notation: ``CPE1`` is ``Q1``, ``Rdl`` is ``R_dl``."""
    names: dict[_Drawn, str] = {}
    for element in elements:
        prefix, symbol, _ = _ELEMENTS[element.kind]
        rest = re.sub(r"[^A-Za-z0-9]+", "_", element.label.removeprefix(prefix)).strip("_") or "1"
        name = symbol + (rest if rest[0].isdigit() else f"_{rest}")
        free = (name, *(f"{name}_{i}" for i in range(2, len(elements) + 2)))
        names[element] = next(n for n in free if n not in names.values())
    return names


def _parameters(path: Path, element: _Drawn, name: str) -> Iterator[tuple[str, int]]:
    """Yield the names of an element's parameters in eisfit, with their places in the file."""
    _, symbol, places = _ELEMENTS[element.kind]
    for place, letter in places.items():
        if place not in element.values:
            raise ReadError(path, f"{element.label} has no value {place}", element.line)
        yield letter + name.removeprefix(symbol), place
