"""One small file in every format, all of one simulated spectrum, through the whole battery."""

from __future__ import annotations

import importlib.util
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from eisfit.base.errors import ReadError
from eisfit.data.spectrum import Spectrum
from eisfit.readers import formats, read, read_each
from eisfit.readers.conformance import check_reader
from eisfit.readers.registry import identify
from eisfit.readers.text import HEAD

FOLDER = Path(__file__).parents[2] / "sample_data"
_SPEC = importlib.util.spec_from_file_location("sample_formats", FOLDER / "formats.py")
assert _SPEC is not None
assert _SPEC.loader is not None
made = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(made)
SPECTRUM: Spectrum = made.spectrum()
F, Z = SPECTRUM.frequency, SPECTRUM.impedance
K = len(F)


def mpr(columns: tuple[int, ...] = (32, 37, 38, 4, 77, 76, 24, 39, 131), new: bool = True) -> bytes:
    """Return an .mpr file, as EC-Lab 11.61 (new) or before 11.50 writes it."""
    values = {
        32: (F, "<f4"), 37: (Z.real, "<f4"), 38: (-Z.imag, "<f4"), 4: (2.0 * np.arange(K), "<f8"),
        77: (np.full(K, 0.05), "<f4"), 76: (np.full(K, 1e-3), "<f4"), 24: (np.ones(K), "<f8"),
        39: (np.full(K, 7), "<u2"), 131: (np.ones(K), "<u2"), 1: (np.ones(K), "u1"),
        9999: (np.full(K, 3.0), "<f4"), 36: (abs(Z), "<f4"), 35: (np.angle(Z, deg=True), "<f4"),
    }  # fmt: skip
    kinds = [(str(n), values[n][1]) for n in columns if n not in {2, 3}]
    table = np.zeros(K, kinds)
    for name, _ in kinds:
        table[name] = values[int(name)][0]
    count = struct.pack("<H" if new else "<B", len(columns))
    head = struct.pack("<I", K) + count + np.array(columns, "<u2").tobytes()
    data = head.ljust(1007 if new else 405, b"\0") + table.tobytes()
    days = (made.STARTED - datetime(1899, 12, 30)).total_seconds() / 86400
    log = b"\0" * 585 + struct.pack("<d", days) + b"\0" * 40
    parts = [(b"VMP Set", b"\x1d" + b"\0" * 60, 10), (b"VMP data", data, 11 if new else 2),
             (b"VMP LOG", log, 10)]  # fmt: skip
    out = b"BIO-LOGIC MODULAR FILE\x1a".ljust(52, b" ")
    for name, content, version in parts:
        sizes = (
            struct.pack("<IIII", 0xFFFFFFFF, len(content), 0, version)
            if new
            else struct.pack("<II", len(content), version)
        )
        out += b"MODULE" + name.ljust(10) + b"".ljust(25) + sizes + b"03.02.26" + content
    return out


def ism(texts: tuple[str, ...] = (), block: bool = True) -> bytes:
    """Return an .ism file."""
    times = 1.45e9 + 2.0 * np.arange(K)
    arrays = [F, abs(Z), np.angle(Z), times]
    words = texts or ("020326", "simulated", "0.05V, Ampl: 10mV", "1uA", "25.0+-0.1C",
                      "09:00:00 - 09:01:00", "a", "b", "", "", "1")  # fmt: skip
    out = b"\0\0\xff\xff\xff\xfe" + (K - 1).to_bytes(6, "big")
    out += b"".join(np.asarray(a, ">f8").tobytes() for a in arrays)
    out += np.full(K, 1000, ">i2").tobytes()
    for word in words:
        raw = word.swapcase().encode("cp1252")
        out += struct.pack(">H", len(raw)) + raw
    dc = np.column_stack([np.full(K, 0.05), np.full(K, 1e-6)]).astype(">f8").tobytes()
    return out + (struct.pack(">I", 256 + len(dc)) + b"\0" * 256 + dc if block else b"")


