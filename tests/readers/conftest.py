"""Small files in every format, written by the tests; their numbers come from one circuit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the test files of this folder share `vendor_files`

FREQUENCY = np.logspace(6, 0, 13)
IMPEDANCE = 50 + 1000 / (1 + 2j * np.pi * FREQUENCY * 1000 * 1e-8)

MPT_HEADING = (
    "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\t<Ewe>/V\t<I>/mA\t"
    "cycle number\tI Range\t"
)
DTA_HEADING = "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange"
DTA_UNITS = "\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#"


def _mpt_rows(cycle: int | None = 1) -> list[str]:
    return [
        f"{f:.7E}\t{z.real:.7E}\t{-z.imag:.7E}\t{abs(z):.7E}\t{np.degrees(np.angle(z)):.7E}\t"
        f"{i:.3E}\t1.0E-003\t2.0E-002\t{(i if cycle is None else cycle):.3E}\t11\t"
        for i, (f, z) in enumerate(zip(FREQUENCY, IMPEDANCE, strict=True))
    ]


def _mpt(*, cycles: tuple[int | None, ...] = (1,), heading: str = MPT_HEADING) -> str:
    head = [
        "EC-Lab ASCII FILE",
        "Nb header lines : 12",
        "",
        "Potentio Electrochemical Impedance Spectroscopy",
        "",
        "EC-LAB for windows v11.50 (software)",
        "Acquisition started on : 05/15/2025 01:18:45.867",
        "Device : SP-300 (SN 1787)",
        "Electrode surface area : 0.001 cm²",
        "Va (mV)             14.1                ",
        "",
    ]
    rows = [row for cycle in cycles for row in _mpt_rows(cycle)]
    return "\r\n".join([*head, heading, *rows, ""])


def _french_mpt() -> str:
    """Return a file of three electrodes from a spreadsheet, with the rows of its dc step."""
    heading = MPT_HEADING.replace("-Im(Z)/Ohm", "#NOM?").replace("I Range", "Re(Zce)/Ohm")
    text = _mpt(heading=heading)
    rest = "\t".join(["0.00E+00"] * 9) + "\t41\t"
    text = text.replace(heading, heading + f"\r\n{rest}\r\n{rest}")
    start = text.index(heading)
    return text[:start] + text[start:].replace(".", ",")


def _dta_table(name: str = "ZCURVE") -> list[str]:
    return [
        f"{name}\tTABLE",
        DTA_HEADING,
        DTA_UNITS,
        *(
            f"\t{i}\t{i + 1}\t{f:.6g}\t{z.real:.7g}\t{z.imag:.7g}\t1\t{abs(z):.7g}\t"
            f"{np.degrees(np.angle(z)):.7g}\t1.2E-005\t-0.3411875\t7"
            for i, (f, z) in enumerate(zip(FREQUENCY, IMPEDANCE, strict=True))
        ),
    ]


def _dta(*, tables: int = 1, aborted: bool = False) -> str:
    lines = [
        "EXPLAIN",
        "TAG\tEISPOT",
        "TITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier",
        "DATE\tLABEL\t4/23/2018\tDate",
        "TIME\tLABEL\t16:43:15\tTime",
        "NOTES\tNOTES\t1\t&Notes...",
        "\t",
        "PSTAT\tPSTAT\tREF3000-34128\tPotentiostat",
        "VDC\tPOTEN\t-5.00000E-002\tT\tDC &Voltage (V)",
        "VAC\tQUANT\t1.00000E+001\tAC &Voltage (mV rms)",
        "AREA\tQUANT\t1.00000E+000\t&Area (cm^2)",
        "OCVCURVE\tTABLE\t2",
        "\tPt\tT\tVf\tVm\tAch\tOver\tTemp",
        "\t#\ts\tV vs. Ref.\tV\tV\tbits\tdeg C",
        "\t0\t0.25\t5.9E-002\t5.9E-002\t1.0E-003\t..........a\t-327.63",
        *(line for n in range(tables) for line in _dta_table("ZCURVE" + str(n or ""))),
    ]
    if aborted:
        lines.append("EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted")
    return "\r\n".join([*lines, ""])


def _windeta() -> str:
    rows = (
        f" {f:.7e}\t {z.real:.7e}\t{z.imag:.7e}" for f, z in zip(FREQUENCY, IMPEDANCE, strict=True)
    )
    lines = [
        "s05751, 26.02.2025, 15:11",
        "Diameter[mm]: 1.300e+01  Thickness[mm]: 7.500e-01  Electrode Thickness[mm]: 4.00e+00",
        "Fixed value(s) :  AC Volt  [Vrms]=7.1000e-03  Temp. [°C]=8.0000e+01",
        "     Freq.[Hz]\t      Zs'[ohm]\t     Zs''[ohm]",
        *rows,
        "",
    ]
    return "\r\n".join(lines)


def _table(heading: str = "frequency/Hz,Z'/ohm,Z''/ohm", form: str = "{f!r},{x!r},{y!r}") -> str:
    rows = [
        form.format(
            f=float(f),
            x=float(z.real),
            y=float(z.imag),
            k=float(f) / 1e3,
            m=float(abs(z)) * 1e3,
            p=float(np.angle(z)),
        )
        for f, z in zip(FREQUENCY, IMPEDANCE, strict=True)
    ]
    return "\n".join([*([heading] if heading else []), *rows, ""])


SAMPLES: dict[str, tuple[str, bytes]] = {
    "plain.mpt": ("biologic", _mpt().encode("cp1252")),
    "utf8.mpt": ("biologic", _mpt().encode("utf-8-sig")),
    "french.mpt": ("biologic", _french_mpt().encode("cp1252")),
    "cycles.mpt": ("biologic", _mpt(cycles=(1, 2, 3)).encode("cp1252")),
    "every_row_a_cycle.mpt": ("biologic", _mpt(cycles=(None,)).encode("cp1252")),
    "no_header.txt": ("biologic", _mpt().split("cm²")[1].split("\r\n", 3)[3].encode("cp1252")),
    "plain.DTA": ("gamry", _dta().encode("cp1252")),
    "comma.DTA": ("gamry", _dta().replace(".", ",").encode("cp1252")),
    "aborted.DTA": ("gamry", _dta(aborted=True).encode("utf-8")),
    "two.DTA": ("gamry", _dta(tables=2).encode("cp1252")),
    "windeta.txt": ("novocontrol", _windeta().encode("cp1252")),
    "plain.csv": ("delimited", _table().encode()),
    "semicolon.csv": (
        "delimited",
        _table("f;Z';Z''", "{f!r};{x!r};{y!r}").replace(".", ",").encode(),
    ),
    "utf16.txt": ("delimited", _table("f\tZ'\tZ''", "{f!r}\t{x!r}\t{y!r}").encode("utf-16")),
    "bare.txt": ("delimited", _table("", " {f:.6e}   {x:.6e}  {y:.6e}").encode()),
    "polar.csv": (
        "delimited",
        _table("freq_kHz,|Z| (mOhm),phase(rad)", "{k!r},{m!r},{p!r}").encode(),
    ),
}


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A small file, and the format it is in."""
    name, content = SAMPLES[request.param]
    path = tmp_path / request.param
    path.write_bytes(content)
    return path, name


@pytest.fixture(scope="session")
def samples() -> dict[str, tuple[str, bytes]]:
    """All small files: format and content by name."""
    return SAMPLES


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write text or bytes into a file of a temporary folder."""

    def _write(content: str | bytes, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


@pytest.fixture(scope="session")
def truth() -> tuple[np.ndarray, np.ndarray]:
    """Frequency and impedance that all small files hold."""
    return FREQUENCY, IMPEDANCE
