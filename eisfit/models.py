"""Models: a circuit written in processes, each with its meaning, units, bounds and sources.

A model is one TOML file of `circuits/`, a TOML file of the user, or a circuit given as text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from eisfit.circuit.notation import parse, parse_free, to_native
from eisfit.circuit.tape import Tape, compile_tape
from eisfit.circuit.tree import Element, Node, Parallel, Series, check_names, elements_of, mapped
from eisfit.errors import ModelError, did_you_mean
from eisfit.model_file import checked

Place: TypeAlias = Literal["lead", "through_thickness", "interface", "blocking", "diffusion"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a model.

    Parameters
    ----------
    name, unit, meaning : str
        As in the circuit; SI.
    bounds : tuple of float
        Where a fit may look.
    scale : {"log", "linear"}
        How a fit sees it.
    power : int
        How it changes when its impedance is multiplied by a: as a**power.
    start : float, optional
        A usual value, for simulation and for the size of linear parameters.
    shared : bool
        One value for a whole series (leads).
    prior : tuple of float, optional
        Usual value and its standard deviation, used only for what the data cannot tell.
    """

    name: str
    unit: str
    bounds: tuple[float, float]
    scale: Literal["log", "linear"]
    power: int
    meaning: str = ""
    start: float | None = None
    shared: bool = False
    prior: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ModelProcess:
    """One process of a model.

    Parameters
    ----------
    name, meaning : str
        Such as ``"grain_boundary"``.
    place : str
        lead, through_thickness (compare by C·l/A), interface (by C/A), blocking, diffusion.
    ionic : bool
        Whether its resistance is part of the electrolyte's total.
    tree : Node
        Its own elements, without those of processes within it.
    capacitance : tuple of float, optional
        Window of its effective capacitance: F at a cell constant of 1/cm (through_thickness),
        F/cm² (interface, blocking). Evidence, never a bound.
    activation_energy : tuple of float, optional
        Usual range in eV.
    source : str
        DOI.
    """

    name: str
    meaning: str
    place: Place
    tree: Node
    ionic: bool = False
    capacitance: tuple[float, float] | None = None
    activation_energy: tuple[float, float] | None = None
    source: str = ""

    def parameter(self, symbol: str) -> str | None:
        """Return the name of its first parameter of that symbol (``"R"``, ``"Q"``, ``"n"`` …)."""
        for element in elements_of(self.tree):
            for kind, name in zip(element.kind.parameters, element.parameter_names, strict=True):
                if kind.symbol == symbol:
                    return name
        return None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Model:
    """A circuit with its meanings.

    Parameters
    ----------
    name, title, applies_to : str
    tree, tape : Node, Tape
        The circuit, and the program that evaluates it.
    parameters : tuple of Parameter
        In their order of appearance in the circuit.
    processes : mapping of str to ModelProcess
        In the circuit's order.
    sources : tuple of str
        DOIs.
    from_text : bool
        Whether it was given as a circuit's text, without meanings.
    """

    name: str
    title: str
    tree: Node
    tape: Tape
    parameters: tuple[Parameter, ...]
    processes: Mapping[str, ModelProcess]
    applies_to: str = ""
    sources: tuple[str, ...] = ()
    from_text: bool = False

    @property
    def circuit(self) -> str:
        """The circuit in the native notation."""
        return to_native(self.tree)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return self.tape.names

    def index(self, name: str) -> int:
        """Return the place of a parameter; a wrong name is a ModelError with the nearest one."""
        if name not in self.names:
            near = did_you_mean(name, self.names)
            raise ModelError(f"{self.name}: no parameter {name!r}{near}")
        return self.names.index(name)

    def __repr__(self) -> str:
        return f"<Model {self.name}: {self.circuit}>"


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
