"""Suggested circuits for a spectrum, with what speaks for them."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from eisfit.app.parts import Look, in_thread
from eisfit.processes.model_choice import ModelChoice, compare_models

_MOST = 6


def suggestions(look: Look, take: Callable[[str], None]) -> None:
    """Show a button that suggests circuits, and those that it found.

    Parameters
    ----------
    look : Look
    take : callable
        Called with the circuit that is clicked.
    """
    place = ui.column().classes("w-full gap-1")

    async def suggest() -> None:
        if not look.current:
            return
        row = look.desk.row(look.current)
        button.disable()
        place.clear()
        with place:
            ui.label("Trying circuits …").classes("text-sm")
        geometry = row.spectrum.geometry
        choice = await in_thread(lambda: compare_models(row.spectrum, geometry=geometry))
        button.enable()
        place.clear()
        with place:
            if choice is not None:
                _list(choice, take)

    button = ui.button("Suggest circuits", icon="lightbulb", on_click=suggest).props(
        "outline dense"
    )


def _list(choice: ModelChoice, take: Callable[[str], None]) -> None:
    """Show the best circuit, those that are as good, and the next ones."""
    tied = {rival.trial.model.circuit for rival in choice.ties}
    for trial in choice.trials[:_MOST]:
        circuit = trial.model.circuit
        best, tie = trial is choice.best, circuit in tied
        word = "best" if best else ("as good" if tie else "worse")
        button = ui.button(on_click=lambda c=circuit: take(c)).props(
            "flat no-caps align=left dense"
        )
        with button.classes("w-full suggestion"), ui.column().classes("gap-0 items-start"):
            ui.label(f"{word}: {trial.title}").classes("text-sm font-bold")
            ui.label(circuit).classes("text-xs font-mono").style("overflow-wrap: anywhere")
            ui.label(
                f"score {trial.score - choice.best.score:+.1f}, misfit {trial.misfit_percent:.2g} %"
            ).classes("text-xs")
    for finding in choice.findings:
        ui.label(finding.message).classes("text-sm")
