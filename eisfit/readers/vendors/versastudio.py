"""Princeton Applied Research VersaStudio (.par): sections of text with rows in between.

::

    <Application>
    Name=VersaStudio
    Version=2.52.3.0
    </Application>
    …
    <Action1>
    Amplitude (mV RMS)=20
    End Frequency (Hz)=0.001
    Segments=1
    Name=Potentiostatic EIS
    </Action1>

    <Segment1>
    Type=2
    Definition=Segment #, Point #, E(V), I(A), … Frequency(Hz), … Z Real, Z Imag, … 0
    0,0,0,-3.282372E-06, … 100000, … 55.31571,4.575431, … 0.02
    …
    </Segment1>

An action is a technique with its settings; Action0, named Common, holds those of the whole
experiment. ``Definition`` names the columns of the rows below it and ends in a 0 that is none.
The first column counts the segments of all actions from 0, so that one section may hold several
measurements, and each action says how many are its. Rows of dc techniques have a frequency of
0. Z Imag is stored with its sign; Z2 is the impedance at the second electrometer and not read. The
electrode's area is what the user typed (1 cm² unless changed) and no geometry. UTF-8; the decimal
is a point. VersaStudio can keep the rows in binary instead; such a file cannot be read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import FEWEST_POINTS, build_spectra
from eisfit.readers.format import Format
from eisfit.readers.header import Header, header_conditions, header_entries, parse_datetime
from eisfit.readers.parts import Block, add_findings, read_sweeps
from eisfit.readers.tables.columns import Layout, choose_columns, roles_of
from eisfit.readers.tables.table import Dialect, read_rows
from eisfit.readers.tables.vocabulary import SI_PREFIX
from eisfit.readers.temperature import temperature_from_header
from eisfit.readers.text import Source, decode, find_line, open_source, parse_number

NAME = "versastudio"

_FIRST = re.compile(r"\s*<Application>\s", re.IGNORECASE)
_MARK = re.compile(r"^(?:Name=VersaStudio|Definition=Segment #,)", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"<(/?)([A-Za-z]\w*)>")
_AMPLITUDE = re.compile(r"Amplitude \(([mu]?)([VA])(?: RMS)?\)", re.IGNORECASE)
_POTENTIAL = re.compile(r"([-+\d.eE]+) ([mu]?)V")
_KNOWN_AS = {"e(v)": "<Ewe> (V)", "i(a)": "<I> (A)"}  # as eisfit.readers.tables.columns knows them
_SEGMENT = "segment #"
_IMPEDANCE = re.compile(r"EIS|Impedance", re.IGNORECASE)

Entries = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Segment:
    """Rows of one segment: how many have a frequency, and whether there is a second impedance."""

    layout: Layout
    number: int
    first: int
    end: int
    points: int
    second: bool


def recognises(head: bytes) -> bool:
    """Return whether the start of a file is VersaStudio's."""
    text = decode(head)
    return _FIRST.match(text) is not None and _MARK.search(text.replace("\r", "\n")) is not None


def read(path: Path | str) -> list[Spectrum]:
    """Return a spectrum for every impedance measurement of a .par file."""
    source = open_source(path)
    sections = list(_sections(source.lines))
    data = [section for section in sections if re.fullmatch(r"Segment\d+", section.name)]
    entries = [
        (section.name, header_entries(source.lines[section.first : section.end], "="))
        for section in sections
        if section not in data
    ]
    if not data:
        what = "no section <Segment1> with data: nothing was measured, or the file is cut off"
        raise source.error(what)
    segments = [segment for section in data for segment in _segments(source, section)]
    measured = [segment for segment in segments if segment.points]
    if not measured:
        raise source.error(_no_spectrum(entries))
    total = 1 + max(segment.number for segment in segments)
    ends_measured = segments[-1].points > 0
    spectra = read_sweeps(
        source if ends_measured else replace(source, complete=True),
        measured,
        lambda part, s: _spectra(part, s, _header(part, entries, s, total)),
    )
    return add_findings(spectra, _section_findings(source, len(segments) - len(measured), data[-1]))


def _sections(lines: Sequence[str]) -> Iterator[Block]:
    """Yield the sections of a file; a section that is not closed ends at the next."""
    name, first = "", 0
    for index, line in enumerate(lines):
        tag = _TAG.fullmatch(line.strip()) if line.lstrip().startswith("<") else None
        if tag is None:
            continue
        if name:
            yield Block(name, first, index, closed=bool(tag[1]))
        name, first = ("" if tag[1] else tag[2]), index + 1
    if name:
        yield Block(name, first, len(lines), closed=False)


def _segments(source: Source, section: Block) -> Iterator[_Segment]:
    """Yield the segments of a section; none where no column is of impedance."""
    lines = source.lines[section.first : section.end]
    place = find_line(lines, lambda line: line.startswith("Definition="))
    if place is None:
        return
    start = section.first + place
    cells = [cell.strip() for cell in lines[place].partition("=")[2].split(",")]
    if cells[-1] == "0":
        cells.pop()
    if not {"frequency", "real", "imag"} <= roles_of(cells):
        return
    names = [cell.lower() for cell in cells]
    known = [_KNOWN_AS.get(name, cell) for name, cell in zip(names, cells, strict=True)]
    layout = choose_columns(known, source.path, start + 1, in_file=cells)
    columns = [names.index(name) if name in names else -1 for name in (_SEGMENT, "z2 real")]
    frequency = layout.indexes[0]
    first, segment, points, second = start + 1, -1, 0, False
    for index, line in enumerate(lines[place + 1 :], start + 1):
        row = line.split(",")
        number, z2 = (row[c].strip() if 0 <= c < len(row) else "" for c in columns)
        if re.fullmatch(r"\d{1,6}", number) and int(number) != segment:
            if segment >= 0:
                yield _Segment(layout, segment, first, index, points, second)
                first, points, second = index, 0, False
            segment = int(number)
        if len(row) > frequency and parse_number(row[frequency]) > 0:
            points += 1
            second = second or z2 not in {"", "0"}
    yield _Segment(layout, max(segment, 0), first, section.end, points, second)


