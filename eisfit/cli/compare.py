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
            help="Models or circuits to choose from; where left out, circuits are made.",
        ),
    ] = "",
    draws: Annotated[
        int,
        typer.Option(help="Artificial sets of spectra that test each rival; 0 for none.", min=0),
    ] = 99,
    json: Json = False,
) -> None:
    """Tell which circuit describes the spectra best, and which others do as well.

    One circuit is chosen for all spectra, by BIC, by what the data determine and by where
    capacitances should lie; alternatives near it are tested with spectra drawn from their own fits.
    Circuits that the data cannot tell apart are shown as tied. Try:

      eisfit compare pellet_25C.mpt

      eisfit compare pellet/ --models llto_pellet,llto_space_charge --thickness 1mm --diameter 10mm

      eisfit compare cell.DTA --models 'R0-p(R1,CPE1)-W1, R0-p(R1-W1,CPE1)'
    """
    from eisfit.io.inputs import read_inputs
    from eisfit.processes.model_choice import compare_models

    inputs = read_inputs(paths, settings)
    named = split_models(models) or None
    with terminal.progress_bar(quiet=json) as progress:
        found = compare_models(inputs.spectra, named, draws=draws, progress=progress)
    if json:
        terminal.print_json(as_json(found))
    else:
        _print(found)
    terminal.print_findings([*inputs.findings, *([] if json else found.findings)])
    raise typer.Exit(code=terminal.exit_code([*inputs.findings, *found.findings]))


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


def as_json(found: ModelChoice) -> dict[str, Any]:
    """Return the whole choice as plain objects."""
    alternatives = {id(r.trial): r for r in found.alternatives}
    return {
        "spectra": [
            {"file": s.provenance.file, "sweep": s.provenance.sweep} for s in found.spectra
        ],
        "best": _name(found.best),
        "tied": [_name(r.trial) for r in found.ties],
        "models": [_row(t, found.best, alternatives.get(id(t))) for t in found.trials],
        "findings": [f.to_dict() for f in found.findings],
    }


def _name(trial: Trial) -> str:
    return trial.model.circuit if trial.model.from_text else trial.model.name


def _row(trial: Trial, best: Trial, rival: Alternative | None) -> dict[str, Any]:
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
        "relation": rival.relation if rival is not None else None,
        "p_value": rival.p_value if rival is not None else None,
        "tied": rival is not None and not rival.ruled_out,
    }


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None  # also of nan


def _print(found: ModelChoice) -> None:
    alternatives = {id(r.trial): r for r in found.alternatives}
    shown = [found.best, *(r.trial for r in found.ties)]
    shown += [t for t in found.trials if t not in shown][: _SHOWN - len(shown)]
    rows = [
        [
            _name(t),
            str(t.free),
            f"{t.misfit_percent:.3g} %",
            f"{t.score - found.best.score:+.1f}",
            f"{t.aicc - found.best.aicc:+.1f}",
        ]
        for t in shown
    ]
    n = len(found.spectra)
    heading = f"{n} spectr{'a' if n > 1 else 'um'}; best: {found.best.title}"
    terminal.print_table(heading, ["circuit", "k", "misfit", "score", "AICc"], rows)
    for t in shown:
        if words := _standing(t, found, alternatives.get(id(t))):
            typer.echo(f"  {_name(t)}: {words}")
    rest = len(found.trials) - len(shown)
    if rest:
        typer.echo(f"  and {rest} more circuits (--json lists all)")
    typer.echo(
        "  k: parameters; score: BIC, capacitances out of their windows, seldom parts; score and\n"
        "  AICc are seen from the best circuit, lower is better"
    )


def _standing(trial: Trial, found: ModelChoice, rival: Alternative | None) -> str:
    if trial is found.best:
        return "; ".join(["best", *trial.against])
    words = list(trial.against)
    if rival is not None and rival.relation == "richer":
        words.insert(0, "the best and more, which is not needed")
    elif rival is not None and rival.p_value is not None:
        what = "tied" if not rival.ruled_out else "ruled out"
        words.insert(0, f"{what} (p = {rival.p_value:.2g})")
    return "; ".join(words)
