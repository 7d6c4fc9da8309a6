"""Small batches: tables and folders of simulated spectra whose truth is known."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa

from eisfit.circuit.models import load_model
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.circuit.tape import evaluate
from eisfit.io.writing import write_spectrum

MODEL = "R0-p(R1,CPE1)"
TRUTH = {"R0": 10.0, "R1": 200.0, "Q1": 1e-6, "n1": 0.9}


def spectra(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return frequencies, impedances with 0.3 % noise, and their parameters."""
    rng = np.random.default_rng(seed)
    f = frequencies(1.0, 1e6, per_decade=4)
    spread = np.exp(0.3 * rng.standard_normal((count, 4)) * [1, 1, 1, 0])
    values = np.array(list(TRUTH.values())) * spread
    Z = evaluate(load_model(MODEL).tape, 2 * np.pi * np.broadcast_to(f, (count, len(f))), values)
    noise = rng.standard_normal((2, *Z.shape))
    return f, Z * (1 + 0.003 * (noise[0] + 1j * noise[1])), values


def lists(values) -> pa.Array:
    return pa.array([np.asarray(v, dtype=float) for v in values], pa.list_(pa.float64()))


def table_of(f: np.ndarray, Z: np.ndarray, **more: object) -> pa.Table:
    return pa.table(
        {
            "id": [f"s{i}" for i in range(len(Z))],
            "frequency": lists([f] * len(Z)),
            "z_real": lists(Z.real),
            "z_imag": lists(Z.imag),
            "temperature_K": [300.0 + i for i in range(len(Z))],
            **more,
        }
    )


def write_folder(folder: Path, count: int) -> list[Path]:
    """Write spectra in three formats, all with the same truth."""
    out = []
    for i in range(count):
        ending = (".DTA", ".mpt", ".csv")[i % 3]
        made = simulate(
            MODEL, TRUTH, frequencies(1.0, 1e6, per_decade=5 + i % 2), noise=0.003, seed=i
        )
        out.append(write_spectrum(made, folder / f"pellet_{i:03d}{ending}"))
    return out


def write_bad_files(folder: Path) -> dict[str, bytes]:
    """Write files that are no spectra, some of them on purpose so; all look like data."""
    good = simulate(MODEL, TRUTH, frequencies(1.0, 1e6, per_decade=5))
    place = write_spectrum(good, folder / "x_cut.DTA")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * 40_000_000)
    bad = {
        "x_empty.DTA": b"",
        "x_cut.DTA": place.read_bytes()[:300],
        "x_noise.mpt": bytes(np.random.default_rng(0).integers(0, 256, 4000, dtype=np.uint8)),
        "x_text.txt": b"dear diary, <script>alert(1)</script>\n" * 5,
        "x_cv.csv": b"potential / V,current / A\n" + b"0.1,0.2\n" * 50,
        "x_zip.csv": packed.getvalue(),
        "x_pickle.dat": b"\x80\x04\x95cos\nsystem\n(S'true'\ntR.",
        "x_table.parquet": b"PAR1" + b"\0" * 100 + b"PAR1",
    }
    for name, data in bad.items():
        (folder / name).write_bytes(data)
    return bad
