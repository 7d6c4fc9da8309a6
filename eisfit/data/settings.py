"""What a user states about a measurement, and which statement wins."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from eisfit.base.errors import ModelError
from eisfit.data.geometry import Geometry

Suspects: TypeAlias = Literal["keep", "leave_out"]
"""What to do with points that the tests name as suspect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSettings:
    """What the options or the measurement sheet state; None where they state nothing.

    Options of the command line (arguments in Python) win over the measurement sheet, the sheet wins
    over the headers of files, and headers win over file names.

    Parameters
    ----------
    model : str, optional
        A model's name or a circuit.
    material : str, optional
        As in the literature library, such as ``"LLTO"``.
    geometry : Geometry, optional
        Of the sample.
    lead_resistance : float, optional
        Ω, as measured.
    temperature_error : float, optional
        K; common error of all temperatures (standard deviation).
    along : str, optional
        The coordinate of the series: temperature, time, bias, state_of_charge, pressure, thickness.
    short, open : str, optional
        Files of the fixture measured without the sample, shorted and open.
    suspects : {"keep", "leave_out"}, optional
        What to do with points that the tests name as suspect.

    Examples
    --------
    >>> sheet = AnalysisSettings(model="llto_pellet", material="LLTO")
    >>> resolved = AnalysisSettings(model="R0-p(R1,CPE1)").over(sheet)
    >>> resolved.model, resolved.material, resolved.geometry
    ('R0-p(R1,CPE1)', 'LLTO', None)
    """

    model: str | None = None
    material: str | None = None
    geometry: Geometry | None = None
    lead_resistance: float | None = None
    temperature_error: float | None = None
    along: str | None = None
    short: str | None = None
    open: str | None = None
    suspects: Suspects | None = None

    def over(self, lower: AnalysisSettings) -> AnalysisSettings:
        """Return these settings; where they state nothing, those of `lower`."""
        pairs = {f.name: (getattr(self, f.name), getattr(lower, f.name)) for f in fields(self)}
        return AnalysisSettings(**{n: b if a is None else a for n, (a, b) in pairs.items()})

    def required_model(self) -> str:
        """Return the model.

        Raises
        ------
        ModelError
            Where none is stated.
        """
        if not self.model:
            raise ModelError(
                "no model is given: give --model NAME (an argument in Python), or write model = "
                '"NAME" into series.toml (`eisfit models` lists them, `eisfit compare` suggests '
                "one)"
            )
        return self.model
