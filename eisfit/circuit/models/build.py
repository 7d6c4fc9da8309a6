"""Models built from their TOML file, checked whole, or from a circuit's text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.element_kind import ElementKind, ParameterKind
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.models.model import Model, ModelProcess, Parameter, Place
from eisfit.circuit.notation import parse, parse_free, to_native
from eisfit.circuit.tape import compile_tape
from eisfit.circuit.tree import (
    Element,
    Node,
    Parallel,
    Series,
    check_names,
    elements_of,
    replace_elements,
)

_TOP = {"schema": int, "title": str, "circuit": str, "process": dict}
_TOP_MORE = {"applies_to": str, "source": list}
_PROCESS = {"meaning": str, "circuit": str, "place": str, "parameters": dict}
_PROCESS_MORE = {
    "ionic": bool, "capacitance": list, "activation_energy": list, "permittivity": list,
    "interfaces": int, "source": str,
}  # fmt: skip
_PARAMETER = {"unit": str, "meaning": str}
_PARAMETER_MORE = {
    "start": float, "bounds": list, "scale": str, "shared": bool, "prior": list,
}  # fmt: skip


def from_circuit(text: str, *, elements: Sequence[ElementKind] = ()) -> Model:
    """Return the model of a circuit's text; with arcs ``process_1`` and so on.

    Raises
    ------
    ModelError
        With the place of the mistake.
    """
    tree = parse(text, elements=elements)
    processes: dict[str, ModelProcess] = {}
    terms = tree.parts if isinstance(tree, Series) else (tree,)
    for term in terms:
        symbols = {e.symbol for e in elements_of(term)}
        if isinstance(term, Parallel) and "R" in symbols and symbols & {"Q", "C"}:
            name = f"process_{len(processes) + 1}"
            processes[name] = ModelProcess(name, "an arc", "through_thickness", term)
    return Model(
        name=text,
        title=to_native(tree),
        tree=tree,
        tape=compile_tape(tree),
        parameters=tuple(p for e in elements_of(tree) for p in _parameters(e, {})),
        processes=processes,
        from_text=True,
    )


def read_model(path: Path, *, elements: Sequence[ElementKind] = ()) -> Model:
    """Return the model of a TOML file, checked whole.

    Raises
    ------
    ModelError
        Naming the file, the key and what to write.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"{path}: {error}") from error
    _check_table(table, path)
    trees, owners = _process_trees(table, path, elements)
    tree = check_names(parse_free(table["circuit"], atoms=trees, elements=elements))
    declared = table["process"]
    for name, term in trees.items():
        part = [element for element in elements_of(term) if owners[element.label] == name]
        where = f"{path}: process.{name}.parameters"
        _check_parameters(declared[name]["parameters"], part, where)
    parts: dict[str, list[Element]] = {}
    for element in elements_of(tree):
        parts.setdefault(owners[element.label], []).append(element)
    return Model(
        name=path.stem,
        title=table["title"],
        tree=tree,
        tape=compile_tape(tree),
        parameters=tuple(
            parameter
            for element in elements_of(tree)
            for parameter in _parameters(element, declared[owners[element.label]]["parameters"])
        ),
        processes={
            name: _process(name, declared[name], _process_tree(tree, tuple(part)))
            for name, part in parts.items()
        },
        applies_to=table.get("applies_to", ""),
        sources=tuple(table.get("source", [])),
    )


def _check_table(table: dict[str, Any], path: Path) -> None:
    """Refuse a model's table with a mistake in it, but for the parameters of its processes."""
    _check_keys(table, _TOP, _TOP_MORE, f"{path}")
    if table["schema"] != 1:
        raise ModelError(f"{path}: schema must be 1 (got {table['schema']!r})")
    places = get_args(Place)
    for name, process in table["process"].items():
        where = f"{path}: process.{name}"
        if not name.isidentifier() or name in ELEMENTS:
            raise ModelError(f"{where}: the name must be a word in lower case, such as 'bulk'")
        _check_keys(process, _PROCESS, _PROCESS_MORE, where)
        if process["place"] not in places:
            near = did_you_mean(process["place"], places)
            known = ", ".join(places)
            raise ModelError(f"{where}.place: {process['place']!r}{near} (known are {known})")
        for key in ("capacitance", "activation_energy", "permittivity"):
            _check_range(process.get(key), f"{where}.{key}")
        if process.get("interfaces", 1) not in {1, 2}:
            raise ModelError(f"{where}.interfaces: must be 1, or 2 for a symmetric cell")


def _check_parameters(declared: dict[str, Any], elements: Sequence[Element], where: str) -> None:
    """Refuse parameters that none of a process's elements has, or with a mistake in them."""
    kinds = {kind.symbol: kind for element in elements for kind in element.kind.parameters}
    for symbol, parameter in declared.items():
        if symbol not in kinds:
            near = did_you_mean(symbol, kinds)
            raise ModelError(f"{where}.{symbol}: no element has such a parameter{near}")
        _check_parameter(kinds[symbol], parameter, f"{where}.{symbol}")


