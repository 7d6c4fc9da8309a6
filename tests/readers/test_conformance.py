"""What every reader owes, whatever its format."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eisfit.base.errors import ReadError, UnknownFormat
from eisfit.readers import ReadOutcome, formats, read, read_each
from eisfit.readers.registry import built_in, identify
from eisfit.readers.text import HEAD

SAMPLE_DATA = Path(__file__).parents[2] / "sample_data"
MADE = sorted(
    path
    for path in (SAMPLE_DATA.rglob("*") if SAMPLE_DATA.is_dir() else [])
    if path.suffix.lower() in {".mpt", ".dta", ".csv", ".txt", ".z"}
)
ABOUT_CUTS = {
    "truncated", "no_final_line_end", "not_a_number", "not_a_row", "sweep_too_short"
}  # fmt: skip


def test_every_small_file_is_read_right(
    sample: tuple[Path, str], truth: tuple[np.ndarray, np.ndarray]
) -> None:
    path, _ = sample
    frequency, impedance = truth
    for spectrum in read(path):
        f, z = spectrum.kept
        np.testing.assert_allclose(f, frequency, rtol=1e-5)
        np.testing.assert_allclose(z, impedance, rtol=1e-5)


@pytest.mark.parametrize("path", MADE, ids=lambda p: p.name)
def test_files_of_sample_data_are_read(path: Path) -> None:
    for spectrum in read(path):
        assert np.mean(spectrum.impedance.imag < 0) > 0.5
    assert sum(f.recognises(path.read_bytes()[:HEAD]) for f in built_in()) <= 1


def test_every_small_file_is_claimed_by_one_format(sample: tuple[Path, str]) -> None:
    path, name = sample
    head = path.read_bytes()[:HEAD]
    assert identify(path, head).name == name
    assert sum(f.recognises(head) for f in built_in()) == (name != "delimited")


def test_provenance_tells_file_format_sweep_and_checksum(sample: tuple[Path, str]) -> None:
    path, name = sample
    spectra = read(path)
    for number, spectrum in enumerate(spectra, 1):
        source = spectrum.provenance
        assert (source.file, source.format, source.sweep) == (str(path), name, number)
        assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert source.sign_convention.lstrip("-") in {"Im Z", "phase"}
        assert all(f.message.startswith(path.name) for f in spectrum.findings)


def test_the_name_of_a_file_does_not_tell_its_format(
    samples: dict[str, tuple[str, bytes]], tmp_path: Path
) -> None:
    for name, (expected, content) in samples.items():
        path = tmp_path / f"{Path(name).stem}.bin"
        path.write_bytes(content)
        assert read_each(path)[0].format == expected


def _read(name: str, content: bytes) -> ReadOutcome:
    """Return what becomes of some bytes in a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        (outcome,) = read_each(path)
        assert bool(outcome.error) != bool(outcome.spectra)
        assert str(outcome.error).startswith(str(path)) or not outcome.error
        assert "the reader" not in str(outcome.error)
        return outcome


def test_a_truncated_file_is_refused_or_says_so(samples: dict[str, tuple[str, bytes]]) -> None:
    for name, (_, content) in samples.items():
        for end in range(0, len(content), max(1, len(content) // 25)):
            outcome = _read(name, content[:end])
            said = {f.code for s in outcome.spectra for f in s.findings}
            at_line_end = content[:end].endswith((b"\n", b"\r", b"\n\0", b"\r\0"))
            assert outcome.error or said & ABOUT_CUTS or at_line_end


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_never_raises_anything_else(
    samples: dict[str, tuple[str, bytes]], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(samples)))
    content = bytearray(samples[name][1])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 30))
        content[at : at + length] = data.draw(st.binary(max_size=30))
    _read(name, bytes(content))


@settings(max_examples=150, deadline=None)
@given(content=st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_garbage_is_refused_in_a_sentence(content: bytes) -> None:
    outcome = _read("garbage.dat", content)
    assert outcome.error or all(len(s) >= 3 for s in outcome.spectra)  # a table by chance


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t\n", "only blanks"),
        (b"\0" * 200, "only blanks"),
        (b"BIO-LOGIC MODULAR FILE\x1a   \0\0\0", "no module 'VMP data'"),
        (b"PK\x03\x04\x14\0\0\0", "unpack it and name its files"),
        (bytes(range(256)), "none of: agilent_4294a, autolab, autolab_fra"),
        (b'{"a": [1, 2, 3]}', "none of"),
        (b"Dear diary, today I measured.", "without a table"),
        (b"f,Z'\n1,2\n2,3\n3,4\n", "no column for Z''"),
        (b"1 2\n2 3\n3 4\n", "these rows have two"),
    ],
)
def test_what_is_no_spectrum_is_refused(
    content: bytes, said: str, write: Callable[..., Path]
) -> None:
    path = write(content, "x.dat")
    with pytest.raises(ReadError) as caught:
        read(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_binaries_are_of_unknown_format(write: Callable[..., Path]) -> None:
    with pytest.raises(UnknownFormat):
        read(write(b"\x00\x01\x02\x03" * 10, "x.ism"))


def test_formats_have_names_of_their_own() -> None:
    names = [f.name for f in formats()]
    assert len(set(names)) == len(names)
    assert all(f.title and f.suffixes for f in formats())


def test_no_column_is_evaluated(write: Callable[..., Path]) -> None:
    path = write("f,Z',Z''\n" + "__import__('os').getcwd(),1,-1\n" * 5)
    with pytest.raises(ReadError):
        read(path)


def test_a_large_file_is_read_in_seconds(write: Callable[..., Path]) -> None:
    rows = "".join(f"{f:.6e},1.234567e+03,-4.567890e+02\n" for f in np.logspace(6, 0, 500))
    path = write("f,Z',Z''\n" + rows * 100)
    assert len(read(path)) == 100
