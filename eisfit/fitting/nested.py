"""Circuits with elements nested beside a capacitance, looked at first as arcs in series."""

from __future__ import annotations

from dataclasses import replace

from eisfit.circuit.models import Model, ModelProcess
from eisfit.circuit.tape import compile_tape
from eisfit.circuit.tree import Parallel, elements_of, move_into_series
from eisfit.fitting.engine.backend import Coordinates, Problem


def unnested(problem: Problem, model: Model) -> tuple[Problem, Model, list[int]] | None:
    """Return problem and model in series, and where their coordinates find those of `model`.

    None where nothing is nested.

    Parameters
    ----------
    problem : Problem
        Of `model`.
    model : Model
    """
    tree = move_into_series(model.tree)
    if tree == model.tree:
        return None
    tape = compile_tape(tree)
    order: list[int] = [model.names.index(name) for name in tape.names]
    back: list[int] = [tape.names.index(name) for name in model.names]
    own = problem.coordinates
    coordinates = Coordinates(
        own.log[order], own.size[order], own.lower[order], own.upper[order], own.longest[order]
    )
    plain = replace(
        problem,
        tape=tape,
        coordinates=coordinates,
        free=problem.free[:, order],
        prior_mean=problem.prior_mean[:, order],
        prior_precision=problem.prior_precision[:, order],
    )
    parameters = tuple(model.parameters[i] for i in order)
    processes = {name: _as_arc(process) for name, process in model.processes.items()}
    alike = replace(model, tree=tree, tape=tape, parameters=parameters, processes=processes)
    return plain, alike, back


def _as_arc(process: ModelProcess) -> ModelProcess:
    """Return a process of R and Q as an arc, which may change places with others."""
    own = tuple(elements_of(process.tree))
    if sorted(element.symbol for element in own) != ["Q", "R"]:
        return process
    return replace(process, tree=Parallel(own))
