"""Models by name, from a TOML file, or from a circuit's text."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, get_args

from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.element_kind import ElementKind
from eisfit.circuit.elements import ELEMENTS
from eisfit.circuit.models import check
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

GROUP = "eisfit.circuits"
"""Entry points of installed packages; each loads the place of TOML models, or a function of it."""


def library() -> dict[str, Path]:
    """Return the model files by name: the library's own, then those of installed packages."""
    return {**_own_library(), **_installed()[0]}


def plugin_errors() -> list[str]:
    """Return a sentence for every installed model that cannot be used."""
    return list(_installed()[1])


@cache
def _own_library() -> Mapping[str, Path]:
    try:
        place: Any = files("eisfit.circuits")
    except ModuleNotFoundError:  # Python was started in a checkout that is not installed from there
        place = Path(__file__).parents[3] / "circuits"
    return MappingProxyType(_models_of(place))


@cache  # asking what is installed takes as long as reading a model
def _installed() -> tuple[dict[str, Path], list[str]]:
    """Return the models of installed packages, and a sentence for each that cannot be used."""
    from importlib import metadata  # on use: it takes as long to import as the circuits do

    found: dict[str, Path] = {}
    errors: list[str] = []
    for entry in metadata.entry_points(group=GROUP):
        try:
            loaded = entry.load()
            more = _models_of(loaded() if callable(loaded) else loaded)
        except Exception as trouble:  # noqa: BLE001 - whatever a plugin raises is its own fault
            errors.append(f"the plugin {entry.name!r} cannot be used: {trouble}")
            continue
        for name, path in more.items():
            if name in _own_library() or name in found or not name.isidentifier():
                errors.append(
                    f"the plugin {entry.name!r}: a model cannot be named {name!r}; another is, or "
                    "it is no single word of letters, digits and _"
                )
            else:
                found[name] = path
    return found, errors


def _models_of(place: Any) -> dict[str, Path]:
    """Return the models at a place: a TOML file, a folder of them, or a package that is one."""
    if isinstance(place, ModuleType):
        place = files(place)
    elif isinstance(place, str):
        place = Path(place)
    entries = place.iterdir() if place.is_dir() else [place]
    paths = sorted(Path(str(entry)) for entry in entries if entry.name.endswith(".toml"))
    if not paths or not paths[0].is_file():
        raise ModelError(f"there is no model file (.toml) at {place}")
    return {path.stem: path for path in paths}


def load_model(model: str | Path | Model, elements: Sequence[ElementKind] = ()) -> Model:
    """Return a model: by its name in the library, from a TOML file, or from a circuit's text.

    Parameters
    ----------
    model : str, Path or Model
    elements : sequence of ElementKind
        Elements of one's own that the circuit may name, as `eisfit.circuit.element` makes them.

    Raises
    ------
    ModelError
        Where the name is unknown, or the file or the circuit makes no sense.

    Examples
    --------
    >>> load_model("R0-p(R1,CPE1)").names
    ('R0', 'R1', 'Q1', 'n1')
    >>> list(load_model("llto_pellet").processes)
    ['lead', 'bulk', 'grain_boundary', 'electrode']
    """
    if isinstance(model, Model):
        return model
    text = str(model)
    if text in _own_library():
        return read_model(_own_library()[text], elements)
    if text.endswith(".toml"):
        return read_model(Path(text), elements)
    if not text.strip():
        return from_circuit(text)  # which says that it is empty
    if any(sign in text for sign in "+|([-") or text.startswith(tuple(e.symbol for e in elements)):
        return from_circuit(text, elements)
    installed, errors = _installed()
    if text in installed:
        return read_model(installed[text], elements)
    if text[:1].isupper():
        return from_circuit(text, elements)
    near = did_you_mean(text, library())
    raise ModelError(
        "; ".join([f"no model {text!r}{near} (`eisfit models` lists them all)", *errors])
    )


def from_circuit(text: str, elements: Sequence[ElementKind] = ()) -> Model:
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


def read_model(path: Path, elements: Sequence[ElementKind] = ()) -> Model:
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
    check.checked(_of_the_table(table), path, get_args(Place))
    trees, owners = _process_trees(table, path, elements)
    tree = check_names(parse_free(table["circuit"], trees, elements))
    order = list(dict.fromkeys(owners[e.label] for e in elements_of(tree)))
    declared = {name: table["process"][name] for name in order}
    for name in order:
        own = [e for e in elements_of(tree) if owners[e.label] == name]
        _check_parameters(declared[name]["parameters"], own, f"{path}: process.{name}.parameters")
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
        processes={name: _process(name, declared[name], tree, owners) for name in order},
        applies_to=table.get("applies_to", ""),
        sources=tuple(table.get("source", [])),
    )


