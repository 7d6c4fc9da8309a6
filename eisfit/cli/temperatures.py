"""Options about temperatures: joint or single fits, what is shared, the thermometer's error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias, get_args

import typer

from eisfit.base.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from eisfit.temperature.energies import Temperatures

MethodOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--method", metavar="joint|separate",
        help="One fit over all temperatures (the default), or lines through single fits.",
    ),
]  # fmt: skip
ShareOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--share", metavar="NAME=WAY",
        help="How a quantity goes along the temperatures, as n_bulk=free or C_bulk=linear.",
    ),
]  # fmt: skip
TemperatureError: TypeAlias = Annotated[
    str,
    typer.Option(metavar="K", help="By how much all temperatures may be off together, as 1K."),
]


def temperatures_of(
    method: str, share: list[str] | None, error: str, of_sheet: float | None
) -> Temperatures:
    """Return what the options, and else the sheet, say about temperatures.

    Raises
    ------
    ModelError
        Where a word is not known.
    UnitError
        Where the error has no unit.
    """
    from eisfit.base.units import parse_temperature_error
    from eisfit.temperature.energies import Method, Temperatures
    from eisfit.temperature.sharing import Sharing

    known: dict[str, Method] = {name: name for name in get_args(Method)}
    ways: dict[str, Sharing] = {name: name for name in get_args(Sharing)}
    if method not in known:
        near = did_you_mean(method, known)
        raise ModelError(f"--method must be joint or separate, not {method!r}{near}")
    sharing: dict[str, Sharing] = {}
    for said in share or []:
        name, equals, way = said.partition("=")
        if not equals or way.strip() not in ways:
            raise ModelError(
                f"--share {said!r}: write it as n_bulk=free (shared, linear, free; for a "
                "resistance arrhenius or free)"
            )
        sharing[name.strip()] = ways[way.strip()]
    kelvin = parse_temperature_error(error, "--temperature-error") if error else of_sheet or 0.0
    return Temperatures(known[method], sharing, kelvin)
