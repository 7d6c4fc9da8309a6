"""Tables exported by VersaStudio and PowerSuite."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers.registry import built_in, identify
from eisfit.readers.tables import delimited
from eisfit.readers.vendors import princeton

DATA = Path(__file__).parents[3].parent / "shared/data/instruments"
PARSTAT = DATA / "parstat/exampleDataParstat.txt"
POWERSUITE = DATA / "princeton_powersuite/exampleDataPowersuite.txt"
FREQUENCY = np.logspace(4, 0, 17)
IMPEDANCE = 0.02 + 0.01 / (1 + 2j * np.pi * FREQUENCY * 1e-3)
HEADING = (
    "Potential (V)", "Current (A)", "Elapsed Time (s)", "Frequency (Hz)", "Zre (ohms)",
    "Zim (ohms)", "|Vac| (V)", "|Iac| (A)",
)  # fmt: skip


def _rows(volts: float, start: float, dc: int = 4) -> list[list[str]]:
    quiet = [[f"{volts}", "-0.15", f"{start + i}", "0", "0", "0", "0", "0"] for i in range(dc)]
    swept = [
        [
            f"{x!r}"
            for x in (volts, 0.0245, start + dc + i, f, z.real, z.imag, 0.005, 0.005 / abs(z))
        ]
        for i, (f, z) in enumerate(zip(FREQUENCY.tolist(), IMPEDANCE.tolist(), strict=True))
    ]
    return [*quiet, *swept]


def _table(rows: list[list[str]], delimiter: str = "\t", heading: tuple[str, ...] = HEADING) -> str:
    end = delimiter if delimiter == "\t" else ""
    return "".join(delimiter.join(cells) + end + "\n" for cells in [heading, *rows])


def _read(path: Path, text: str | bytes) -> list[Spectrum]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return princeton.read(path)


def _outcome(path: Path, content: bytes) -> str:
    """Return the file of the first spectrum, or the message of a ReadError; all else fails."""
    try:
        return _read(path, content)[0].provenance.file
    except ReadError as trouble:
        return str(trouble)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cell.txt"


def test_a_sweep_after_a_dc_step(path: Path) -> None:
    (spectrum,) = _read(path, _table(_rows(3.5, 10.0)))
    np.testing.assert_allclose(spectrum.frequency, FREQUENCY, rtol=1e-12)
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-12)
    source = spectrum.provenance
    assert (source.format, source.instrument) == ("princeton", "Princeton Applied Research")
    assert (source.columns, source.sign_convention) == (HEADING, "Im Z")
    assert source.conditions == {
        "start_s": 14.0,
        "dc_potential_V": 3.5,
        "dc_current_A": pytest.approx(0.0245),
    }
    assert [f.code for f in spectrum.findings] == ["rows_without_frequency"]


def test_sweeps_of_several_states_are_apart(path: Path) -> None:
    spectra = _read(path, _table([*_rows(3.5, 10.0), *_rows(3.6, 100.0)]))
    assert [s.provenance.conditions["dc_potential_V"] for s in spectra] == [3.5, 3.6]
    assert [s.provenance.conditions["start_s"] for s in spectra] == [14.0, 104.0]
    for spectrum in spectra:
        np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-12)


def test_segments_of_a_csv_are_apart_even_where_the_frequency_goes_on(path: Path) -> None:
    rows = [[str(i // 8), str(i), *row] for i, row in enumerate(_rows(3.5, 0.0, dc=0)[:16])]
    spectra = _read(path, _table(rows, ",", ("Segment", "Point", *HEADING)))
    assert [len(s) for s in spectra] == [8, 8]
    np.testing.assert_allclose(spectra[1].impedance, IMPEDANCE[8:16], rtol=1e-12)


def test_decimal_commas(path: Path) -> None:
    (spectrum,) = _read(path, _table(_rows(3.5, 10.0)).replace(".", ","))
    np.testing.assert_allclose(spectrum.impedance, IMPEDANCE, rtol=1e-12)


def test_rows_of_dc_techniques_alone_are_refused(path: Path) -> None:
    with pytest.raises(ReadError, match=r"cell\.txt:2: no row has a frequency"):
        _read(path, _table(_rows(3.5, 0.0)[:4]))


def test_a_heading_without_impedance_is_refused(path: Path) -> None:
    with pytest.raises(ReadError, match=r"cell\.txt:1: the heading lacks"):
        _read(path, _table(_rows(3.5, 0.0)).replace("Zim (ohms)", "Status"))


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_it_is_known_by_its_heading(path: Path, delimiter: str) -> None:
    head = _table(_rows(3.5, 10.0), delimiter).encode()
    assert identify(path, head).name == "princeton"
    assert sum(f.recognises(head) for f in built_in()) == 1
    assert not princeton.recognises(b"Frequency\t Zre\t Zimg\n0.1\t 1\t -2\n")
    assert not princeton.recognises(b"\n\n")


def test_damage_gives_spectra_or_a_read_error(path: Path) -> None:
    content = _table(_rows(3.5, 10.0)).encode()
    chance = random.Random(2)
    cases = [content[: len(content) * i // 200] for i in range(200)]
    for _ in range(500):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] = chance.randrange(256)
        cases.append(bytes(damaged))
    for case in cases:
        assert _outcome(path, case).startswith(str(path))


@pytest.mark.skipif(not PARSTAT.is_file(), reason="the file from a real instrument is not here")
def test_a_real_file_of_a_parstat() -> None:
    (spectrum,) = princeton.read(PARSTAT)
    f, z = spectrum.kept
    assert (len(f), f[0], f[-1]) == (31, 1e4, 10)
    cells = [line.split("\t") for line in PARSTAT.read_text().splitlines()[-31:]]
    ratio = [float(c[6]) / float(c[7]) for c in cells]  # |Vac| over |Iac|, not quite settled above
    np.testing.assert_allclose(abs(z)[10:], ratio[10:], rtol=0.01)
    assert spectrum.provenance.conditions["dc_potential_V"] == pytest.approx(3.50029397)
    assert "781 rows without frequency" in spectrum.findings[0].message
    head = PARSTAT.read_bytes()[:65536]
    assert [g.name for g in built_in() if g.recognises(head)] == ["princeton"]


@pytest.mark.skipif(not POWERSUITE.is_file(), reason="the file from a real instrument is not here")
def test_the_plain_table_of_powersuite_is_read_as_any_table() -> None:
    assert not any(g.recognises(POWERSUITE.read_bytes()) for g in built_in())
    (spectrum,) = delimited.read(POWERSUITE)
    f, z = spectrum.kept
    assert (len(f), f[0], f[-1]) == (30, 2e6, 0.1)
    assert z[-1] == pytest.approx(423929.46 - 49014.063j)
