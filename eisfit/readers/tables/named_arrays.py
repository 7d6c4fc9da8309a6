"""Files of named arrays: MATLAB (.mat, version 5 and 7.3) and HDF5.

Arrays of one length whose names say what they are (``f``, ``Zre``, ``Zim``, ``Z`` where it is
complex, ``temperature`` …) make a spectrum; they stand together in one struct, group or compound
table, or at the top. Names are read like the headings of a table, and so is the sign of an
imaginary part that is positive nearly everywhere. A complex array is the impedance where its name
starts with Z or imp; of several none is. A temperature is taken from a number whose name holds its
unit (``temperature_degC``), or from the name of the group. A matrix does not say what its columns
are and is skipped. Nothing in a file is executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from eisfit.base.arrays import FloatArray
from eisfit.base.constants import ZERO_CELSIUS
from eisfit.base.findings import Finding
from eisfit.data.spectrum import Spectrum
from eisfit.readers.build import build_from_columns
from eisfit.readers.format import Format
from eisfit.readers.header import Header
from eisfit.readers.parts import add_findings, read_parts
from eisfit.readers.tables.columns import parse_heading
from eisfit.readers.tables.hdf5 import read_groups
from eisfit.readers.tables.matlab5 import read_variables
from eisfit.readers.temperature import is_plausible, title_temperature
from eisfit.readers.text import Source, open_binary

_HDF5 = b"\x89HDF\r\n\x1a\n"
_USER_BLOCK = 512  # of MATLAB 7.3 before the mark of HDF5
_MATLAB = b"MATLAB 5.0 MAT-file"
_IMPEDANCE = re.compile("z|imp", re.IGNORECASE)
_KELVIN = re.compile("_(K|C|Kelvin|Celsius)$")
_DEEPEST = 8
_MOST_GROUPS = 10_000

Named = Mapping[str, Any]


def recognises_hdf5(head: bytes) -> bool:
    """Return whether the start of a file is HDF5, MATLAB's version 7.3 among it."""
    return head.startswith(_HDF5) or head[_USER_BLOCK : _USER_BLOCK + 8] == _HDF5


def recognises_matlab(head: bytes) -> bool:
    """Return whether the start of a file is MATLAB's version 5."""
    return head.startswith(_MATLAB)


def read_hdf5(path: Path | str) -> list[Spectrum]:
    """Return the spectra of an HDF5 file."""
    source, data = open_binary(path)
    try:
        groups = read_groups(data)
    except ImportError:
        text = "an HDF5 file needs h5py: pip install 'eisfit-toolkit[files]'"
        raise source.error(text) from None
    except Exception as error:  # noqa: BLE001 - h5py raises nearly every kind of error
        text = f"the file cannot be opened ({type(error).__name__}: {error})"
        raise source.error(text) from None
    return _spectra(source, "hdf5", groups)


def read_matlab(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a .mat file."""
    source, data = open_binary(path)
    try:
        top = read_variables(data)
    except ValueError as error:
        raise source.error(f"the MATLAB file cannot be read: {error}") from None
    return _spectra(source, "matlab", list(_structs("", top, 0)))


def _structs(title: str, variables: Named, depth: int) -> Iterator[tuple[str, Named]]:
    """Yield the variables at one level, and those in each struct below."""
    yield title, variables
    for name, value in variables.items():
        rows = value if isinstance(value, list) else [value]
        for row in rows[:_MOST_GROUPS] if depth < _DEEPEST else []:
            if isinstance(row, dict):
                yield from _structs(name, row, depth + 1)


def _spectra(source: Source, name: str, groups: list[tuple[str, Named]]) -> list[Spectrum]:
    """Return the spectra of all groups of arrays; a finding names groups that fail."""
    tables = [
        (title, arrays, columns)
        for title, arrays in groups[:_MOST_GROUPS]
        if len(columns := _columns(arrays)) >= 3
    ]
    spectra, errors = read_parts(
        source,
        tables,
        lambda part, t: build_from_columns(part, t[2], _header(part, name, t[0], t[1])),
    )
    failed = [f"{title or 'top'}: {error.message}" for (title, *_), error in errors]
    if not spectra:
        names = ", ".join(dict.fromkeys(n for _, arrays in groups for n in arrays))
        why = failed[0] if failed else f"among the arrays {names[:200] or 'none'}"
        what = f"no frequency with an impedance ({why}); name arrays such as f, Zre and Zim"
        raise source.error(what)
    if not failed:
        return spectra
    text = f"{len(failed)} groups of arrays are no spectra, such as {failed[0]}"
    finding = source.finding("group_without_spectrum", "warning", text)
    return add_findings(spectra, [finding], index=0)


def _header(source: Source, name: str, title: str, arrays: Named) -> Header:
    """Return the header of a group: a temperature among its numbers, or in its name."""
    findings: list[Finding] = []
    kelvin = _temperature(arrays)
    if kelvin is None:
        kelvin, findings = title_temperature(source, "group", title.rsplit("/", 1)[-1])
    technique = title.strip("/")
    return Header(name, technique=technique, temperature=kelvin, findings=findings, guess_sign=True)


def _columns(arrays: Named) -> dict[str, FloatArray]:
    """Return the arrays that make a spectrum, under headings with their units."""
    flat = {name: np.ravel(value) for name, value in arrays.items()
            if isinstance(value, np.ndarray) and value.dtype.kind in "fiuc"
            and value.size == max(np.shape(value), default=0)}  # fmt: skip
    roles = {name: parse_heading(name) for name in flat}
    lengths = [len(flat[n]) for n, c in roles.items() if c and c.role in {"frequency", "omega"}]
    if len(lengths) != 1:
        return {}
    alike = {name: value for name, value in flat.items() if len(value) == lengths[0]}
    out = {
        name: value.astype(float)
        for name, value in alike.items()
        if value.dtype.kind != "c" and roles[name] is not None
    }
    impedances = [n for n, v in alike.items() if v.dtype.kind == "c" and _IMPEDANCE.match(n)]
    if len(impedances) == 1:
        (name,) = impedances
        column, value = roles[name], alike[name]
        unit = f" [{column.unit}]" if column and column.unit else ""
        out |= {f"Z'{unit}": value.real.astype(float), f"Z''{unit}": value.imag.astype(float)}
    return out


def _temperature(arrays: Named) -> float | None:
    """Return the temperature in K of a single number with a unit in its name."""
    for name, value in arrays.items():
        column = parse_heading(_KELVIN.sub(" [\\g<1>]", name))
        if column is None or column.role != "temperature" or np.size(value) != 1:
            continue
        if not column.unit or np.asarray(value).dtype.kind not in "fiu":
            continue
        number = float(np.ravel(value)[0])
        kelvin = number if column.unit.upper().startswith("K") else number + ZERO_CELSIUS
        if is_plausible(kelvin):
            return kelvin
    return None


HDF5 = Format(
    "hdf5", "HDF5 and MATLAB 7.3 (.h5, .mat)", recognises_hdf5, read_hdf5, (".h5", ".hdf5", ".mat"),
    marks=(_HDF5.lower(),), near=_USER_BLOCK + 8,
)  # fmt: skip
MATLAB = Format(
    "matlab", "MATLAB 5 (.mat)", recognises_matlab, read_matlab, (".mat",),
    marks=(_MATLAB.lower(),), near=len(_MATLAB),
)  # fmt: skip
