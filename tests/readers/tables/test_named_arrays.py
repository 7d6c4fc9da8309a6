"""MATLAB and HDF5 files: which arrays make a spectrum, and what a file may not do."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from eisfit.base.errors import ReadError
from eisfit.readers.conformance import check_reader
from eisfit.readers.tables.named_arrays import HDF5, read_hdf5, read_matlab

h5py = pytest.importorskip("h5py")

F = np.logspace(5, 0, 21)
Z = 30 + 800 / (1 + (2j * np.pi * F * 800 * 1e-6) ** 0.9)


def hdf5(fill: Callable[[Any], None], userblock: int = 0) -> bytes:
    out = BytesIO()
    with h5py.File(out, "w", userblock_size=userblock) as file:
        fill(file)
    return out.getvalue()


def arrays(group: Any, scale: float = 1.0) -> None:
    group["f"], group["Zre"], group["Zim"] = F, scale * Z.real, scale * Z.imag


def matlab(**variables: Any) -> bytes:
    out = BytesIO()
    savemat(out, variables)
    return out.getvalue()


def assert_is(spectrum, scale: float = 1.0) -> None:
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-14)
    np.testing.assert_allclose(spectrum.impedance, scale * Z, rtol=1e-14)


def test_groups_are_spectra_in_natural_order_at_the_temperature_of_their_names(
    write: Callable[..., Path],
) -> None:
    def fill(file: Any) -> None:
        for i, name in enumerate(("5C", "25C", "100C"), 1):
            arrays(file.create_group(f"series/{name}"), i)

    spectra = read_hdf5(write(hdf5(fill), "a.h5"))
    assert [s.temperature for s in spectra] == pytest.approx([278.15, 298.15, 373.15])
    assert [s.provenance.technique for s in spectra] == ["series/5C", "series/25C", "series/100C"]
    for i, spectrum in enumerate(spectra, 1):
        assert_is(spectrum, i)


def test_units_and_temperature_in_attributes(write: Callable[..., Path]) -> None:
    def fill(file: Any) -> None:
        file["frequency"], file["real"], file["imag"] = F / 1e3, Z.real / 1e3, Z.imag / 1e3
        for name, unit in (("frequency", "kHz"), ("real", "kOhm"), ("imag", b"kOhm")):
            file[name].attrs["units"] = unit
        file.attrs["temperature_K"] = 310.0
        file.attrs["operator"] = "me"

    (spectrum,) = read_hdf5(write(hdf5(fill), "a.h5"))
    np.testing.assert_allclose(spectrum.frequency, F, rtol=1e-14)
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-14)
    assert spectrum.temperature == 310.0


def test_a_compound_table_with_text_in_it(write: Callable[..., Path]) -> None:
    kind = np.dtype([("freq/Hz", "f8"), ("note", h5py.string_dtype()), ("|Z|/Ohm", "f4"),
                     ("Phase(Z)/deg", "f8")])  # fmt: skip
    table = np.zeros(21, kind)
    table["note"] = "x"
    table["freq/Hz"], table["|Z|/Ohm"] = F, abs(Z)
    table["Phase(Z)/deg"] = np.angle(Z, deg=True)

    (spectrum,) = read_hdf5(write(hdf5(lambda file: file.create_dataset("eis", data=table)), "a"))
    np.testing.assert_allclose(spectrum.impedance, Z, rtol=1e-6)


@pytest.mark.parametrize("pairs", [True, False], ids=["as MATLAB stores it", "complex"])
def test_a_complex_impedance_beside_other_complex_arrays(
    write: Callable[..., Path], pairs: bool
) -> None:
    def fill(file: Any) -> None:
        for name, value in {"Z": Z, "current": 1 / Z}.items():
            stored: Any = value
            if pairs:
                stored = np.zeros((1, 21), [("real", "f8"), ("imag", "f8")])
                stored["real"], stored["imag"] = value.real, value.imag
            file[name] = stored
        file["f"] = F[None, :]
        file["empty"] = h5py.Empty("f")

    (spectrum,) = read_hdf5(write(hdf5(fill, 512), "a.mat"))
    assert_is(spectrum)


def test_of_several_complex_impedances_none_is_taken(write: Callable[..., Path]) -> None:
    path = write(matlab(f=F, Z=Z, Zfit=1.01 * Z), "a.mat")
    with pytest.raises(ReadError, match="among the arrays f, Z, Zfit"):
        read_matlab(path)
    with pytest.raises(ReadError, match="among the arrays f, Y"):
        read_matlab(write(matlab(f=F, Y=1 / Z), "a.mat"))


def test_an_imaginary_part_stored_negated_is_told(write: Callable[..., Path]) -> None:
    (spectrum,) = read_matlab(write(matlab(f=F, Zre=Z.real, Zim=-Z.imag), "a.mat"))
    assert_is(spectrum)
    assert [f.code for f in spectrum.findings] == ["sign_guessed"]


def test_a_group_that_is_no_spectrum_is_told(write: Callable[..., Path]) -> None:
    def fill(file: Any) -> None:
        arrays(file.create_group("good"))
        bad = file.create_group("bad")
        bad["f"], bad["Zre"], bad["Zim"] = F[:2], F[:2], F[:2]

    (spectrum,) = read_hdf5(write(hdf5(fill), "a.h5"))
    assert_is(spectrum)
    assert "1 groups of arrays are no spectra, such as /bad: only 2" in (
        spectrum.findings[-1].message
    )


def test_a_matrix_is_not_guessed_at(write: Callable[..., Path]) -> None:
    path = write(matlab(data=np.column_stack([F, Z.real, Z.imag])), "a.mat")
    with pytest.raises(ReadError, match="^" + str(path) + ".*among the arrays data"):
        read_matlab(path)


def test_links_are_followed_neither_in_circles_nor_out_of_the_file(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    other = tmp_path / "other.h5"
    other.write_bytes(hdf5(arrays))
    (tmp_path / "raw").write_bytes(F.tobytes())

    def fill(file: Any) -> None:
        for name in "klmnopqrst":
            file.create_group(name)
        for outer in "klmnopqrst":
            for inner in "klmnopqrst":
                file[outer][f"to {inner}"] = file[inner]
        file["out"] = h5py.ExternalLink(str(other), "/")
        far = h5py.VirtualLayout(shape=(21,), dtype="f8")
        far[:] = h5py.VirtualSource(str(other), "f", shape=(21,))
        file.create_virtual_dataset("f", far)
        file.create_dataset("Zre", (21,), "f8", external=[(str(tmp_path / "raw"), 0, 168)])
        file["Zim"] = Z.imag

    path = write(hdf5(fill), "a.h5")
    started = time.perf_counter()
    with pytest.raises(ReadError, match="among the arrays Zim"):
        read_hdf5(path)
    assert time.perf_counter() - started < 3


def test_arrays_that_claim_more_than_a_file_can_hold_are_passed_over(
    write: Callable[..., Path],
) -> None:
    def fill(file: Any) -> None:
        arrays(file.create_group("z"))
        for i in range(200):
            file.create_dataset(f"a{i}", (1 << 21,), "f8", chunks=True)
        file.create_dataset("huge", (1 << 40,), "f8", chunks=(1 << 10,))

    content = hdf5(fill)
    assert len(content) < 1e6
    import tracemalloc

    path = write(content, "a.h5")
    tracemalloc.start()
    (spectrum,) = read_hdf5(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert_is(spectrum)
    assert peak < 60e6


def test_hdf5_keeps_what_is_asked_of_every_reader() -> None:
    def fill(file: Any) -> None:
        arrays(file.create_group("25C"))
        kind = np.dtype([("f", "f8"), ("Zre", "f8"), ("Zim", "f8")])
        table = np.zeros(21, kind)
        table["f"], table["Zre"], table["Zim"] = F, Z.real, Z.imag
        file.create_dataset("table", data=table, compression="gzip")

    check_reader(HDF5, hdf5(fill), "series.h5", F, Z, cuts=100, damages=200)
