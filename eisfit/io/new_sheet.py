"""A new measurement sheet for a folder, filled with what its files state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import tomlkit

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.errors import OutputError, SheetError
from eisfit.io.atomic import write_text
from eisfit.io.sheet import FILE_NAME
from eisfit.readers import ReadOutcome

_TEMPLATE = """\
# Measurement sheet: what the files do not state. Remove the '#' before a line to use it.
# The sheet overrides the files; options of the command line override the sheet.
schema = 1
# sample = "LLTO pellet 7"
# material = "LLTO"          # for the comparison with the literature
# model = "llto_pellet"      # `eisfit models` lists them

# Geometry, with units.{note}
{geometry}
# thickness_error = "0.01 mm"
# diameter_error = "0.02 mm"
# lead_resistance = "1.5 ohm"   # of the leads alone, where it was measured
# temperature_error = "1 K"   # common error of all temperatures
# along = "temperature"     # what changes from file to file; or "time", "bias",
#                            # "state_of_charge", "pressure", "thickness"
# short = "short.mpt"         # the fixture with its contacts shorted: subtracted from the spectra
# open = "open.mpt"           # the fixture with its contacts open
# suspects = "leave_out"      # leave out points that the tests name, with the reason

# Below the name of a file these lines are allowed, too:
# time = "2 h"
# bias = "0.1 V"              # or state_of_charge = "50 %", pressure = "50 MPa"
# leave_out = "bad contact"    # the whole file, with the reason
# points = [{{ above = "5 MHz", reason = "resonance" }}]    # or below, near, sweep
"""
_NO_GEOMETRY = '# thickness = "1.2 mm"\n# diameter = "10 mm"         # or: area = "0.785 cm2"'


def write_sheet(folder: Path | str, outcomes: Iterable[ReadOutcome]) -> Path:
    """Write a sheet into a folder, filled with what its files state, and return its path.

    Raises
    ------
    SheetError
        Where there is one already, or the folder cannot be written to.
    """
    place = Path(folder) / FILE_NAME
    if place.exists():
        raise SheetError(f"{place} exists already; edit it, or move it away to start again")
    if not Path(folder).is_dir():
        raise SheetError(f"{place} cannot be written: there is no such folder")
    try:
        return write_text(place, _sheet_text(Path(folder).resolve(), list(outcomes)))
    except OutputError as error:
        raise SheetError(str(error)) from error


def _sheet_text(folder: Path, outcomes: Sequence[ReadOutcome]) -> str:
    stated = {spectrum.geometry for outcome in outcomes for spectrum in outcome.spectra}
    geometry, note = _NO_GEOMETRY, ""
    if len(stated) == 1 and (shared := stated.pop()) is not None:
        note = " As the files state."
        geometry = (
            f'thickness = "{shared.thickness * 1e3:.6g} mm"\narea = "{shared.area * 1e4:.6g} cm2"'
        )
    document = tomlkit.parse(_TEMPLATE.format(note=note, geometry=geometry))
    files = tomlkit.table(is_super_table=True)
    for outcome in outcomes:
        path = Path(outcome.path).resolve()
        inside = path.is_relative_to(folder)
        name = (path.relative_to(folder) if inside else Path(path.name)).as_posix()
        if outcome.error:
            document.add(tomlkit.comment(f"{name} cannot be read: {_one_line(outcome.error)}"))
        else:
            files.add(name, _entry(outcome))
    if files:
        document.add("files", files)
    return tomlkit.dumps(document)


def _entry(outcome: ReadOutcome) -> Any:
    """Return the table of one file."""
    table = tomlkit.table()
    known = [s.temperature for s in outcome.spectra]
    texts = [f"{kelvin - ZERO_CELSIUS:.6g} °C" for kelvin in known if kelvin is not None]
    if len(texts) == len(known):
        sources = sorted({s.temperature_source for s in outcome.spectra if s.temperature_source})
        table.add("temperature", texts[0] if len(set(texts)) == 1 else texts)
        table["temperature"].comment(f"from the {' and '.join(sources)}")
    else:
        table.add(tomlkit.comment('temperature = "25 °C"          # not known: write it here'))
    table.add(tomlkit.nl())
    return table


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
