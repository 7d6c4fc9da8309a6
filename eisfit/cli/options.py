"""The options that commands share, each declared once, and the settings that they state."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer
from typer.core import TyperCommand

from eisfit.base.errors import EisfitError, UnitError

if TYPE_CHECKING:
    from eisfit.data.settings import AnalysisSettings

Settings: TypeAlias = "AnalysisSettings"  # a text: importing the class takes as long as numpy

Paths: TypeAlias = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Files, folders or globs.", show_default=False),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]

FIXTURE = ("short", "open")
GEOMETRY = ("thickness", "diameter", "area")

_SETTINGS: dict[str, Any] = {
    name: Annotated[kind | None, typer.Option(*flags, metavar=metavar, help=text)]
    for name, kind, flags, metavar, text in (
        ("model", str, ("--model", "-m"), "NAME|CIRCUIT",
         "A model (see `eisfit models`) or a circuit such as 'R0-p(R1,CPE1)-CPE2'."),
        ("thickness", str, (), "LENGTH", "Thickness of the sample, such as 1.2mm."),
        ("diameter", str, (), "LENGTH", "Diameter of a round electrode, such as 10mm."),
        ("area", str, (), "AREA", "Electrode area, if no diameter is given, such as 0.785cm2."),
        ("material", str, (), None,
         "Compare with literature values of this material, such as LLTO."),
        ("lead_resistance", str, (), "R", "Measured resistance of the leads, such as 1.5ohm."),
        ("temperature_error", str, (), "K",
         "Common error of all temperatures, such as 1K."),
        ("along", str, (), "COORDINATE",
         "What changes from spectrum to spectrum: temperature, time, bias, state_of_charge, "
         "pressure or thickness."),
        ("short", str, (), "FILE",
         "File of the fixture with its contacts shorted; its impedance is subtracted."),
        ("open", str, (), "FILE",
         "File of the fixture with its contacts open; its admittance is subtracted."),
        ("suspects", Literal["keep", "leave_out"], (), None,
         "Keep or leave out suspect points: named by a test, or outside the valid range."),
    )
}  # fmt: skip


def with_settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator: the command has these options, and gets their values as `settings`."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**values: Any) -> None:
            stated = {name: values.pop(name) for name in names}
            command(settings=settings_from_options(**stated), **values)

        keyword = inspect.Parameter.KEYWORD_ONLY
        parameters: list[inspect.Parameter] = []
        for parameter in inspect.signature(command, eval_str=True).parameters.values():
            if parameter.name != "settings":
                parameters.append(parameter.replace(kind=keyword))
                continue
            parameters += [
                inspect.Parameter(name, keyword, default=None, annotation=_SETTINGS[name])
                for name in names
            ]
        run.__annotations__ = {}  # those of the signature hold, where the texts are resolved
        vars(run)["__signature__"] = inspect.Signature(parameters)
        return run

    return decorate


def settings_from_options(
    *,
    thickness: str | None = None,
    diameter: str | None = None,
    area: str | None = None,
    lead_resistance: str | None = None,
    temperature_error: str | None = None,
    **stated: Any,
) -> AnalysisSettings:
    """Return the settings that options state; texts with units become SI values.

    Raises
    ------
    UnitError
        Where only a part of the geometry is given or a unit is wrong.
    """
    from eisfit.base.units import parse_resistance, parse_temperature_error
    from eisfit.data.geometry import Geometry
    from eisfit.data.settings import AnalysisSettings

    if thickness or diameter or area:
        if not thickness or bool(diameter) == bool(area):
            raise UnitError("the geometry needs --thickness and one of --diameter and --area")
        stated["geometry"] = Geometry.disc(thickness, diameter=diameter, area=area)
    if lead_resistance:
        stated["lead_resistance"] = parse_resistance(lead_resistance, "--lead-resistance")
    if temperature_error:
        stated["temperature_error"] = parse_temperature_error(
            temperature_error, "--temperature-error"
        )
    return AnalysisSettings(**stated)


class Command(TyperCommand):
    """A command that refuses an option given as an empty text: no default replaces it silently."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; EisfitError where an option is empty."""
        # before conversion, since an empty path becomes the current folder;
        # `ctx` is click's or typer's, by the version
        given = self.make_parser(ctx).parse_args(list(args))[0]
        for option in self.params:
            empty = given.get(option.name or "") in ("", [""])
            if empty and option.param_type_name == "option":
                raise EisfitError(
                    f"{option.opts[0]} is empty; give it a value or leave it out "
                    "(is a variable of a script not set?)"
                )
        return super().parse_args(ctx, args)
