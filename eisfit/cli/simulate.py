"""``eisfit simulate``: files of simulated spectra."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eisfit.base.errors import ModelError


def simulate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model or a circuit.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where files go.")],
    value: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter, SI units; repeatable."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many, each with its own noise.")] = 1,
    noise: Annotated[float, typer.Option(min=0.0, help="Noise, as a fraction of |Z|.")] = 0.003,
    seed: Annotated[int, typer.Option(help="Of the random numbers.")] = 0,
    low: Annotated[float, typer.Option(help="Lowest frequency in Hz.")] = 0.1,
    high: Annotated[float, typer.Option(help="Highest frequency in Hz.")] = 7e6,
    per_decade: Annotated[int, typer.Option(min=1, help="Points a decade.")] = 10,
    ending: Annotated[
        str, typer.Option("--format", metavar="csv|mpt|dta", help="File format.")
    ] = "csv",
) -> None:
    """Write simulated spectra of a model.

    Try:

      eisfit simulate llto_pellet --set R_bulk=2e3 -o simulated

      eisfit simulate 'R0-p(R1,CPE1)' --set R0=10 --set R1=100 --set Q1=1e-6 --set n1=0.9 -o sim
    """
    from eisfit.circuit.models import load_model
    from eisfit.circuit.simulation import frequencies
    from eisfit.circuit.simulation import simulate as simulated
    from eisfit.io.writing import write_spectrum

    loaded = load_model(model)
    values = dict(_pair(text) for text in value or [])
    frequency = frequencies(low, high, per_decade)
    stem = loaded.name if not loaded.from_text else "circuit"
    for i in range(count):
        spectrum = simulated(loaded, values, frequency, noise, seed + i)
        path = write_spectrum(spectrum, output / f"{stem}_{i + 1:03d}.{ending.lower().lstrip('.')}")
        typer.echo(str(path))


def _pair(text: str) -> tuple[str, float]:
    name, sign, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        what = "has no '='" if not sign else f"{number!r} is no number"
        raise ModelError(f"--set {text}: {what}; write it as in R_bulk=2e3") from None
