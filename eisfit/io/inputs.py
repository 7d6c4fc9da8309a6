"""Raw files and the measurement sheet beside them, put together into a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eisfit.base.errors import ReadError, SpectrumError
from eisfit.base.findings import Finding
from eisfit.data.geometry import Geometry
from eisfit.data.series import UNITS, Coordinate, Series
from eisfit.data.spectrum import Spectrum
from eisfit.io.sheet import Sheet, apply_sheet, read_sheet
from eisfit.io.treatment import Treatment, treated
from eisfit.readers import ReadOutcome, read_each

_AS_MEASURED = Treatment()


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was found at the paths.

    Parameters
    ----------
    spectra : tuple of Spectrum
        With what the sheet says.
    left_out : tuple of (Spectrum, str)
        By the sheet, or as the fixture leaves nothing of them; each with its reason.
    findings : tuple of Finding
        Files that could not be read, and what the sheet and the files disagree about.
    sheet : Sheet, optional
    outcomes : tuple of ReadOutcome
        One for each file.
    """

    spectra: tuple[Spectrum, ...]
    left_out: tuple[tuple[Spectrum, str], ...]
    findings: tuple[Finding, ...]
    sheet: Sheet | None
    outcomes: tuple[ReadOutcome, ...]


def load(paths: Sequence[str], treatment: Treatment = _AS_MEASURED) -> Inputs:
    """Read all files and the sheet beside them; a bad file becomes a finding.

    The fixture and suspect points are taken out as the treatment or the sheet asks.

    Raises
    ------
    ReadError
        Where no file at all can be read.
    SheetError
        Where the sheet makes no sense.
    """
    sheet = _sheet(paths)
    treatment = treatment.with_sheet(sheet)
    outcomes = tuple(o for o in read_each(paths) if not treatment.is_of(o.path))
    unread = [o for o in outcomes if o.error]
    if len(unread) == len(outcomes) == 1:
        raise ReadError(unread[0].path, unread[0].error.removeprefix(f"{unread[0].path}: "))
    if not any(o.spectra for o in outcomes):
        reasons = "".join(f"\n  {o.error}" for o in unread)
        raise ReadError(", ".join(paths), f"no spectrum in {len(outcomes)} files{reasons}")
    return put_together(outcomes, sheet, treatment)


def put_together(
    outcomes: Sequence[ReadOutcome], sheet: Sheet | None, treatment: Treatment
) -> Inputs:
    """Return what was read with what the sheet says; a file that was not becomes a finding.

    The fixture and suspect points are taken out as the treatment asks.

    Raises
    ------
    ReadError
        Where a file of the fixture cannot be read.
    """
    spectra = [s for o in outcomes for s in o.spectra]
    findings = [
        Finding("unreadable_file", "warning", f"{o.error}; the other files are analysed")
        for o in outcomes
        if o.error
    ]
    left_out: list[tuple[Spectrum, str]] = []
    if sheet is not None:
        spectra, left_out, said = apply_sheet(sheet, spectra)
        findings += said
    spectra, lost, said = treated(spectra, treatment)
    left_out, findings = [*left_out, *lost], [*findings, *said]
    return Inputs(tuple(spectra), tuple(left_out), tuple(findings), sheet, tuple(outcomes))


def load_series(
    paths: Path | str | Sequence[Path | str], geometry: Geometry | None = None, along: str = ""
) -> Series:
    """Return the series in files or folders, with what the measurement sheet beside them says.

    Parameters
    ----------
    paths : path or sequence of paths
        Files, folders, archives or globs.
    geometry : Geometry, optional
        Of the sample; else what the sheet or the files say.
    along : str
        ``"temperature"``, ``"time"``, ``"bias"``, ``"state_of_charge"``, ``"pressure"`` or
        ``"thickness"``; empty for what the sheet says, else temperature.

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
    >>> eisfit.load_series("sample_data/llto_pellet")
    <Series: 12 spectra, temperature 253.15 to 363.15 K>
    """
    several = [paths] if isinstance(paths, str | Path) else paths
    inputs = load([str(path) for path in several])
    said = inputs.sheet.along if inputs.sheet is not None else ""
    return series_of(inputs, geometry, along or said or "temperature")


def _sheet(paths: Sequence[str]) -> Sheet | None:
    """Return the one measurement sheet in the folders of the paths."""
    folders = {p if p.is_dir() else p.parent for p in (Path(path) for path in paths)}
    sheets = [s for s in (read_sheet(f) for f in sorted(folders) if f.is_dir()) if s is not None]
    return sheets[0] if len(sheets) == 1 else None


def series_of(inputs: Inputs, geometry: Geometry | None, along: str) -> Series:
    """Return the series; the command line's geometry wins over the sheet's.

    Raises
    ------
    SpectrumError
        Where no spectrum has the coordinate.
    """
    if geometry is None and inputs.sheet is not None:
        geometry = inputs.sheet.geometry
    if not inputs.spectra:
        raise SpectrumError("the measurement sheet leaves out every file")
    known: dict[str, Coordinate] = {name: name for name in UNITS}
    if along not in known:
        names = ", ".join(known)
        raise SpectrumError(f"a series is along one of {names}, not {along!r}")
    series = Series.along(inputs.spectra, known[along], geometry)
    return replace(
        series,
        left_out=(*inputs.left_out, *series.left_out),
        findings=(*inputs.findings, *series.findings),
    )
