"""``eisfit compare``: which circuit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from eisfit.base.errors import EisfitError
from eisfit.cli import terminal
from eisfit.cli.options import FIXTURE, GEOMETRY, Json, Paths, Settings, with_settings

if TYPE_CHECKING:
    from eisfit.processes.model_choice import Alternative, ModelChoice, Trial

_SHOWN = 10  # circuits in the terminal


@with_settings(*GEOMETRY, *FIXTURE, "suspects")
def compare(
    paths: Paths,
    settings: Settings,
    models: Annotated[
        str,
        typer.Option(
            metavar="A,B,...",
            help="Models or circuits to choose from; if not given, eisfit builds circuits.",
        ),
    ] = "",
    draws: Annotated[
        int,
        typer.Option(
            help="Number of simulated sets of spectra that test each alternative; 0: no test.",
            min=0,
        ),
    ] = 99,
    json: Json = False,
) -> None:
    """Choose the circuit that describes the spectra best, and list circuits that are equally good.

    One circuit is chosen for all spectra. The criteria are BIC, parameters that the data determine,
    and usual capacitances. Similar circuits are tested with spectra simulated from their fits.
    Circuits that the data cannot distinguish are shown as tied. Try:

      eisfit compare pellet_25C.mpt

      eisfit compare pellet/ --models llto_pellet,llto_space_charge --thickness 1mm --diameter 10mm

      eisfit compare cell.DTA --models 'R0-p(R1,CPE1)-W1, R0-p(R1-W1,CPE1)'
    """
    from eisfit.io.inputs import read_inputs
    from eisfit.processes.model_choice import compare_models

    inputs = read_inputs(paths, settings)
    named = split_models(models) or None
    with terminal.progress_bar(quiet=json) as progress:
        choice = compare_models(inputs.spectra, named, draws=draws, progress=progress)
    if json:
        terminal.print_json(as_json(choice))
    else:
        _print(choice)
    terminal.print_findings([*inputs.findings, *([] if json else choice.findings)])
    raise typer.Exit(code=terminal.exit_code([*inputs.findings, *choice.findings]))


def split_models(text: str) -> list[str]:
    """Return the names and circuits of a list: commas between brackets belong to a circuit.

    Raises
    ------
    EisfitError
        Where brackets do not match.

    Examples
    --------
    >>> split_models("llto_pellet, R0-p(R1,CPE1)-W1")
    ['llto_pellet', 'R0-p(R1,CPE1)-W1']
    """
    out, depth = [""], 0
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            out.append("")
        else:
            out[-1] += sign
    if depth:
        raise EisfitError(f"--models {text!r}: brackets do not match")
    return [name.strip() for name in out if name.strip()]


def as_json(choice: ModelChoice) -> dict[str, Any]:
    """Return the whole choice as plain objects."""
    alternatives = {id(r.trial): r for r in choice.alternatives}
    return {
        "spectra": [
            {"file": s.provenance.file, "sweep": s.provenance.sweep} for s in choice.spectra
        ],
        "best": _name(choice.best),
        "tied": [_name(r.trial) for r in choice.ties],
        "models": [_row(t, choice.best, alternatives.get(id(t))) for t in choice.trials],
        "findings": [f.to_dict() for f in choice.findings],
    }


def _name(trial: Trial) -> str:
    return trial.model.circuit if trial.model.from_text else trial.model.name


def _row(trial: Trial, best: Trial, alternative: Alternative | None) -> dict[str, Any]:
    return {
        "model": _name(trial),
        "circuit": trial.model.circuit,
        "title": trial.title,
        "parameters": trial.free,
        "residuals_percent": trial.misfit_percent,
        "delta_bic": _finite(trial.bic - best.bic),
        "delta_aicc": _finite(trial.aicc - best.aicc),
        "delta_score": _finite(trial.score - best.score),
        "against": list(trial.against),
        "relation": alternative.relation if alternative is not None else None,
        "p_value": alternative.p_value if alternative is not None else None,
        "tied": alternative is not None and not alternative.ruled_out,
    }


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None  # also of nan


def _print(choice: ModelChoice) -> None:
    alternatives = {id(r.trial): r for r in choice.alternatives}
    shown = [choice.best, *(r.trial for r in choice.ties)]
    shown += [t for t in choice.trials if t not in shown][: _SHOWN - len(shown)]
    rows = [
        [
            _name(t),
            str(t.free),
            f"{t.misfit_percent:.3g} %",
            f"{t.score - choice.best.score:+.1f}",
            f"{t.aicc - choice.best.aicc:+.1f}",
        ]
        for t in shown
    ]
    n = len(choice.spectra)
    heading = f"{n} spectr{'a' if n > 1 else 'um'}; best: {choice.best.title}"
    terminal.print_table(heading, ["circuit", "k", "misfit", "score", "AICc"], rows)
    for t in shown:
        if words := _standing(t, choice, alternatives.get(id(t))):
            typer.echo(f"  {_name(t)}: {words}")
    rest = len(choice.trials) - len(shown)
    if rest:
        typer.echo(f"  and {rest} more circuits (--json lists all)")
    typer.echo(
        "  k: number of parameters; score: BIC with penalties for unusual capacitances and rare\n"
        "  elements; score and AICc are differences from the best circuit; lower is better"
    )


def _standing(trial: Trial, choice: ModelChoice, alternative: Alternative | None) -> str:
    if trial is choice.best:
        return "; ".join(["best", *trial.against])
    words = list(trial.against)
    if alternative is not None and alternative.relation == "richer":
        words.insert(0, "contains the best circuit and elements that are not needed")
    elif alternative is not None and alternative.p_value is not None:
        what = "tied" if not alternative.ruled_out else "ruled out"
        words.insert(0, f"{what} (p = {alternative.p_value:.2g})")
    return "; ".join(words)
