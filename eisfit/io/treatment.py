"""What is done to spectra between reading and analysis: the fixture, and suspect points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eisfit.base.errors import ReadError, SpectrumError
from eisfit.base.findings import Finding

if TYPE_CHECKING:
    from eisfit.data.fixture import Fixture
    from eisfit.data.spectrum import Spectrum
    from eisfit.io.sheet import Sheet

SUSPECTS = ("keep", "leave_out")


@dataclass(frozen=True, slots=True)
class Treatment:
    """What the command line asks for; empty where it leaves it to the sheet."""

    short: str = ""
    open: str = ""
    suspects: str = ""

    def with_sheet(self, sheet: Sheet | None) -> Treatment:
        """Return it with what the sheet says where the command line says nothing.

        Raises
        ------
        SpectrumError
            Where suspects are to be treated in a way that is not known.
        """
        folder = Path(sheet.path).parent if sheet is not None and sheet.path else Path()
        short = str(folder / sheet.short) if sheet is not None and sheet.short else ""
        apart = str(folder / sheet.open) if sheet is not None and sheet.open else ""
        suspects = self.suspects or (sheet.suspects if sheet is not None else "") or "keep"
        if suspects not in SUSPECTS:
            raise SpectrumError(f"--suspects is {' or '.join(SUSPECTS)}, not {suspects!r}")
        return Treatment(self.short or short, self.open or apart, suspects)

    def is_of(self, path: str) -> bool:
        """Tell whether a file is one of the fixture's."""
        own = [Path(file).resolve() for file in (self.short, self.open) if file]
        return Path(path).resolve() in own


def treated(
    spectra: Sequence[Spectrum], treatment: Treatment
) -> tuple[list[Spectrum], list[tuple[Spectrum, str]], list[Finding]]:
    """Return spectra without the fixture and without suspects, those that cannot be, and findings.

    Raises
    ------
    ReadError
        Where a file of the fixture cannot be read, or holds several sweeps.
    """
    fixture = _fixture(treatment)
    kept: list[Spectrum] = []
    lost: list[tuple[Spectrum, str]] = []
    for spectrum in spectra:
        try:
            kept.append(_treated(spectrum, fixture, treatment.suspects))
        except SpectrumError as error:
            lost.append((spectrum, str(error)))
    said = [Finding("fixture_taken_out", "info", _words(treatment))] if fixture else []
    said += [Finding("left_out", "warning", why) for _, why in lost]
    return kept, lost, said


def _treated(spectrum: Spectrum, fixture: Fixture | None, suspects: str) -> Spectrum:
    from eisfit.data.fixture import compensated
    from eisfit.quality import without_suspects

    if fixture is not None:
        spectrum = compensated(spectrum, fixture)
    return without_suspects(spectrum) if suspects == "leave_out" else spectrum


def _fixture(treatment: Treatment) -> Fixture | None:
    from eisfit.data.fixture import Fixture

    if not (treatment.short or treatment.open):
        return None
    short, apart = (_one_sweep(f) if f else None for f in (treatment.short, treatment.open))
    return Fixture(short, apart)


def _one_sweep(file: str) -> Spectrum:
    from eisfit.readers import read

    spectra = read(file)
    if len(spectra) != 1:
        raise ReadError(
            file, f"{len(spectra)} sweeps; a fixture is told by one: give a file with that one"
        )
    return spectra[0]


def _words(treatment: Treatment) -> str:
    told = [f"{key} ({Path(file).name})" for key, file in
            (("shorted", treatment.short), ("open", treatment.open)) if file]  # fmt: skip
    return f"the fixture, measured {' and '.join(told)}, was taken out of every spectrum"
