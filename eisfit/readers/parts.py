"""One loop over the parts of a file (sweeps, tables, groups): spectra, and parts without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from eisfit.base.errors import ReadError
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.text import Source

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a text that are one part of it.

    Parameters
    ----------
    name : str
    first, end : int
        Index of its first line, and of the line after its last.
    heading : int
        Index of the line that names the columns; -1 where it is not looked for.
    closed : bool
        Whether a line says that the part ends.
    """

    name: str
    first: int
    end: int
    heading: int = -1
    closed: bool = True


def read_parts(
    source: Source, parts: Iterable[Part], read: Callable[[Source, Part], list[Spectrum]]
) -> tuple[list[Spectrum], list[tuple[Part, ReadError]]]:
    """Return the spectra of all parts of a file, and the parts without one, each with its error.

    Parameters
    ----------
    source : Source
        The file.
    parts : iterable
        Tables, sweeps, groups …, whatever `read` takes.
    read : callable
        Returns the spectra of one part. It gets a source of which only the last part can be cut
        off by the end of the file.

    Returns
    -------
    list of Spectrum
        Their sweeps are numbered through from 1.
    list of (part, ReadError)
    """
    several = list(parts)
    inner = replace(source, complete=True)
    spectra: list[Spectrum] = []
    failed: list[tuple[Part, ReadError]] = []
    for count, part in enumerate(several, 1):
        try:
            spectra += read(source if count == len(several) else inner, part)
        except ReadError as error:
            failed.append((part, error))
    numbered = [
        s if s.provenance.sweep == n else s.with_(provenance=replace(s.provenance, sweep=n))
        for n, s in enumerate(spectra, 1)
    ]
    return numbered, failed


def read_sweeps(
    source: Source,
    parts: Iterable[Part],
    read: Callable[[Source, Part], list[Spectrum]],
    *,
    code: str = "sweep_too_short",
    index: int = -1,
) -> list[Spectrum]:
    """Return the spectra of all parts of a file; findings name parts without one.

    Parameters
    ----------
    source, parts, read
        See `read_parts`; there is one part at least.
    code : str
        Of the finding for a part without a spectrum.
    index : int
        Of the spectrum that gets the findings.

    Raises
    ------
    ReadError
        That of the first part, where no part holds a spectrum.
    """
    spectra, failed = read_parts(source, parts, read)
    if not spectra:
        raise failed[0][1]
    findings = (source.finding(code, "warning", describe_error(error)) for _, error in failed)
    return add_findings(spectra, findings, index=index)


def describe_error(error: ReadError, unit: str = "line") -> str:
    """Return what an error says, with its line and without the file's name."""
    return error.message if error.line is None else f"{unit} {error.line}: {error.message}"


def add_findings(
    spectra: Sequence[Spectrum], findings: Iterable[Finding], *, index: int = -1
) -> list[Spectrum]:
    """Return spectra, one of them (the last, or that of an index) with further findings."""
    changed, more = list(spectra), tuple(findings)
    if more:
        one = changed[index]
        changed[index] = one.with_(findings=(*one.findings, *more))
    return changed
