"""The variables of a MATLAB file, version 5: numbers and structs of numbers, nothing else.

`scipy.io.loadmat` ends the whole process on some damaged files; this reader checks every length
against the bytes that are there. Layout: a header of 128 bytes (the last two tell the byte order),
then elements ``type u4, length u4, data`` padded to 8 bytes, or in 8 bytes where the data are 4 or
fewer. Type 14 is an array: flags, dimensions, name, then its numbers, or for a struct the names of
its fields and an array for each. Type 15 is an element compressed by zlib.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8",
          13: "u8"}  # fmt: skip
_MATRIX, _COMPRESSED = 14, 15
_STRUCT, _NUMBERS = 2, range(6, 16)
_COMPLEX = 0x0800
_HEADER = 128
_DEEPEST = 8
_MOST_FIELDS = 100_000
_DENSEST, _SMALL = 1100, 1 << 20  # what zlib packs at most

Variables = dict[str, Any]


def read_variables(data: bytes) -> Variables:
    """Return arrays of numbers by name; structs as dicts, or lists of dicts.

    Raises
    ------
    ValueError
        Where the file is cut off or damaged.
    """
    order = {b"IM": "<", b"MI": ">"}.get(data[126:128])
    if order is None:
        raise ValueError("its header does not state the byte order")
    out: Variables = {}
    for kind, content in _unpacked(data[_HEADER:], order):
        if kind == _MATRIX:
            name, value = _array(content, order, 0)
            if name and value is not None:
                out[name] = value
    return out


def _unpacked(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield type and data of each element, packed ones unpacked."""
    for kind, content in _elements(data, order):
        if kind != _COMPRESSED:
            yield kind, content
            continue
        unpacker = zlib.decompressobj()
        try:
            plain = unpacker.decompress(content, max(_SMALL, _DENSEST * len(content)))
        except zlib.error as error:
            raise ValueError(f"a packed variable is damaged ({error})") from None
        if not unpacker.eof:
            raise ValueError("a packed variable is cut off, or far too large")
        yield from _elements(plain, order)


def _elements(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield type and data of each element."""
    place = 0
    while place + 8 <= len(data):
        (word,) = struct.unpack_from(f"{order}I", data, place)
        if word >> 16:  # four bytes or fewer, within the tag
            kind, length, start = word & 0xFFFF, word >> 16, place + 4
            if length > 4:
                raise ValueError("a small element is longer than four bytes")
            following = place + 8
        else:
            kind, (length,) = word, struct.unpack_from(f"{order}I", data, place + 4)
            start = place + 8
            following = start + length + (0 if kind == _COMPRESSED else -length % 8)
        if start + length > len(data):
            raise ValueError("it is cut off within a variable")
        yield kind, data[start : start + length]
        place = following


def _array(data: bytes, order: str, depth: int) -> tuple[str, Any]:
    """Return name and value of an array; None for what holds no numbers."""
    parts = list(_elements(data, order))
    if len(parts) < 3 or len(parts[0][1]) < 8 or depth > _DEEPEST:
        return "", None
    (flags,) = struct.unpack_from(f"{order}I", parts[0][1], 0)
    shape = _numbers(*parts[1], order).astype(np.int64)
    name = parts[2][1].decode("latin-1")
    size = int(np.prod(shape.clip(0).astype(float))) if len(shape) else 0
    kind = flags & 0xFF
    if kind in _NUMBERS and len(parts) > 3:
        real = _numbers(*parts[3], order)
        if flags & _COMPLEX and len(parts) > 4:
            imag = _numbers(*parts[4], order)
            if len(imag) != len(real):
                raise ValueError(f"real and imaginary part of {name!r} differ in length")
            real = real.astype(float) + 1j * imag.astype(float)
        if len(real) != size:
            raise ValueError(f"{name!r} has {len(real)} numbers, its shape asks for {size}")
        return name, real.reshape(shape, order="F").squeeze()
    if kind == _STRUCT and len(parts) > 4:
        return name, _struct(parts[3:], size, order, depth)
    return name, None


def _struct(parts: list[tuple[int, bytes]], size: int, order: str, depth: int) -> Any:
    """Return a struct as a dict, or an array of them as a list."""
    width = int(_numbers(*parts[0], order)[:1].sum())
    raw = parts[1][1]
    if not 0 < width <= 1024 or len(raw) % width:
        raise ValueError("the names of a struct's fields are damaged")
    names = [
        raw[i : i + width].split(b"\0", 1)[0].decode("latin-1") for i in range(0, len(raw), width)
    ]
    if size * len(names) != len(parts) - 2 or len(parts) > _MOST_FIELDS:
        raise ValueError("a struct has not as many values as its fields ask for")
    rows = []
    for first in range(2, len(parts), len(names)):
        fields = zip(names, parts[first : first + len(names)], strict=True)
        values = {n: _array(content, order, depth + 1)[1] for n, (_, content) in fields}
        rows.append({n: v for n, v in values.items() if v is not None})
    return rows[0] if len(rows) == 1 else rows


def _numbers(kind: int, data: bytes, order: str) -> np.ndarray[Any, Any]:
    """Return the numbers of an element."""
    name = _TYPES.get(kind)
    if name is None:
        raise ValueError(f"numbers of type {kind} are not known")
    dtype = np.dtype(order + name)
    return np.frombuffer(data[: len(data) // dtype.itemsize * dtype.itemsize], dtype)
