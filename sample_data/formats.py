"""Make one small file in every text format, all of one simulated spectrum.

    python sample_data/formats.py [DIR]

Nothing here was measured. The layouts are those that stand in the docstrings of the readers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from eisfit.circuit.simulation import simulate
from eisfit.data.geometry import Geometry
from eisfit.data.spectrum import Provenance, Spectrum
from eisfit.io.atomic import write_bytes
from eisfit.io.convert import json_bytes, z_bytes
from eisfit.io.writing import csv_text, dta_text, mpt_text

POINTS = 25
STARTED = datetime(2026, 3, 2, 9, 0, 0)
AREA_ENTRY = 1e-4  # m², what instruments write where nobody said otherwise


def spectrum() -> Spectrum:
    """Return the simulated spectrum that all files hold, its numbers rounded as files hold them."""
    values = {"R0": 12.0, "R1": 480.0, "Q1": 4e-9, "n1": 0.93, "Q2": 2e-6, "n2": 0.85}
    frequency = np.geomspace(1e6, 1.0, POINTS)
    made = simulate("R0-p(R1,CPE1)-CPE2", values, frequency, noise=0.002, seed=7)
    source = Provenance(
        file="simulated", instrument="", technique="simulated by eisfit, not measured",
        measured_at=STARTED, conditions={"amplitude_V": 0.01, "dc_potential_V": 0.05},
    )  # fmt: skip
    f = np.array([float(f"{x:.6e}") for x in made.frequency])
    z = [complex(float(f"{x.real:.6e}"), float(f"{x.imag:.6e}")) for x in made.impedance]
    geometry = Geometry.disc(thickness="0.75 mm", diameter="13 mm")
    return Spectrum(f, z, temperature=298.15, provenance=source, geometry=geometry)


def _rows(made: Spectrum, form: str) -> list[str]:
    """Return a line a point: f, x, y (Im Z), n (-Im Z), m (|Z|), p and q (phase, -phase) in °."""
    return [
        form.format(i=i, f=f, x=z.real, y=z.imag, n=-z.imag, m=abs(z),
                    p=np.degrees(np.angle(z)), q=-np.degrees(np.angle(z)), t=2.0 * i)
        for i, (f, z) in enumerate(zip(made.frequency.tolist(), made.impedance.tolist(),
                                       strict=True))
    ]  # fmt: skip


def _text(*parts: str | list[str], end: str = "\r\n") -> bytes:
    lines = [line for part in parts for line in ([part] if isinstance(part, str) else part)]
    return (end.join(lines) + end).encode()


def french_mpt(made: Spectrum) -> bytes:
    """EC-Lab text as a Windows with decimal commas exports it."""
    head, heading, body = mpt_text(made).rpartition("freq/Hz\t")
    return (head + heading + body.replace(".", ",")).encode("cp1252")


def windeta(made: Spectrum) -> bytes:
    """Novocontrol WinDETA."""
    return _text(
        "simulated, 02.03.2026, 09:00",
        "Diameter[mm]: 1.300e+01  Thickness[mm]: 7.500e-01  Spacer Capacity[pF]: 0.000e+00",
        "Fixed value(s) :  AC Volt  [Vrms]=1.0000e-02  Temp. [°C]=2.5000e+01",
        "     Freq.[Hz]\t      Zs'[ohm]\t     Zs''[ohm]",
        _rows(made, " {f:.7e}\t {x:.7e}\t{y:.7e}"),
    )


def old_zview(made: Spectrum) -> bytes:
    """ZPlot's old header, of lines in quotes."""
    return _text(
        '"ZPlotW Data File: Version 3.2c"', '"Raw Data"', '"Sweep Frequency: Control Voltage"',
        "Date: 03-02-2026    Time: 09:00:00", "simulated, not measured",
        '"Open Circuit Potential (V):  0.05 "', '"Frequency"', "0,3,0,1,1000000,1", str(POINTS),
        '"  Freq(Hz)    Ampl     Bias   Time(Sec)   Z\'(a)    Z\'\'(b)    GD   Err   Range"',
        _rows(made, "{f:.6e}, 1.0000E-02, 5.0000E-02, {t:.6e}, {x:.6e}, {y:.6e}, 0.0000E+00, 0, 5"),
    )  # fmt: skip