_UNITS = MappingProxyType({k.symbol: k.unit for e in ELEMENTS.values() for k in e.parameters})


def _of_the_table(table: dict[str, Any]) -> dict[str, Any]:
    """Return a model file's table without the parameters that only its own elements explain."""
    declared = table.get("process")
    if not isinstance(declared, dict):
        return table
    kept = {}
    for name, process in declared.items():
        said = process.get("parameters") if isinstance(process, dict) else None
        if isinstance(said, dict):
            known = {k: v for k, v in said.items() if not _is_own(k, v)}
            kept[name] = {**process, "parameters": known}
        else:
            kept[name] = process
    return {**table, "process": kept}


def _is_own(symbol: str, said: object) -> bool:
    if symbol not in _UNITS:
        return True
    return isinstance(said, dict) and said.get("unit", _UNITS[symbol]) != _UNITS[symbol]


def _check_parameters(said: dict[str, Any], own: list[Element], where: str) -> None:
    """Refuse parameters that none of a process's elements has, or in another unit.

    Raises
    ------
    ModelError
        Naming the parameter.
    """
    kinds = {kind.symbol: kind for element in own for kind in element.kind.parameters}
    for symbol, parameter in said.items():
        place = f"{where}.{symbol}"
        kind = kinds.get(symbol)
        if kind is None and _is_own(symbol, parameter):
            near = did_you_mean(symbol, [*kinds, *_UNITS])
            raise ModelError(f"{place}: no element has such a parameter{near}")
        if kind is None:
            continue
        unit = parameter.get("unit", kind.unit) if isinstance(parameter, dict) else kind.unit
        if unit != kind.unit:
            raise ModelError(f"{place}.unit: must be {kind.unit!r} (got {unit!r})")
        if _is_own(symbol, parameter):
            alike = {**parameter, "unit": "ohm"} if isinstance(parameter, dict) else parameter
            check._parameter("R", alike, place)  # for all but the unit, which is right


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

            def own(element: Element) -> Element:
                if element.label in owners:
                    return element  # of a process within this one, labelled before
                return replace(element, label=f"_{name}{element.label}")

            trees[name] = replace_elements(parse_free(text, inner, elements), own)
            for element in elements_of(trees[name]):
                owners.setdefault(element.label, name)
        return trees[name]

    for name in declared:
        build(name, ())
    return trees, owners


def _process(
    name: str, said: dict[str, object], tree: Node, owners: dict[str, str]
) -> ModelProcess:
    own = tuple(e for e in elements_of(tree) if owners[e.label] == name)
    return ModelProcess(
        name=name,
        meaning=str(said["meaning"]),
        place=said["place"],  # type: ignore[arg-type]
        tree=_own_tree(tree, own),
        ionic=bool(said.get("ionic", False)),
        capacitance=_pair(said.get("capacitance")),
        activation_energy=_pair(said.get("activation_energy")),
        permittivity=_pair(said.get("permittivity")),
        interfaces=2 if said.get("interfaces") == 2 else 1,
        source=str(said.get("source", "")),
    )


def _own_tree(tree: Node, own: tuple[Element, ...]) -> Node:
    """Return a process's own term of the circuit, or its elements alone where it holds others."""
    terms = tree.parts if isinstance(tree, Series) else (tree,)
    for term in terms:
        if tuple(elements_of(term)) == own:
            return term
    return Series(own) if len(own) > 1 else own[0]


def _parameters(element: Element, said: dict[str, dict[str, object]]) -> list[Parameter]:
    """Return the parameters of an element: what the table of elements and the model say."""
    out = []
    for kind, name in zip(element.kind.parameters, element.parameter_names, strict=True):
        more = said.get(kind.symbol, {})
        out.append(
            Parameter(
                name=name,
                unit=kind.unit,
                bounds=_pair(more.get("bounds")) or kind.bounds,
                scale=more.get("scale", kind.scale),  # type: ignore[arg-type]
                power=kind.power,
                meaning=str(more.get("meaning", "")),
                start=more.get("start"),  # type: ignore[arg-type]
                shared=bool(more.get("shared", False)),
                prior=_pair(more.get("prior")),
            )
        )
    return out


def _pair(values: object) -> tuple[float, float] | None:
    return (float(values[0]), float(values[1])) if isinstance(values, list) else None
