"""Options about what is done between reading and analysis: the fixture, and suspect points."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

ShortOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--short", metavar="FILE", help="The fixture with its contacts shorted: taken out."
    ),
]
OpenOption: TypeAlias = Annotated[
    str,
    typer.Option("--open", metavar="FILE", help="The fixture with its contacts open: taken out."),
]
SuspectsOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--suspects", metavar="keep|leave_out",
        help="Leave out points that the tests name and what lies outside the valid range.",
    ),
]  # fmt: skip
