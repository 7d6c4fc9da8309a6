"""Spectra as text files: plain csv, EC-Lab text (.mpt), Gamry (.DTA)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from eisfit.base.errors import OutputError, did_you_mean
from eisfit.data.spectrum import Spectrum
from eisfit.io.atomic import write_text


def csv_text(spectrum: Spectrum) -> str:
    """Return a table of frequency, Z' and Z'' with a heading, one point a line."""
    lines = ["frequency / Hz,Re(Z) / Ohm,Im(Z) / Ohm"]
    lines += [
        f"{f:.7g},{z.real:.7g},{z.imag:.7g}"
        for f, z in zip(spectrum.frequency, spectrum.impedance, strict=True)
    ]
    return "\n".join(lines) + "\n"


def mpt_text(spectrum: Spectrum) -> str:
    """Return the file that EC-Lab writes as text for a PEIS sweep; see `readers.eclab`."""
    start = spectrum.provenance.measured_at
    stamp = f"{start:%m/%d/%Y %H:%M:%S}" if start is not None else ""
    columns = ["freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "|Z|/Ohm", "Phase(Z)/deg", "cycle number"]
    header = [
        "EC-Lab ASCII FILE",
        "Nb header lines : 12",
        "",
        "Potentio Electrochemical Impedance Spectroscopy",
        "",
        f"Acquisition started on : {stamp}",
        f"Device : {spectrum.provenance.instrument or 'simulated'}",
        "EC-Lab for windows v11.50 (software)",
        f"Comments : {spectrum.provenance.technique}",
        "Electrode surface area : 0.001 cm²",
        "",
        "\t".join(columns),
    ]
    lines = [
        f"{f:.7E}\t{z.real:.7E}\t{-z.imag:.7E}\t{abs(z):.7E}\t{np.degrees(np.angle(z)):.7E}\t1"
        for f, z in zip(spectrum.frequency, spectrum.impedance, strict=True)
    ]
    return "\r\n".join([*header, *lines]) + "\r\n"


def dta_text(spectrum: Spectrum) -> str:
    """Return the file that Gamry Framework writes for an EISPOT sweep; see `readers.gamry`."""
    start = spectrum.provenance.measured_at
    date, time = (f"{start:%m/%d/%Y}", f"{start:%H:%M:%S}") if start is not None else ("", "")
    f = spectrum.frequency
    header = [
        "EXPLAIN",
        "TAG\tEISPOT",
        "TITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier",
        f"DATE\tLABEL\t{date}\tDate",
        f"TIME\tLABEL\t{time}\tTime",
        f"NOTES\tLABEL\t{spectrum.provenance.technique}\tNotes",
        f"PSTAT\tPSTAT\t{spectrum.provenance.instrument or 'simulated'}\tPotentiostat",
        f"FREQINIT\tQUANT\t{f[0]:.5E}\tInitial Fre&q. (Hz)",
        f"FREQFINAL\tQUANT\t{f[-1]:.5E}\tFinal Fre&q. (Hz)",
        "VAC\tQUANT\t1.00000E+001\tAC &Voltage (mV rms)",
        "AREA\tQUANT\t1.00000E+000\t&Area (cm^2)",
        "ZCURVE\tTABLE",
        "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange",
        "\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#",
    ]
    lines = [
        f"\t{i}\t{3 * i + 1}\t{w:.7g}\t{z.real:.7g}\t{z.imag:.7g}\t1\t{abs(z):.7g}"
        f"\t{np.degrees(np.angle(z)):.7g}\t0\t0\t10"
        for i, (w, z) in enumerate(zip(f, spectrum.impedance, strict=True))
    ]
    return "\n".join([*header, *lines]) + "\n"


WRITERS: Mapping[str, Callable[[Spectrum], str]] = MappingProxyType(
    {".csv": csv_text, ".mpt": mpt_text, ".dta": dta_text}
)
"""How a spectrum is written, by the ending of the file."""


def write_spectrum(spectrum: Spectrum, path: Path) -> Path:
    """Write a spectrum whole or not at all; the format follows the ending of `path`.

    Raises
    ------
    OutputError
        Where the ending is unknown or the place cannot be written.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        near = did_you_mean(path.suffix, WRITERS)
        raise OutputError(f"{path}: no writer for {path.suffix!r}{near} ({', '.join(WRITERS)})")
    return write_text(path, write(spectrum))