def autolab_fra(made: Spectrum) -> bytes:
    """Autolab FRA 4.9."""
    zeros = [" 0.0"] * 6
    points = zip(made.frequency.tolist(), made.impedance.tolist(), strict=True)
    return _text(
        "VERSION8.0", f" {POINTS}", " 1",
        [line for f, z in points for line in (f" {f!r}", f" {z.real!r}", f" {-z.imag!r}", *zeros)],
        "02.03.2026 09:00:00", "02.03.2026 09:03:00", " 2.0", end="\n",
    )  # fmt: skip


def nova(made: Spectrum) -> bytes:
    """Autolab NOVA's table."""
    heading = "Index;Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)"
    return _text(heading, _rows(made, "{i};{f:.9g};{x:.9g};{n:.9g};{m:.9g};{q:.9g};{t:.6g}"))


def ivium(made: Spectrum) -> bytes:
    """Ivium, one measurement."""
    return b"\0\0\0\0H\0\0\0\r\n" + _text(
        "Peaks=false", "starttime=2026-03-02 09:00:00", "endtime=", "serialnumber=", "software=",
        "Method=Impedance", "Technique=Constant E", "Title=simulated", "E start=0.05",
        f"Frequencies={POINTS}", "Frequencies.amp[1]=0.01", "Data Options.Area=1", "Mconfig=0",
        "primary_data    ", "3         ", f"{POINTS}        ",
        _rows(made, "{x:.6E}  {y:.6E}\t{f:.6E} "),
    )  # fmt: skip


def palmsens(made: Spectrum) -> bytes:
    """PSTrace session."""

    def values(kind: int, name: str, unit: str, numbers: list[float]) -> dict[str, object]:
        return {"type": "PalmSens.Data.DataArray", "arraytype": kind, "description": name,
                "unit": {"s": unit}, "datavalues": [{"v": x} for x in numbers]}  # fmt: skip

    z = made.impedance
    arrays = [
        values(5, "Frequency", "Hz", made.frequency.tolist()),
        values(7, "ZRe", "Ω", z.real.tolist()),
        values(8, "ZIm", "Ω", (-z.imag).tolist()),
        values(1, "potential", "V", [0.05] * len(z)),
    ]
    ticks = int((STARTED - datetime(1, 1, 1)).total_seconds()) * 10_000_000
    session = {
        "type": "PalmSens.DataFiles.SessionFile", "coreversion": "5.7",
        "measurements": [{
            "title": "Impedance Spectroscopy", "timestamp": ticks, "deviceserial": "",
            "method": "#PSTrace\r\nMETHOD_ID=eis\r\n",
            "eisdatalist": [{"title": "simulated", "dataset": {"values": arrays}}],
        }],
    }  # fmt: skip
    return json.dumps(session, ensure_ascii=False).encode("utf-16")


def agilent_4294a(made: Spectrum) -> bytes:
    """Agilent 4294A, |Z| and phase."""

    def block(trace: str, form: str) -> list[str]:
        names = '"Frequency"\t"Data Trace Real"\t"Data Trace Imag"'
        return [f'"TRACE: {trace}"', '"FORMAT: LINEAR"', "", names, *_rows(made, form), "", ""]

    return _text(
        "4294A REV1.11", '"DATE: Mar 2 2026"', "",
        '"MEASURE PARAMETER: IMPEDANCE MAG PHASE (DEG)"', '"SWEEP TYPE: LOG FREQ"',
        f'"NUMBER of POINTS: {POINTS}"', '"OSC LEVEL:  10 mVolt"', '"DC BIAS: OFF"', "", "",
        block("A", "{f:.11e}\t{m:.11e}\t0.0"), block("B", "{f:.11e}\t{p:.11e}\t0.0"), end="\n",
    )  # fmt: skip


