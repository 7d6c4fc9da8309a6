"""Spectra to files that other programs read: csv, json, Parquet, ZView's .z.

Numbers are written with all their digits, so that reading a file back gives the same spectra.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from eisfit.base.errors import OutputError, did_you_mean
from eisfit.data.spectrum import Spectrum
from eisfit.io.atomic import write_bytes

_HEADING = ("file", "sweep", "temperature / K", "frequency / Hz", "Re(Z) / Ohm", "Im(Z) / Ohm",
            "left out")  # fmt: skip


def convert(spectra: Sequence[Spectrum], path: Path) -> list[Path]:
    """Write spectra to `path`, the format by its ending, and return the files that were written.

    Parameters
    ----------
    spectra : sequence of Spectrum
        One at least.
    path : Path
        ``.csv`` (one long table), ``.json``, ``.parquet`` (one row a spectrum), or
        ``.z`` (ZView; several spectra become several numbered files).

    Raises
    ------
    OutputError
        Where the ending is not known, or the place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from eisfit import read, simulate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = simulate("R0-p(R1,C1)", {"R0": 5, "R1": 100, "C1": 1e-6})
    ...     (path,) = convert([made], Path(folder) / "cell.csv")
    ...     back = read(path)[0]
    >>> bool((back.impedance == made.impedance).all())
    True
    """
    ending = path.suffix.lower()
    if ending == ".z":
        return _numbered(spectra, path)
    write = _WRITERS.get(ending)
    if write is None:
        known = (*_WRITERS, ".z")
        near = did_you_mean(ending, known)
        raise OutputError(f"{path}: no format for {ending!r}{near} ({', '.join(known)})")
    return [write_bytes(path, write(spectra))]


def _numbered(spectra: Sequence[Spectrum], path: Path) -> list[Path]:
    """Write one .z a spectrum; several are numbered."""
    if len(spectra) == 1:
        return [write_bytes(path, z_bytes(spectra[0]))]
    digits = len(str(len(spectra)))
    return [
        write_bytes(path.with_stem(f"{path.stem}_{i:0{digits}d}"), z_bytes(spectrum))
        for i, spectrum in enumerate(spectra, 1)
    ]


def csv_bytes(spectra: Sequence[Spectrum]) -> bytes:
    """Return one long table; sweep and temperature tell the spectra apart."""
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_HEADING)
    for number, spectrum in enumerate(spectra, 1):
        T = "" if spectrum.temperature is None else repr(spectrum.temperature)
        name = _text(spectrum.provenance.file)
        for f, z, reason in zip(
            spectrum.frequency, spectrum.impedance, spectrum.reasons, strict=True
        ):
            rows.writerow([name, number, T, repr(float(f)), repr(float(z.real)),
                           repr(float(z.imag)), _text(reason)])  # fmt: skip
    return out.getvalue().encode()


def json_bytes(spectra: Sequence[Spectrum]) -> bytes:
    """Return a list of spectra with their provenance; no NaN: null."""
    objects = [_as_object(spectrum) for spectrum in spectra]
    text = json.dumps({"eisfit": "spectra", "schema_version": 1, "spectra": objects}, indent=1,
                      ensure_ascii=False, allow_nan=False)  # fmt: skip
    return (text + "\n").encode()


def parquet_bytes(spectra: Sequence[Spectrum]) -> bytes:
    """Return a table with one row a spectrum: id, lists of numbers, temperature, provenance."""
    table = pa.table({
        "id": pa.array([_identity(s) for s in spectra], pa.string()),
        "frequency": pa.array([s.frequency for s in spectra], pa.list_(pa.float64())),
        "z_real": pa.array([s.impedance.real for s in spectra], pa.list_(pa.float64())),
        "z_imag": pa.array([s.impedance.imag for s in spectra], pa.list_(pa.float64())),
        "temperature_K": pa.array([s.temperature for s in spectra], pa.float64()),
        "left_out": pa.array([list(s.reasons) for s in spectra], pa.list_(pa.string())),
        "file": pa.array([s.provenance.file for s in spectra], pa.string()),
        "sweep": pa.array([s.provenance.sweep for s in spectra], pa.int64()),
        "format": pa.array([s.provenance.format for s in spectra], pa.string()),
        "sha256": pa.array([s.provenance.sha256 for s in spectra], pa.string()),
    })  # fmt: skip
    out = BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def z_bytes(spectrum: Spectrum) -> bytes:
    """Return the file that ZPlot writes and ZView reads; points that are left out are not in it."""
    use = ~spectrum.mask
    source = spectrum.provenance
    bias = source.conditions.get("dc_potential_V", 0.0)
    amplitude = source.conditions.get("amplitude_V", 0.0)
    head = [
        "ZPLOT2 ASCII",
        "ZPLOT Version: eisfit",
        "Experiment Type: Sweep Frequency, Control Voltage",
        f"File: {_text(source.file)}",
        *([f"Temperature: {spectrum.temperature:.6g} K"] if spectrum.temperature else []),
        "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange",
        "End Comments",
    ]
    rows = [
        f"{f!r}\t{amplitude:.6g}\t{bias:.6g}\t{i}\t{z.real!r}\t{z.imag!r}\t0\t0\t0"
        for i, (f, z) in enumerate(
            zip(spectrum.frequency[use].tolist(), spectrum.impedance[use].tolist(), strict=True), 1
        )
    ]
    return "\r\n".join([*head, *rows, ""]).encode()


_WRITERS: Mapping[str, Callable[[Sequence[Spectrum]], bytes]] = MappingProxyType(
    {".csv": csv_bytes, ".json": json_bytes, ".parquet": parquet_bytes}
)


def _identity(spectrum: Spectrum) -> str:
    return f"{spectrum.provenance.file}#{spectrum.provenance.sweep}"


def _text(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def _as_object(spectrum: Spectrum) -> dict[str, object]:
    source, geometry = spectrum.provenance, spectrum.geometry
    conditions = {k: float(v) for k, v in source.conditions.items() if np.isfinite(v)}
    return {
        "file": source.file,
        "format": source.format,
        "sweep": source.sweep,
        "sha256": source.sha256,
        "instrument": source.instrument,
        "technique": source.technique,
        "software": source.software,
        "columns": list(source.columns),
        "sign_convention": source.sign_convention,
        "measured_at": source.measured_at.isoformat() if source.measured_at else None,
        "conditions": conditions,
        "temperature_K": spectrum.temperature,
        "temperature_source": spectrum.temperature_source,
        "geometry": None if geometry is None else {
            "thickness_m": geometry.thickness, "area_m2": geometry.area,
        },
        "frequency_Hz": [float(f) if np.isfinite(f) else None for f in spectrum.frequency],
        "z_real_ohm": [float(z) if np.isfinite(z) else None for z in spectrum.impedance.real],
        "z_imag_ohm": [float(z) if np.isfinite(z) else None for z in spectrum.impedance.imag],
        "left_out": list(spectrum.reasons),
        "findings": [finding.to_dict() for finding in spectrum.findings],
    }  # fmt: skip
