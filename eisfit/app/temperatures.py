"""Temperatures of spectra, as the sheet writes them and as they are clicked."""

from __future__ import annotations

from eisfit.app import editing
from eisfit.app.desk import Desk, Row
from eisfit.base.constants import ZERO_CELSIUS


def temperature_text(row: Row) -> str:
    """Return the temperature of a row as the sheet writes it; empty where it is not known."""
    kelvin = row.spectrum.temperature
    return "" if kelvin is None else f"{kelvin - ZERO_CELSIUS:.6g} °C"


def set_temperature(desk: Desk, key: str, text: str) -> None:
    """Write the temperature of one spectrum into the sheet.

    Raises
    ------
    EisfitError
        Where the text is no temperature.
    """
    row = desk.row(key)
    sweeps = [r for r in desk.rows if r.file == row.file]
    sweeps.sort(key=lambda r: r.spectrum.provenance.sweep)
    known = [temperature_text(r) for r in sweeps]
    sweep = row.spectrum.provenance.sweep

    def change(sheet: str) -> str:
        return editing.with_condition(sheet, row.file, "temperature", text, sweep, known)

    desk.edit(f"temperature of {row.spectrum.label}", change)