def _check_parameter(kind: ParameterKind, declared: Any, where: str) -> None:
    if not isinstance(declared, dict):
        raise ModelError(f"{where}: must be a table such as {{ unit = {kind.unit!r}, … }}")
    _check_keys(declared, _PARAMETER, _PARAMETER_MORE, where)
    if declared["unit"] != kind.unit:
        raise ModelError(f"{where}.unit: must be {kind.unit!r} (got {declared['unit']!r})")
    if declared.get("scale", "log") not in {"log", "linear"}:
        raise ModelError(f"{where}.scale: must be 'log' or 'linear' (got {declared['scale']!r})")
    _check_range(declared.get("bounds"), f"{where}.bounds")
    low, high = declared.get("bounds", (-float("inf"), float("inf")))
    if not low <= declared.get("start", low) <= high:
        start = declared["start"]
        raise ModelError(f"{where}.start: {start!r} lies outside bounds [{low}, {high}]")
    prior = declared.get("prior")
    if prior is not None and not (_is_pair(prior) and prior[1] > 0):
        raise ModelError(f"{where}.prior: must be [value, standard deviation above 0]")


def _is_pair(values: Any) -> bool:
    return (
        isinstance(values, list)
        and len(values) == 2
        and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    )


def _check_range(values: Any, where: str) -> None:
    if values is not None and not (_is_pair(values) and values[0] < values[1]):
        raise ModelError(f"{where}: must be [low, high] with low < high (got {values!r})")


def _check_keys(
    table: Mapping[str, Any], needed: Mapping[str, type], more: Mapping[str, type], where: str
) -> None:
    """Refuse missing keys, unknown ones and those of the wrong type."""
    if not isinstance(table, dict):
        raise ModelError(f"{where}: must be a table (got {table!r})")
    for key in needed:
        if key not in table:
            raise ModelError(f"{where}: {key!r} is missing")
    for key, value in table.items():
        kind = needed.get(key, more.get(key))
        if kind is None:
            near = did_you_mean(key, [*needed, *more])
            raise ModelError(f"{where}: unknown key {key!r}{near}")
        numeric = kind is float and isinstance(value, int | float) and not isinstance(value, bool)
        if not (numeric or isinstance(value, kind)):
            raise ModelError(f"{where}.{key}: must be a {kind.__name__} (got {value!r})")


def _process_trees(
    table: dict[str, dict[str, dict[str, str]]], path: Path, elements: Sequence[ElementKind]
) -> tuple[dict[str, Node], dict[str, str]]:
    """Return the tree of every process, and which process each element's label belongs to."""
    trees: dict[str, Node] = {}
    owners: dict[str, str] = {}
    declared = table["process"]

    def build(name: str, above: tuple[str, ...]) -> Node:
        if name in above:
            raise ModelError(f"{path}: process.{name}.circuit refers to itself")
        if name not in trees:
            text = declared[name]["circuit"]
            inner = {n: build(n, (*above, name)) for n in declared if n != name and n in text}

            def label(element: Element, name: str = name) -> Element:
                if element.label in owners:
                    return element  # of a process within this one, labelled before
                return replace(element, label=f"_{name}{element.label}")

            trees[name] = replace_elements(parse_free(text, atoms=inner, elements=elements), label)
            for element in elements_of(trees[name]):
                owners.setdefault(element.label, name)
        return trees[name]

    for name in declared:
        build(name, ())
    return trees, owners


def _process(name: str, declared: dict[str, Any], tree: Node) -> ModelProcess:
    fields = {key: declared[key] for key in declared if key not in {"circuit", "parameters"}}
    return ModelProcess(name=name, tree=tree, **_with_pairs(fields))


def _process_tree(tree: Node, elements: tuple[Element, ...]) -> Node:
    """Return a process's term of the circuit, or its elements alone where it holds others."""
    for term in tree.parts if isinstance(tree, Series) else (tree,):
        if tuple(elements_of(term)) == elements:
            return term
    return Series(elements) if len(elements) > 1 else elements[0]


def _parameters(element: Element, declared: Mapping[str, Any]) -> Iterator[Parameter]:
    """Yield the parameters of an element: as its kind and the model declare them."""
    for kind, name in zip(element.kind.parameters, element.parameter_names, strict=True):
        fields: dict[str, Any] = {
            "unit": kind.unit,
            "bounds": kind.bounds,
            "scale": kind.scale,
            **_with_pairs(declared.get(kind.symbol, {})),
        }
        yield Parameter(name=name, power=kind.power, **fields)


def _with_pairs(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a table with its lists, [low, high], as pairs of float."""
    return {
        key: (float(value[0]), float(value[1])) if isinstance(value, list) else value
        for key, value in declared.items()
    }
