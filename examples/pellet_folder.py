"""A folder of pellets: files of an instrument in, conductivities of every pellet out.

    python examples/pellet_folder.py [--pellets 3] [--output DIR]

Simulates a folder of EC-Lab text files (each pellet at six temperatures, and one file cut off in
transfer), fits all of them in one batch, and prints the bulk conductivity of each pellet at its
temperatures. The bad file does not stop the others; the overview lists it with its reason.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

import eisfit
from eisfit.base.constants import BOLTZMANN_EV, ZERO_CELSIUS
from eisfit.io.writing import write_spectrum

GEOMETRY = eisfit.Geometry.disc(thickness="1.2 mm", diameter="10 mm")
CELSIUS = (-20, 0, 20, 40, 60, 80)


def write_pellets(folder: Path, pellets: int) -> None:
    """Write one file a pellet and temperature; the conductivities of the pellets differ."""
    rng = np.random.default_rng(7)
    for pellet in range(1, pellets + 1):
        room = 2e3 * np.exp(0.2 * rng.standard_normal())
        for celsius in CELSIUS:
            kelvin = celsius + ZERO_CELSIUS
            slower = np.exp(0.35 / BOLTZMANN_EV * (1 / kelvin - 1 / 298.15))
            values = {"R_bulk": room * slower, "R_grain_boundary": 4 * room * slower}
            spectrum = eisfit.simulate("llto_pellet", values, seed=100 * pellet + celsius)
            write_spectrum(spectrum, folder / f"pellet{pellet}_{kelvin:g}K.mpt")
    good = (folder / "pellet1_293.15K.mpt").read_bytes()
    (folder / "pellet1_293.15K_again.mpt").write_bytes(good[:150])


def main() -> None:
    """Simulate, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pellets", type=int, default=3)
    parser.add_argument("--output", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = given.output or Path(scratch)
        data = place / "data"
        data.mkdir(parents=True, exist_ok=True)
        write_pellets(data, given.pellets)
        result = eisfit.run_batch(data, "llto_pellet", place / "fits", existing="resume")
        print(result)
        for failure in result.failures:
            print(f"  failed: {failure.reason}")
        columns = ["id", "temperature_K", "bulk_resistance_ohm", "bulk_resistance_stderr_ohm"]
        found = pq.read_table(result.dataset, columns=columns).to_pylist()
        print("file                     T / °C   bulk conductivity / S/cm")
        for row in found:
            R, error = row["bulk_resistance_ohm"], row["bulk_resistance_stderr_ohm"]
            if R is None:  # no fit, or the data do not determine it
                continue
            sigma = GEOMETRY.cell_constant / 100 / R
            name = Path(row["id"]).name
            celsius = row["temperature_K"] - ZERO_CELSIUS
            print(f"{name:24s} {celsius:6.0f}   {sigma:.3e} ± {sigma * error / R:.1e}")


if __name__ == "__main__":  # batches of files start processes, which import this file
    main()
