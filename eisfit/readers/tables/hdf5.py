"""The numbers of an HDF5 file, MATLAB's version 7.3 among them: group by group, nothing else.

Arrays of numbers are taken as they stand, a compound table field by field, MATLAB's compound of
``real`` and ``imag`` as complex numbers; an attribute ``units`` (or ``unit``) of an array as its
unit; attributes of a group that are single numbers as further values. Text, references and links to
elsewhere are skipped: no other file is opened, whatever a link says. What the arrays unpack to
is bounded, and every group is read once, so that links in a circle do no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import numpy as np

from eisfit.readers.paths import natural_key

_DENSEST, _SMALL = 8, 1 << 24  # times the file's size, over what numbers pack; bytes
_DENSEST_ARRAY = 1100  # times what is stored, over what deflate packs; else it was never written
_MOST_OBJECTS = 50_000

Named = Mapping[str, Any]


def read_groups(data: bytes) -> list[tuple[str, Named]]:
    """Return the arrays right within each group, by their names, groups in natural order.

    Raises
    ------
    ImportError
        Without h5py.
    Exception
        Of nearly any kind, where the file is damaged: h5py has no one error.
    """
    import h5py

    with h5py.File(BytesIO(data), "r") as file:
        return list(_walk(file, h5py, max(_SMALL, _DENSEST * len(data))))


def _walk(file: Any, h5py: Any, left: int) -> Iterator[tuple[str, Named]]:
    """Yield every group once, the outer ones first."""
    visited: set[object] = set()
    waiting = [file]
    while waiting:
        group = waiting.pop()
        inner = []
        arrays: dict[str, Any] = _numbers(group.attrs)
        for name in sorted(group, key=natural_key):
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue
            item = group[name]
            place = h5py.h5o.get_info(item.id).addr
            if place in visited or len(visited) > _MOST_OBJECTS:
                continue
            visited.add(place)
            if isinstance(item, h5py.Group):
                inner.append(item)
                continue
            size = _size(item) if isinstance(item, h5py.Dataset) else 0
            if not 0 < size <= left:
                continue
            left -= size
            fields = _fields(item.dtype)
            if fields and item.dtype.names != ("real", "imag"):
                table = item.fields(fields)[()]
                yield str(item.name), {**_numbers(item.attrs), **{n: table[n] for n in fields}}
            else:
                arrays[_with_unit(name, item.attrs)] = _values(item[()])
        waiting += reversed(inner)
        yield str(group.name), arrays


def _size(item: Any) -> int:
    """Return the bytes that an array unpacks to, 0 where it holds none itself."""
    if item.shape is None or item.is_virtual or item.external:
        return 0
    if item.dtype.kind not in "fiuc" and not _fields(item.dtype):
        return 0
    size = int(item.size) * int(item.dtype.itemsize)
    return size if size <= _DENSEST_ARRAY * item.id.get_storage_size() else 0


def _fields(dtype: Any) -> list[str]:
    """Return the fields of a compound type that are numbers."""
    return [name for name in dtype.names or () if dtype[name].kind in "fiuc"]


def _values(array: Any) -> Any:
    """Return an array of numbers; MATLAB's pairs as complex ones."""
    if array.dtype.names:
        return array["real"] + 1j * array["imag"]
    return np.asarray(array)


def _numbers(attributes: Any) -> dict[str, Any]:
    """Return the attributes that are single numbers."""
    numbers = {}
    for name in attributes:
        if attributes.get_id(name).shape in {(), (1,)}:
            value = np.asarray(attributes[name])
            if value.dtype.kind in "fiu":
                numbers[str(name)] = value
    return numbers


def _with_unit(name: str, attributes: Any) -> str:
    """Return a name with the unit in an attribute."""
    for key in ("units", "unit"):
        if key in attributes and attributes.get_id(key).shape == ():
            unit = attributes[key]
            text = unit.decode("utf-8", "replace") if isinstance(unit, bytes) else unit
            if isinstance(text, str) and 0 < len(text) < 20:
                return f"{name} [{text}]"
    return name