def _spectra(source: Source, segment: _Segment, header: Header) -> list[Spectrum]:
    """Return the spectra of one segment, mostly one."""
    if segment.points < FEWEST_POINTS:
        what = f"only {segment.points} points in segment {segment.number}; a spectrum needs "
        raise source.error(what + str(FEWEST_POINTS), segment.first + 1)
    body = source.lines[segment.first : segment.end]
    rows = read_rows(body, segment.first + 1, segment.layout, Dialect(","))
    return build_spectra(source, segment.layout, rows, header)


def _no_spectrum(entries: Sequence[tuple[str, Entries]]) -> str:
    names = [action["name"] for action in _actions(entries)]
    techniques = [name for name in names if name not in {"", "Common"}]
    if not techniques or any(_IMPEDANCE.search(name) for name in techniques):
        why = "not started, or the file is cut off"
        if any(section.get("dataformat") == "Binary" for _, section in entries):
            why = "kept in binary; switch 'Save New Data to Binary File' off and save it again"
        return f"no row of text with a frequency above zero: the sweep was {why}"
    shown = ", ".join(name[:40] for name in techniques[:5])
    return f"this is a VersaStudio file of {shown}; it holds no impedance spectrum"


def _actions(entries: Sequence[tuple[str, Entries]]) -> list[Entries]:
    """Return the settings of each technique, with its name."""
    return [
        {"name": "", **section} for name, section in entries if re.fullmatch(r"Action\d+", name)
    ]


def _settings(actions: Sequence[Entries], segment: int, total: int) -> Entries:
    """Return the settings of a segment; of several possible actions, those on which they agree."""
    texts = [action.get("segments", "") for action in actions]
    counts = [int(text) if re.fullmatch(r"\d{1,6}", text) else 0 for text in texts]
    if sum(counts) == total:
        ends = accumulate(counts)
        return next(a for a, end in zip(actions, ends, strict=True) if segment < end)
    possible = [action for action in actions if _IMPEDANCE.search(action["name"])] or [{}]
    return {k: v for k, v in possible[0].items() if all(a.get(k) == v for a in possible)}


def _header(
    source: Source, entries: Sequence[tuple[str, Entries]], segment: _Segment, total: int
) -> Header:
    """Return what the sections of a file say of one segment."""
    section = defaultdict[str, Entries](dict, reversed(entries))
    settings = _settings(_actions(entries), segment.number, total)
    experiment = section["Experiment"]
    findings = []
    if segment.second:
        text = "the impedance Z2 at the second electrometer is not read; Z is"
        findings.append(source.finding("second_electrometer", "info", text))
    return Header(
        NAME,
        instrument=_instrument(section["Instrument"]),
        technique=settings.get("name", ""),
        software=f"VersaStudio {section['Application'].get('version', '')}".strip(),
        measured_at=parse_datetime(
            f"{experiment.get('dateacquired', '')} {experiment.get('timeacquired', '')}",
            "%A, %B %d, %Y %I:%M:%S %p",
        ),
        conditions=_conditions(section["Action0"], settings),
        temperature=temperature_from_header([section["Action0"].get("comment", "")[:500]]),
        findings=findings,
        ends_at=parse_number(settings.get("end frequency (hz)", "")),
    )


def _conditions(shared: Entries, settings: Entries) -> dict[str, float]:
    """Return amplitude, area as entered and open circuit potential in SI units."""
    conditions = header_conditions(
        shared, {"working electrode area (cm2)": ("area_entry_m2", 1e-4)}
    )
    open_circuit = _POTENTIAL.fullmatch(shared.get("measured open circuit", ""))
    if open_circuit:
        conditions["open_circuit_V"] = parse_number(open_circuit[1]) * SI_PREFIX[open_circuit[2]]
    for key, value in settings.items():
        amplitude = _AMPLITUDE.fullmatch(key)
        if amplitude:
            factor = SI_PREFIX[amplitude[1].lower()]
            conditions[f"amplitude_{amplitude[2].upper()}"] = parse_number(value) * factor
    return conditions


def _instrument(entries: Entries) -> str:
    kind, model = entries.get("type", ""), entries.get("model", "")
    name = kind if model in kind else f"{kind}{'' if model.startswith('-') else ' '}{model}"
    serial = f" (SN {entries['sn']})" if entries.get("sn") else ""
    return f"Princeton Applied Research {name.strip()}".strip() + serial


def _section_findings(source: Source, skipped: int, last: Block) -> list[Finding]:
    """Return findings about a file as a whole."""
    findings = []
    if skipped:
        text = f"{skipped} segment{'s' if skipped > 1 else ''} without impedance skipped"
        findings.append(source.finding("part_passed_over", "info", text))
    if not last.closed and source.complete:
        text = f"the section <{last.name}> is not closed; the file was cut off"
        findings.append(source.finding("truncated", "warning", text))
    return findings


FORMAT = Format(
    NAME, "Princeton Applied Research VersaStudio (.par)", recognises, read, (".par",),
    "layout from one file of one potentiostatic sweep; several segments inferred", (b"<appl",),
)  # fmt: skip