def keysight_e4990a(made: Spectrum) -> bytes:
    """Keysight E4990A, |Z| and phase."""
    return _text(
        "!Keysight Technologies,E4990A,,A.02.12", "!Date: Mon Mar 02 09:00:00 2026", "",
        "BEGIN CH1_DATA", "Frequency(Hz), |Z|(Ohm)-data, theta-z(deg)-data",
        _rows(made, "{f:+.11e}, {m:+.11e}, {p:+.11e}"), "END", end="\n",
    )  # fmt: skip


def versastudio(made: Spectrum) -> bytes:
    """VersaStudio."""
    columns = "Segment #, Point #, E(V), Elapsed Time(s), Frequency(Hz), Z Real, Z Imag, ActionId"
    return _text(
        "<Application>", "Name=VersaStudio", "</Application>", "",
        "<Experiment>", "TimeAcquired=9:00:00 AM", "DateAcquired=Monday, March 2, 2026",
        "</Experiment>", "",
        "<Action1>", "Amplitude (mV RMS)=10", "Segments=1", "Name=Potentiostatic EIS",
        "</Action1>", "", "<Segment1>", "Type=2", "Version=3", f"Definition={columns}",
        _rows(made, "1,{i},0.05,{t},{f!r},{x!r},{y!r},21"), "</Segment1>",
    )  # fmt: skip


def parstat(made: Spectrum) -> bytes:
    """PARSTAT, as PowerSuite exports it."""
    heading = "Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)"
    return _text(heading, _rows(made, "0.05\t1e-6\t{t}\t{f!r}\t{x!r}\t{y!r}"), end="\n")


def ch_instruments(made: Spectrum) -> bytes:
    """CH Instruments."""
    return _text(
        "Mar. 2, 2026   09:00:00", "A.C. Impedance", "File: simulated.bin", "Header: ", "Note: ",
        "", "Init E (V) = 0.05", "High Frequency (Hz) = 1e+6", "Low Frequency (Hz) = 1",
        "Amplitude (V) = 0.01", "", "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg", "",
        _rows(made, "{f:.8e}, {x:.8e}, {y:.8e}, {m:.8e}, {p:.4f}"),
    )  # fmt: skip


WRITERS: dict[str, tuple[str, Callable[[Spectrum], bytes]]] = {
    "biologic.mpt": ("biologic", lambda made: mpt_text(made).encode()),
    "biologic_comma.mpt": ("biologic", french_mpt),
    "gamry.DTA": ("gamry", lambda made: dta_text(made).encode()),
    "novocontrol.txt": ("novocontrol", windeta),
    "zplot.z": ("zplot", z_bytes),
    "zplot_old.z": ("zplot", old_zview),
    "autolab.dfr": ("autolab_fra", autolab_fra),
    "nova.csv": ("autolab", nova),
    "ivium.idf": ("ivium", ivium),
    "palmsens.pssession": ("palmsens", palmsens),
    "agilent_4294a.txt": ("agilent_4294a", agilent_4294a),
    "keysight_e4990a.csv": ("keysight_e4990a", keysight_e4990a),
    "versastudio.par": ("versastudio", versastudio),
    "parstat.txt": ("princeton", parstat),
    "ch_instruments.txt": ("chinstruments", ch_instruments),
    "spectra.json": ("json", lambda made: json_bytes([made])),
    "table.csv": ("delimited", lambda made: csv_text(made).encode()),
}
"""Name of each file, the format it is read as, and how it is written."""


def make(folder: Path) -> None:
    """Write every file into `folder`."""
    made = spectrum()
    for name, (_, write) in WRITERS.items():
        write_bytes(folder / name, write(made))


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "formats"
    make(place)
    print(f"wrote {len(WRITERS)} files into {place}")
