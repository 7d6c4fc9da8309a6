"""The measurement sheet ``series.toml``: what raw files do not tell, written beside them.

::

    schema = 1
    sample = "LLTO pellet 7"
    material = "LLTO"
    model = "llto_pellet"
    thickness = "1.2 mm"
    diameter = "10 mm"              # or area = "0.785 cm2"
    lead_resistance = "1.5 ohm"
    temperature_error = "1 K"       # by how much all temperatures may be off together
    along = "temperature"           # or "time", "bias", "state_of_charge", "pressure", "thickness"
    short = "short.mpt"             # the fixture without sample, shorted and open: taken out
    open = "open.mpt"
    suspects = "leave_out"          # points that the tests name; "keep" where it does not say

    [files."pellet_a.mpt"]
    temperature = "25 °C"           # or a list, one for each sweep; likewise:
    bias = "0.1 V"                  # time = "2 h", state_of_charge = "50 %", pressure = "50 MPa"
    points = [
      { above = "5 MHz", reason = "lead resonance" },
      { near = "50 Hz", sweep = 2, reason = "mains" },
    ]

    [files."pellet_b.mpt"]
    leave_out = "bad contact"

What stands here wins over a file's header and name; options of the command line win over it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.errors import OutputError, SheetError, did_you_mean
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.io.sheet_file import FILE_NAME, FileEntry, PointRule, Sheet, parse_sheet, read_sheet
from eisfit.io.writing import write_text

if TYPE_CHECKING:
    from eisfit.readers import ReadOutcome

__all__ = [
    "FILE_NAME",
    "FileEntry",
    "PointRule",
    "Sheet",
    "apply_sheet",
    "parse_sheet",
    "read_sheet",
    "write_sheet",
]

_OVERRULED = {
    "temperature_from_bare_number", "temperature_ambiguous", "temperature_unit_guessed",
    "temperature_conflict",
}  # fmt: skip


def apply_sheet(
    sheet: Sheet, spectra: Sequence[Spectrum]
) -> tuple[list[Spectrum], list[tuple[Spectrum, str]], list[Finding]]:
    """Return spectra with what the sheet says of them, those it leaves out, and findings.

    The temperature's source becomes ``"sheet"``; other coordinates stand in the provenance's
    conditions, as ``bias_V``. Raw numbers stay: points are masked with their reason.
    """
    kept: list[Spectrum] = []
    left_out: list[tuple[Spectrum, str]] = []
    findings = _absent(sheet, spectra)
    for spectrum in spectra:
        if sheet.geometry is not None:
            spectrum = spectrum.with_(geometry=sheet.geometry)
        entry = _entry_of(sheet, spectrum)
        if entry is None:
            kept.append(spectrum)
            continue
        spectrum, said = _with_conditions(spectrum, entry)
        spectrum, reason, more = _with_points(spectrum, entry)
        findings += [*said, *more]
        if reason:
            left_out.append((spectrum, reason))
        else:
            kept.append(spectrum)
    return kept, left_out, findings


def _entry_of(sheet: Sheet, spectrum: Spectrum) -> FileEntry | None:
    """Return what the sheet says of a spectrum's file, by name or by the end of its path."""
    parts = spectrum.provenance.file.replace("\\", "/").split("/")
    tails = ("/".join(parts[i:]) for i in range(len(parts)))
    return next((sheet.files[tail] for tail in tails if tail in sheet.files), None)


def _absent(sheet: Sheet, spectra: Sequence[Spectrum]) -> list[Finding]:
    """Return a finding for every file that the sheet names and that is not there."""
    files = [s.provenance.file.replace("\\", "/") for s in spectra]
    names = [name for name in sheet.files if not any(f"/{f}".endswith(f"/{name}") for f in files)]
    folder = Path(sheet.path).parent if sheet.path else None
    known = [f.rsplit("/", 1)[-1] for f in files]
    return [
        Finding(
            "file_in_sheet_missing",
            "warning",
            f"{sheet.path or FILE_NAME} names {name!r}, and there is no such file"
            f"{did_you_mean(name, known)}",
        )
        for name in names
        if folder is None or not (folder / name).exists()
    ]


def _with_conditions(spectrum: Spectrum, entry: FileEntry) -> tuple[Spectrum, list[Finding]]:
    """Return a spectrum with the temperature and the other conditions of the sheet."""
    source = spectrum.provenance
    conditions = dict(source.conditions)
    for name, values in entry.conditions.items():
        if (value := _of_sweep(values, spectrum, name)) is not None:
            conditions[name] = value
    spectrum = spectrum.with_(provenance=replace(source, conditions=conditions))
    kelvin = _of_sweep(entry.temperature, spectrum, "temperature")
    if kelvin is None:
        return spectrum, []
    said = []
    before, origin = spectrum.temperature, spectrum.temperature_source
    if before is not None and origin == "header" and abs(before - kelvin) > 2:
        text = f"{spectrum.label}: the sheet says {kelvin:.5g} K, the file {before:.5g} K; "
        said.append(Finding("temperature_overruled", "info", text + "the sheet is believed"))
    remaining = tuple(f for f in spectrum.findings if f.code not in _OVERRULED)
    changed = spectrum.with_(temperature=kelvin, temperature_source="sheet", findings=remaining)
    return changed, said


