"""Raw files and the measurement sheet beside them, combined into spectra and into a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eisfit.base.errors import ReadError, SheetError, SpectrumError, did_you_mean
from eisfit.base.findings import Finding
from eisfit.data.fixture import Fixture, remove_fixture
from eisfit.data.geometry import Geometry
from eisfit.data.series import COORDINATES, Coordinate, Series
from eisfit.data.settings import AnalysisSettings
from eisfit.data.spectrum import Spectrum
from eisfit.io.sheet import FILE_NAME, FileEntry, Sheet, read_sheet
from eisfit.quality import without_suspects
from eisfit.readers import ReadOutcome, read, read_each

_NO_OPTIONS = AnalysisSettings()


@dataclass(frozen=True, slots=True)
class Inputs:
    """The spectra of some files, with what the measurement sheet states about them.

    Parameters
    ----------
    spectra : tuple of Spectrum
    left_out : tuple of (Spectrum, str)
        By the sheet, or because nothing is left without the fixture; each with its reason.
    findings : tuple of Finding
        Files that could not be read, and where the sheet and the files disagree.
    settings : AnalysisSettings
        Of the options and, where they state nothing, of the sheet.
    """

    spectra: tuple[Spectrum, ...]
    left_out: tuple[tuple[Spectrum, str], ...]
    findings: tuple[Finding, ...]
    settings: AnalysisSettings


def load_series(
    paths: Path | str | Sequence[Path | str],
    geometry: Geometry | None = None,
    along: str | None = None,
    *,
    settings: AnalysisSettings = _NO_OPTIONS,
) -> Series:
    """Return the series in files or folders, with what the measurement sheet beside them states.

    The sheet's model, material, lead resistance and temperature error are in `Series.settings`:
    ``analyze_series(load_series("pellet/"))`` gives the numbers of ``eisfit series pellet/``.

    Parameters
    ----------
    paths : path or sequence of paths
        Files, folders, archives or globs.
    geometry : Geometry, optional
        Of the sample; else what the sheet or the files state.
    along : str, optional
        ``"temperature"``, ``"time"``, ``"bias"``, ``"state_of_charge"``, ``"pressure"`` or
        ``"thickness"``; else what the sheet states, else temperature.
    settings : AnalysisSettings
        Further statements that win over the sheet.

    Raises
    ------
    ReadError
        Where no file can be read.
    SheetError
        Where the sheet makes no sense.
    SpectrumError
        Where no spectrum has the coordinate.

    Examples
    --------
    >>> import eisfit
    >>> series = eisfit.load_series("sample_data/llto_pellet")
    >>> series
    <Series: 12 spectra, temperature 253.15 to 363.15 K>
    >>> series.settings.model
    'llto_pellet'
    """
    several = [paths] if isinstance(paths, str | Path) else paths
    options = AnalysisSettings(geometry=geometry, along=along or None).over(settings)
    return build_series(read_inputs([str(path) for path in several], options))


def read_inputs(paths: Sequence[str], options: AnalysisSettings = _NO_OPTIONS) -> Inputs:
    """Return the spectra of all files and what the sheet states; a bad file becomes a finding.

    Raises
    ------
    ReadError
        Where no file at all can be read.
    SheetError
        Where the sheet makes no sense.
    """
    sheet = find_sheet(paths)
    settings = options.over(sheet.settings)
    outcomes = [o for o in read_each(paths) if not is_fixture_file(o.path, settings)]
    if not any(o.spectra for o in outcomes):
        if len(outcomes) == 1 and outcomes[0].error is not None:
            raise outcomes[0].error
        reasons = "".join(f"\n  {o.error}" for o in outcomes if o.error)
        raise ReadError(", ".join(paths), f"no spectrum in {len(outcomes)} files{reasons}")
    return build_inputs(outcomes, sheet, settings)


def find_sheet(paths: Sequence[str]) -> Sheet:
    """Return the measurement sheet in the folders of the paths; an empty one unless there is one.

    Raises
    ------
    SheetError
        Where a sheet makes no sense.
    """
    folders = {p if p.is_dir() else p.parent for p in (Path(path) for path in paths)}
    sheets = [s for s in (read_sheet(f) for f in sorted(folders) if f.is_dir()) if s is not None]
    return sheets[0] if len(sheets) == 1 else Sheet()


def is_fixture_file(path: str, settings: AnalysisSettings) -> bool:
    """Tell whether a file is a measurement of the fixture."""
    fixture = [Path(file).resolve() for file in (settings.short, settings.open) if file]
    return Path(path).resolve() in fixture


def build_inputs(
    outcomes: Sequence[ReadOutcome], sheet: Sheet, settings: AnalysisSettings
) -> Inputs:
    """Return the spectra that were read with what the sheet and the settings state.

    A file that could not be read becomes a finding. The fixture is removed, and suspect points are
    left out, as the settings state.

    Raises
    ------
    ReadError
        Where a file of the fixture cannot be read.
    SheetError
        Where the sheet lists fewer values than there are sweeps.
    """
    findings = [
        Finding(
            "unreadable_file",
            "warning",
            f"{o.error}; the other files are analysed",
        )
        for o in outcomes
        if o.error
    ]
    spectra = [s for o in outcomes for s in o.spectra]
    if settings.geometry is not None:
        spectra = [s.with_(geometry=settings.geometry) for s in spectra]
    spectra, left_out, more = apply_sheet(sheet, spectra)
    findings += more
    fixture = _read_fixture(settings)
    if fixture is not None:
        findings.append(_fixture_removed(settings))
    kept: list[Spectrum] = []
    for spectrum in spectra:
        try:
            corrected = spectrum if fixture is None else remove_fixture(spectrum, fixture)
        except SpectrumError as error:
            left_out.append((spectrum, str(error)))
            findings.append(Finding("left_out", "warning", str(error)))
            continue
        kept.append(without_suspects(corrected) if settings.suspects == "leave_out" else corrected)
    return Inputs(tuple(kept), tuple(left_out), tuple(findings), settings)


def _read_fixture(settings: AnalysisSettings) -> Fixture | None:
    if not (settings.short or settings.open):
        return None
    return Fixture(*(_one_sweep(f) if f else None for f in (settings.short, settings.open)))


def _one_sweep(file: str) -> Spectrum:
    spectra = read(file)
    if len(spectra) != 1:
        text = f"{len(spectra)} sweeps in a file of the fixture; give a file with one sweep"
        raise ReadError(file, text)
    return spectra[0]


def _fixture_removed(settings: AnalysisSettings) -> Finding:
    files = {"shorted": settings.short, "open": settings.open}
    measured = " and ".join(f"{state} ({Path(f).name})" for state, f in files.items() if f)
    text = f"the fixture, measured {measured}, was subtracted from every spectrum"
    return Finding("fixture_taken_out", "info", text, affects_result=True)


def build_series(inputs: Inputs) -> Series:
    """Return the series of the inputs, along the coordinate and with the geometry of the settings.

    Raises
    ------
    SpectrumError
        Where no spectrum has the coordinate.
    """
    if not inputs.spectra:
        raise SpectrumError("the measurement sheet leaves out every file")
    along = inputs.settings.along or "temperature"
    known: dict[str, Coordinate] = {name: name for name in COORDINATES}
    if along not in known:
        near = did_you_mean(along, known)
        raise SpectrumError(f"a series is along one of {', '.join(known)}, not {along!r}{near}")
    series = Series.along(inputs.spectra, known[along], inputs.settings.geometry)
    return replace(
        series,
        left_out=(*inputs.left_out, *series.left_out),
        findings=(*inputs.findings, *series.findings),
        settings=inputs.settings,
    )


def apply_sheet(
    sheet: Sheet, spectra: Sequence[Spectrum]
) -> tuple[list[Spectrum], list[tuple[Spectrum, str]], list[Finding]]:
    """Return spectra with what the sheet states about their files, those left out, and findings.

    The temperature's source becomes ``"sheet"``; other coordinates are in the provenance's
    conditions, as ``bias_V``. Raw numbers stay: points are masked with their reason.
    """
    kept: list[Spectrum] = []
    left_out: list[tuple[Spectrum, str]] = []
    findings = _missing_files(sheet, spectra)
    for spectrum in spectra:
        entry = _entry_for(sheet, spectrum)
        if entry is None:
            kept.append(spectrum)
            continue
        spectrum, overruled = _with_conditions(spectrum, entry)
        spectrum, reason, unused = _without_points(spectrum, entry)
        findings += [*overruled, *unused]
        if reason:
            left_out.append((spectrum, reason))
        else:
            kept.append(spectrum)
    return kept, left_out, findings


def _entry_for(sheet: Sheet, spectrum: Spectrum) -> FileEntry | None:
    """Return the sheet's entry for a spectrum's file, by name or by the end of its path."""
    parts = spectrum.provenance.file.replace("\\", "/").split("/")
    tails = ("/".join(parts[i:]) for i in range(len(parts)))
    return next((sheet.files[tail] for tail in tails if tail in sheet.files), None)


def _missing_files(sheet: Sheet, spectra: Sequence[Spectrum]) -> list[Finding]:
    """Return a finding for every file that the sheet names and that does not exist."""
    files = [s.provenance.file.replace("\\", "/") for s in spectra]
    names = [name for name in sheet.files if not any(f"/{f}".endswith(f"/{name}") for f in files)]
    folder = Path(sheet.path).parent if sheet.path else None
    known = [f.rsplit("/", 1)[-1] for f in files]
    return [
        Finding(
            "file_in_sheet_missing",
            "warning",
            f"{sheet.path or FILE_NAME} names {name!r}, but there is no such "
            f"file{did_you_mean(name, known)}",
        )
        for name in names
        if folder is None or not (folder / name).exists()
    ]


def _with_conditions(spectrum: Spectrum, entry: FileEntry) -> tuple[Spectrum, list[Finding]]:
    """Return a spectrum with the temperature and the other conditions of the sheet."""
    source = spectrum.provenance
    conditions = dict(source.conditions)
    for name, values in entry.conditions.items():
        if (value := _value_of_sweep(values, spectrum, name)) is not None:
            conditions[name] = value
    spectrum = spectrum.with_(provenance=replace(source, conditions=conditions))
    kelvin = _value_of_sweep(entry.temperature, spectrum, "temperature")
    if kelvin is None:
        return spectrum, []
    findings = []
    before, origin = spectrum.temperature, spectrum.temperature_source
    if before is not None and origin == "header" and abs(before - kelvin) > 2:
        text = (
            f"{spectrum.label}: the sheet states {kelvin:.5g} K, the file {before:.5g} K; the "
            "temperature of the sheet is used"
        )
        findings.append(Finding("temperature_overruled", "info", text))
    remaining = tuple(f for f in spectrum.findings if f.in_doubt != "temperature")
    changed = spectrum.with_(temperature=kelvin, temperature_source="sheet", findings=remaining)
    return changed, findings


def _value_of_sweep(values: tuple[float, ...], spectrum: Spectrum, key: str) -> float | None:
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


def _without_points(spectrum: Spectrum, entry: FileEntry) -> tuple[Spectrum, str, list[Finding]]:
    """Return a spectrum without some points, the reason if all are left out, and findings."""
    if entry.leave_out:
        return spectrum, entry.leave_out, []
    findings = []
    for rule in entry.points:
        if rule.sweep not in {0, spectrum.provenance.sweep}:
            continue
        points = rule.points(spectrum.frequency)
        if not points.any():
            text = (
                f"{spectrum.label}: the sheet's rule for {rule.reason!r} does not apply to any "
                "point"
            )
            findings.append(Finding("rule_without_points", "info", text))
            continue
        if np.all(points | spectrum.mask):
            return spectrum, rule.reason, findings
        spectrum = spectrum.masked(points, rule.reason)
    return spectrum, "", findings