def xlsx() -> bytes:
    """Return a workbook with a sheet of notes, and the spectrum below two lines of text."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "notes"
    book.active.append(["measured by hand"])
    sheet = book.create_sheet("25C")
    for row in (["sample 7"], [], ["frequency / Hz", "Z' / Ohm", "-Z'' / Ohm"]):
        sheet.append(row)
    for f, z in zip(F.tolist(), Z.tolist(), strict=True):
        sheet.append([f, z.real, -z.imag])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows: str = "") -> bytes:
    """Return an OpenDocument spreadsheet with one sheet."""
    names = ("table", "office", "text")
    space = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)

    def row(cells: list[object]) -> str:
        return "<table:table-row>" + "".join(
            f'<table:table-cell office:value-type="float" office:value="{c!r}"/>'
            if isinstance(c, float) else
            f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in cells
        ) + "</table:table-row>"  # fmt: skip

    table = row(["f/Hz", "Z'/Ohm", "Z''/Ohm"]) + "".join(
        row([f, z.real, z.imag]) for f, z in zip(F.tolist(), Z.tolist(), strict=True)
    )
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
    empty += "</table:table-row>"
    content = (
        f"<office:document-content {space}><office:body><office:spreadsheet><table:table "
        f'table:name="run_25C">{rows or table}{empty}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        mark = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr(zipfile.ZipInfo("mimetype"), mark)
        archive.writestr("content.xml", content)
    return out.getvalue()


def mat() -> bytes:
    """Return a MATLAB file with a struct of frequency and complex impedance."""
    from scipy.io import savemat

    out = BytesIO()
    savemat(out, {"cell": {"freq": F, "Z": Z, "temperature_degC": 25.0}, "note": "simulated"})
    return out.getvalue()


def packed_mat() -> bytes:
    """Return a compressed MATLAB file with real arrays, temperature and an array of structs."""
    from scipy.io import savemat

    out = BytesIO()
    rows = np.array([(F, Z.real, Z.imag), (F, 2 * Z.real, 2 * Z.imag)],
                    dtype=[("f", object), ("Zre", object), ("Zim", object)])  # fmt: skip
    savemat(out, {"runs": rows, "text": "simulated"}, do_compression=True)
    return out.getvalue()


def hdf5() -> bytes:
    """Return an HDF5 file with a group of arrays."""
    h5py = pytest.importorskip("h5py")
    out = BytesIO()
    with h5py.File(out, "w") as file:
        group = file.create_group("run 1")
        for name, value in {"f": F, "Zre": Z.real, "Zim": Z.imag}.items():
            group[name] = value
    return out.getvalue()


def parquet() -> bytes:
    """Return a table with one spectrum a row."""
    pytest.importorskip("pyarrow")
    from eisfit.io.convert import parquet_bytes

    return parquet_bytes([SPECTRUM])


BINARY: dict[str, tuple[str, Callable[[], bytes], int]] = {
    "cell.mpr": ("biologic_mpr", mpr, 200),
    "old.mpr": ("biologic_mpr", lambda: mpr(new=False), 200),
    "cell.ism": ("zahner", ism, 200),
    "cell.xlsx": ("xlsx", xlsx, 60),
    "cell.ods": ("ods", ods, 100),
    "cell.mat": ("matlab", mat, 200),
    "packed.mat": ("matlab", packed_mat, 200),
    "cell.h5": ("hdf5", hdf5, 100),
    "cell.parquet": ("parquet", parquet, 60),
}


def _reader(name: str):
    return next(f for f in formats() if f.name == name)


@pytest.mark.parametrize("name", sorted(made.WRITERS))
def test_the_files_of_sample_data_are_those_that_their_script_writes(name: str) -> None:
    assert (FOLDER / "formats" / name).read_bytes() == made.WRITERS[name][1](SPECTRUM)


@pytest.mark.parametrize("name", sorted(made.WRITERS))
def test_every_text_format_passes_the_battery(name: str) -> None:
    known, write = made.WRITERS[name]
    content = write(SPECTRUM)
    assert identify(name, content[:HEAD]).name == known
    check_reader(_reader(known), content, name, F, Z, cuts=100, damages=120)


@pytest.mark.parametrize("name", sorted(BINARY))
def test_every_binary_format_passes_the_battery(name: str) -> None:
    known, write, damages = BINARY[name]
    content = write()
    assert identify(name, content[:HEAD]).name == known
    check_reader(_reader(known), content, name, F, Z, cuts=damages, damages=damages)


@pytest.mark.parametrize("name", ["zplot.z", "zplot_old.z", "ivium.idf", "palmsens.pssession",
                                  "versastudio.par", "cell.mpr", "cell.ism"])  # fmt: skip
def test_the_potential_of_each_sweep_is_kept(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(BINARY[name][1]() if name in BINARY else made.WRITERS[name][1](SPECTRUM))
    (spectrum,) = read(path)
    assert spectrum.provenance.conditions["dc_potential_V"] == pytest.approx(0.05)
    if name not in {"palmsens.pssession", "cell.mpr"}:
        assert spectrum.provenance.conditions["amplitude_V"] == pytest.approx(0.01)
    if name != "zplot.z":
        started = spectrum.provenance.measured_at
        assert started is not None
        if name != "cell.ism":
            assert started == made.STARTED


def test_temperatures_and_geometry_of_headers_are_kept(tmp_path: Path) -> None:
    for name in ("novocontrol.txt", "spectra.json", "zplot.z"):
        (tmp_path / name).write_bytes(made.WRITERS[name][1](SPECTRUM))
        assert read(tmp_path / name)[0].temperature == pytest.approx(298.15)
    for name in ("cell.ism", "cell.xlsx", "cell.ods", "cell.mat"):
        (tmp_path / name).write_bytes(BINARY[name][1]())
        assert read(tmp_path / name)[0].temperature == pytest.approx(298.15)
    geometry = read(tmp_path / "novocontrol.txt")[0].geometry
    assert geometry is not None
    assert geometry.thickness == pytest.approx(0.75e-3)


def test_columns_that_are_not_known_are_passed_over_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mpr"
    path.write_bytes(mpr((32, 9999, 37, 38, 4)))
    (spectrum,) = read(path)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-6)
    assert [f.code for f in spectrum.findings] == ["unknown_columns"]
    path.write_bytes(mpr((1, 2, 3, 32, 37, 38)))  # three flags in one byte
    np.testing.assert_allclose(read(path)[0].impedance, Z, rtol=1e-6)
    path.write_bytes(mpr((4, 77, 76)))
    with pytest.raises(ReadError, match="no impedance: the columns are time/s"):
        read(path)


def test_a_cut_binary_file_keeps_what_is_there_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.mpr"
    content = mpr()
    start = content.index(b"VMP data") + 59 + 1007
    path.write_bytes(content[: start + 12 * 40])
    (spectrum,) = read(path)
    assert 3 < len(spectrum) < K
    assert "truncated" in {f.code for f in spectrum.findings}


def test_a_zahner_file_without_sensor_has_no_temperature(tmp_path: Path) -> None:
    path = tmp_path / "a.ism"
    for reading, codes in (("-273.15+-0.0C", []), ("-0.2+-0.1C", ["temperature_ambiguous"])):
        texts = ("020326", "x", "0V, Ampl: 5mV", "1A", reading, "", "", "", "", "", "")
        path.write_bytes(ism(texts))
        (spectrum,) = read(path)
        assert spectrum.temperature is None
        assert [f.code for f in spectrum.findings] == codes
    path.write_bytes(ism(block=False))
    assert read(path)[0].provenance.conditions["dc_potential_V"] == pytest.approx(0.05)


def test_sheets_without_a_spectrum_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx())
    (spectrum,) = read(path)
    assert "'notes'" in spectrum.findings[-1].message
    path.write_bytes(ods("<table:table-row><table:table-cell/></table:table-row>"))
    (outcome,) = read_each(path)
    assert "no sheet holds a spectrum" in str(outcome.error)


def test_a_session_without_impedance_names_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.pssession"
    text = made.palmsens(SPECTRUM).decode("utf-16").replace('"arraytype": 5', '"arraytype": 99')
    path.write_bytes(text.replace("Impedance Spectroscopy", "Cyclic Voltammetry").encode("utf-16"))
    with pytest.raises(ReadError, match="holds Cyclic Voltammetry, and no impedance spectrum"):
        read(path)


def test_deep_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"eisfit": "spectra", "spectra": ' + "[" * 100_000)
    with pytest.raises(ReadError, match="damaged"):
        read(path)


def test_a_data_base_is_of_unknown_format(tmp_path: Path) -> None:
    path = tmp_path / "a.eis3"
    with sqlite3.connect(path) as base:
        base.execute("create table spectra (id integer)")
    base.close()
    (outcome,) = read_each(path)
    assert "RelaxIS" in str(outcome.error)
