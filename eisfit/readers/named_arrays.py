"""Files of named arrays: MATLAB (.mat, version 5 and 7.3) and HDF5.

Arrays of one length whose names say what they are (``f``, ``Zre``, ``Zim``, ``Z`` where it is
complex, ``temperature`` …) make a spectrum; they stand together in one struct, group or compound
table, or at the top. Names are read like the headings of a table. Nothing in a file is executed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from eisfit.arrays import FloatArray
from eisfit.errors import ReadError
from eisfit.readers.build import Header, numbered
from eisfit.readers.columns import parse_heading
from eisfit.readers.format import Format
from eisfit.readers.matlab5 import variables
from eisfit.readers.points import binary_source, build_points
from eisfit.readers.text import Source, load
from eisfit.spectrum import Provenance, Spectrum

_HDF5 = b"\x89HDF\r\n\x1a\n"
_USER_BLOCK = 512  # of MATLAB 7.3 before the mark of HDF5
_MATLAB = b"MATLAB 5.0 MAT-file"
_DEEPEST = 8
_MOST_GROUPS = 10_000

Named = Mapping[str, Any]


def recognises_hdf5(head: bytes) -> bool:
    """Tell whether the start of a file is HDF5, MATLAB's version 7.3 among it."""
    return head.startswith(_HDF5) or head[_USER_BLOCK : _USER_BLOCK + 8] == _HDF5


def recognises_matlab(head: bytes) -> bool:
    """Tell whether the start of a file is MATLAB's version 5."""
    return head.startswith(_MATLAB)


def read_hdf5(path: Path | str) -> list[Spectrum]:
    """Return the spectra of an HDF5 file."""
    try:
        import h5py
    except ImportError:
        text = "an HDF5 file needs h5py: pip install 'eisfit-toolkit[files]'"
        raise ReadError(path, text) from None
    data = load(path)
    try:
        with h5py.File(BytesIO(data), "r") as file:
            groups = list(_hdf5_groups(file, h5py, 4 * len(data) + (1 << 22)))
    except Exception as trouble:  # noqa: BLE001 - h5py raises nearly every kind of error
        text = f"the file cannot be opened ({type(trouble).__name__}: {trouble})"
        raise ReadError(path, text) from None
    return _spectra(binary_source(path, data), "hdf5", groups)


def read_matlab(path: Path | str) -> list[Spectrum]:
    """Return the spectra of a .mat file."""
    data = load(path)
    try:
        own = variables(data)
    except ValueError as trouble:
        raise ReadError(path, f"the MATLAB file cannot be read: {trouble}") from None
    return _spectra(binary_source(path, data), "matlab", list(_structs("", own, 0)))


def _hdf5_groups(group: Any, h5py: Any, room: int, depth: int = 0) -> Iterator[tuple[str, Named]]:
    """Yield every group with the arrays right within it, read up to `room` bytes each."""
    arrays: dict[str, Any] = {}
    for name in group:
        item = group.get(name)
        if isinstance(item, h5py.Group) and depth < _DEEPEST:
            yield from _hdf5_groups(item, h5py, room, depth + 1)
        elif isinstance(item, h5py.Dataset) and 0 < item.size * item.dtype.itemsize <= room:
            if item.dtype.names and item.ndim == 1:
                table = item[()]
                yield str(item.name), {field: table[field] for field in item.dtype.names}
            elif item.dtype.kind in "fiu" or item.dtype.kind == "c":
                arrays[name] = item[()]
    if arrays:
        yield str(group.name), arrays


def _structs(title: str, own: Named, depth: int) -> Iterator[tuple[str, Named]]:
    """Yield the variables at one level, and those in each struct below."""
    yield title, own
    for name, value in own.items():
        rows = value if isinstance(value, list) else [value]
        for row in rows[:_MOST_GROUPS] if depth < _DEEPEST else []:
            if isinstance(row, dict):
                yield from _structs(name, row, depth + 1)


def _spectra(source: Source, name: str, groups: list[tuple[str, Named]]) -> list[Spectrum]:
    found: list[list[Spectrum]] = []
    failed: list[str] = []
    for title, arrays in groups[:_MOST_GROUPS]:
        columns = _columns(arrays)
        if len(columns) < 3:
            continue
        kelvin = _temperature(arrays)
        header = Header(Provenance(format=name, technique=title.strip("/")), temperature=kelvin)
        try:
            found.append(build_points(source, columns, header))
        except ReadError as trouble:
            failed.append(f"{title or 'top'}: {str(trouble).removeprefix(f'{source.path}: ')}")
    if found:
        return numbered(found)
    names = ", ".join(dict.fromkeys(n for _, arrays in groups for n in arrays))
    why = failed[0] if failed else f"among the arrays {names[:200] or 'none'}"
    what = f"no frequency with an impedance ({why}); name arrays such as f, Zre and Zim"
    raise ReadError(source.path, what)


def _columns(arrays: Named) -> dict[str, FloatArray]:
    """Return the arrays that make a spectrum, under headings that tell what they are."""
    flat = {name: np.ravel(value) for name, value in arrays.items()
            if isinstance(value, np.ndarray) and value.dtype.kind in "fiuc"
            and value.size == max(np.shape(value), default=0)}  # fmt: skip
    roles = {name: parse_heading(name) for name in flat}
    lengths = [len(flat[n]) for n, c in roles.items() if c and c.role in {"frequency", "omega"}]
    if len(lengths) != 1:
        return {}
    out: dict[str, FloatArray] = {}
    for name, value in flat.items():
        if len(value) != lengths[0]:
            continue
        if value.dtype.kind == "c":
            out |= {"Z'/ohm": value.real, "Z''/ohm": value.imag}
        elif roles[name] is not None:
            out[name] = value.astype(float)
    return out


def _temperature(arrays: Named) -> float | None:
    """Return the temperature in K that a single number with a unit in its name tells."""
    for name, value in arrays.items():
        column = parse_heading(name)
        if column is None or column.role != "temperature" or np.size(value) != 1:
            continue
        if not column.unit or np.asarray(value).dtype.kind not in "fiu":
            continue
        number = float(np.ravel(value)[0])
        kelvin = number if column.unit.upper().startswith("K") else number + 273.15
        if 0 < kelvin < 2000:
            return kelvin
    return None


HDF5 = Format("hdf5", "HDF5 and MATLAB 7.3 (.h5, .mat)", recognises_hdf5, read_hdf5,
              (".h5", ".hdf5", ".mat"))  # fmt: skip
MATLAB = Format("matlab", "MATLAB 5 (.mat)", recognises_matlab, read_matlab, (".mat",))
