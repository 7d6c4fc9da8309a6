"""Models by name, from a TOML file, or from a circuit's text."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import get_args

from eisfit.circuit.notation import parse, parse_free, to_native
from eisfit.circuit.tape import compile_tape
from eisfit.circuit.tree import Element, Node, Parallel, Series, check_names, elements_of, mapped
from eisfit.errors import ModelError, did_you_mean
from eisfit.models.check import checked
from eisfit.models.model import Model, ModelProcess, Parameter, Place


def library() -> dict[str, Path]:
    """Return the model files of the library by name."""
    folder = files("eisfit.circuits")
    found = (Path(str(entry)) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {path.stem: path for path in sorted(found)}


def load_model(model: str | Path | Model) -> Model:
    """Return a model: by its name in the library, from a TOML file, or from a circuit's text.

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
    known = library()
    text = str(model)
    if text in known:
        return read_model(known[text])
    if text.endswith(".toml"):
        return read_model(Path(text))
    if any(sign in text for sign in "+|(-") or text[:1] in set("RCLQWG"):
        return from_circuit(text)
    near = did_you_mean(text, known)
    raise ModelError(f"no model {text!r}{near} (`eisfit models` lists them all)")


def from_circuit(text: str) -> Model:
    """Return the model of a circuit's text; with arcs ``process_1`` and so on.

    Raises
    ------
    ModelError
        With the place of the mistake.
    """
    tree = parse(text)
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


def read_model(path: Path) -> Model:
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
    table = checked(table, path, get_args(Place))
    trees, owners = _process_trees(table, path)
    tree = check_names(parse_free(table["circuit"], trees))
    order = list(dict.fromkeys(owners[e.label] for e in elements_of(tree)))
    declared = {name: table["process"][name] for name in order}
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


def _process_trees(
    table: dict[str, dict[str, dict[str, str]]], path: Path
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
                label = f"_{name}{element.label}"
                return Element(element.symbol, label)

            trees[name] = mapped(parse_free(text, inner), own)
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