def _of_sweep(values: tuple[float, ...], spectrum: Spectrum, key: str) -> float | None:
    """Return the value for a spectrum's sweep, None where the sheet gives none."""
    if len(values) < 2:
        return values[0] if values else None
    sweep = spectrum.provenance.sweep
    if sweep > len(values):
        raise SheetError(
            f"{spectrum.label}: the sheet lists {len(values)} values of {key}, and this is sweep "
            f"{sweep}; list one for each sweep, or one for all"
        )
    return values[sweep - 1]


def _with_points(spectrum: Spectrum, entry: FileEntry) -> tuple[Spectrum, str, list[Finding]]:
    """Return a spectrum without some points, why all of it is left out if so, and findings."""
    if entry.leave_out:
        return spectrum, entry.leave_out, []
    said = []
    for rule in entry.points:
        if rule.sweep not in {0, spectrum.provenance.sweep}:
            continue
        points = rule.points(spectrum.frequency)
        if not points.any():
            text = f"{spectrum.label}: no point is meant by the sheet's rule for {rule.reason!r}"
            said.append(Finding("rule_without_points", "info", text))
            continue
        if np.all(points | spectrum.mask):
            return spectrum, rule.reason, said
        spectrum = spectrum.masked(points, rule.reason)
    return spectrum, "", said


def write_sheet(folder: Path | str, outcomes: Iterable[ReadOutcome]) -> Path:
    """Write a sheet into a folder, filled with what its files tell, and return its path.

    Raises
    ------
    SheetError
        Where there is one already, or the folder cannot be written to.
    """
    place = Path(folder) / FILE_NAME
    if place.exists():
        raise SheetError(f"{place} is there already; edit it, or move it away to begin anew")
    if not Path(folder).is_dir():
        raise SheetError(f"{place} cannot be written: there is no such folder")
    try:
        return write_text(place, _sheet_text(Path(folder), list(outcomes)))
    except OutputError as trouble:
        raise SheetError(str(trouble)) from trouble


def _sheet_text(folder: Path, outcomes: Sequence[ReadOutcome]) -> str:
    spectra = [s for outcome in outcomes for s in outcome.spectra]
    stated = {s.geometry for s in spectra}
    geometry = stated.pop() if len(stated) == 1 else None
    thickness, across, note = '# thickness = "1.2 mm"', '# diameter = "10 mm"', ""
    if geometry is not None:
        thickness = f'thickness = "{geometry.thickness * 1e3:.6g} mm"'
        across, note = f'area = "{geometry.area * 1e4:.6g} cm2"', " As the files say."
    return "\n".join(
        [
            "# Measurement sheet: what the files do not tell. Remove the '#' before a line to use",
            "# it. This sheet wins over the files; options of the command line win over it.",
            "schema = 1",
            '# sample = "LLTO pellet 7"',
            '# material = "LLTO"          # for the comparison with the literature',
            '# model = "llto_pellet"      # `eisfit models` lists them',
            "",
            f"# Geometry, with units.{note}",
            thickness,
            f'{across}          # or: area = "0.785 cm2"',
            '# thickness_error = "0.01 mm"',
            '# diameter_error = "0.02 mm"',
            '# lead_resistance = "1.5 ohm"   # of the leads alone, where it was measured',
            '# temperature_error = "1 K"   # by how much all temperatures may be off together',
            '# along = "temperature"     # what changes from file to file; or "time", "bias",',
            '#                            # "state_of_charge", "pressure", "thickness"',
            '# short = "short.mpt"         # the fixture with its contacts shorted: taken out',
            '# open = "open.mpt"           # the fixture with its contacts open',
            '# suspects = "leave_out"      # leave out points that the tests name, with the reason',
            "",
            "# Below the name of a file may also stand, for instance:",
            '# time = "2 h"',
            '# bias = "0.1 V"              # or state_of_charge = "50 %", pressure = "50 MPa"',
            '# leave_out = "bad contact"    # the whole file, with the reason',
            '# points = [{ above = "5 MHz", reason = "resonance" }]    # or below, near, sweep',
            *(line for outcome in outcomes for line in _file_lines(folder, outcome)),
            "",
        ]
    )


def _file_lines(folder: Path, outcome: ReadOutcome) -> list[str]:
    """Return the lines about one file."""
    path, folder = Path(outcome.path).resolve(), folder.resolve()
    inside = path.is_relative_to(folder)
    name = (path.relative_to(folder) if inside else Path(path.name)).as_posix()
    if outcome.error:
        return ["", f"# {name} cannot be read: {' '.join(outcome.error.split())}"]
    known = [s.temperature for s in outcome.spectra]
    sources = sorted({s.temperature_source for s in outcome.spectra if s.temperature_source})
    texts = [f'"{k - ZERO_CELSIUS:.6g} °C"' for k in known if k is not None]
    line = '# temperature = "25 °C"          # not known: write it here'
    if len(texts) == len(known):
        value = texts[0] if len(set(texts)) == 1 else f"[{', '.join(texts)}]"
        line = f"temperature = {value}          # from the {' and '.join(sources)}"
    quoted = json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")
    return ["", f"[files.{quoted}]", line]
