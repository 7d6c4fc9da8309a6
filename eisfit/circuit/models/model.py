"""What a model is: a circuit written in processes, each with meaning, units, bounds and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from eisfit.base.errors import ModelError, did_you_mean
from eisfit.circuit.notation import to_native
from eisfit.circuit.tape import Tape
from eisfit.circuit.tree import Node, elements_of

Place: TypeAlias = Literal["lead", "through_thickness", "interface", "blocking", "diffusion"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a model.

    Parameters
    ----------
    name, unit, meaning : str
        As in the circuit; SI.
    bounds : tuple of float
        Range that a fit searches.
    scale : {"log", "linear"}
        Whether a fit varies ln(value) or the value.
    power : int
        How it changes when its impedance is multiplied by a: as a**power.
    start : float, optional
        A usual value, for simulation and for the size of linear parameters.
    shared : bool
        One value for a whole series (leads).
    prior : tuple of float, optional
        Usual value and its standard deviation, used only where the data do not determine it.
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
        Its elements, without those of processes within it.
    capacitance : tuple of float, optional
        Window of its effective capacitance: F at a cell constant of 1/cm (through_thickness),
        F/cm² (interface, blocking). Evidence, never a bound.
    activation_energy : tuple of float, optional
        Usual range in eV.
    permittivity : tuple of float, optional
        Usual range of the relative permittivity: of a bulk it tests the geometry, of a layer it
        gives the thickness.
    interfaces : int
        How many alike interfaces lie in series: 2 in a symmetric cell.
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
    permittivity: tuple[float, float] | None = None
    interfaces: int = 1
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
