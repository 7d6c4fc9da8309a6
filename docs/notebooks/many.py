# %% [markdown]
# # Many spectra
#
# A cell that was cycled five hundred times, a folder of files, a table of spectra too large for
# the memory: one circuit, fitted everywhere.

# %%
# %matplotlib inline
# %config InlineBackend.figure_format = "retina"
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import eisfit
from eisfit import plots
from eisfit.batch import write_table

# %% [markdown]
# ## A cell that ages
#
# Five hundred spectra, one after every cycle. The resistance of the charge transfer grows with
# the root of the cycle's number. With your own cell these arrays come from `eisfit.read`; here
# they are simulated, so that the truth is known.

# %%
circuit = "R0-p(R1,CPE1)-p(R2,CPE2)"
cycle = np.arange(1, 501)
R2 = 30 * (1 + 0.05 * np.sqrt(cycle))
f = np.geomspace(1e5, 0.01, 57)
fresh = {"R0": 4, "R1": 15, "Q1": 2e-5, "n1": 0.88, "Q2": 4e-3, "n2": 0.85}
spectra = [eisfit.simulate(circuit, fresh | {"R2": R}, f, seed=i) for i, R in enumerate(R2)]
Z = np.array([spectrum.impedance for spectrum in spectra])
Z.shape

# %%
with plots.style():
    figure, ax = plots.new_figure(plots.TWO_COLUMNS, 2.4)
    for i in range(0, 500, 100):
        ax.plot(Z[i].real, -Z[i].imag, ".-", lw=0.8, label=f"cycle {cycle[i]}")
    ax.set(xlabel="Re Z (Ω)", ylabel="−Im Z (Ω)", aspect="equal", ylim=(0, 28))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()
figure

# %% [markdown]
# `fit_many` takes spectra of the same frequencies as an array, one a row. No guess is needed. A
# thousand spectra take a second or less.

# %%
table = eisfit.fit_many(f, Z, circuit)
table

# %%
values, errors = table["R2"], table.stderr[:, table.names.index("R2")]
with plots.style():
    figure, (left, right) = plots.new_figure(plots.TWO_COLUMNS, 2.6, ncols=2)
    left.errorbar(cycle[::10], values[::10], errors[::10], fmt="o", ms=2.5, label="fitted")
    left.plot(cycle, R2, label="put in")
    left.set(xlabel="Cycle", ylabel="R2 (Ω)")
    left.legend(loc="lower right")
    pull = (values - R2) / errors
    x = np.linspace(-4, 4, 200)
    right.hist(pull, bins=24, range=(-4, 4), density=True, color="#9bbfdc")
    right.plot(x, np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), label="bell curve of width 1")
    right.set(xlabel="(fitted − put in) / error", ylabel="Density")
    right.set_ylim(0, 0.55)
    right.legend(loc="upper left")
    figure.tight_layout()
figure

# %% [markdown]
# On the right is the test of the errors: how far each value is from the truth, in units of the
# error that the fit states. If errors are honest, this is the bell curve of width 1.

# %%
print(f"mean {pull.mean():+.2f}, width {pull.std():.2f}")
print(f"{np.mean(np.abs(pull) < 1.96):.1%} within the 95 % interval")

# %% [markdown]
# ## What it grows like
#
# With errors that can be believed, laws can be tested. The root of the cycle's number, or the
# number itself?

# %%
for name, x in {"root of the cycle": np.sqrt(cycle), "cycle": cycle.astype(float)}.items():
    slope, start = np.polyfit(x, values, 1, w=1 / errors)
    misfit = np.mean(((values - start - slope * x) / errors) ** 2)
    print(f"{name:18} χ²ᵣ = {misfit:6.2f}")

# %% [markdown]
# ## From tables and folders: batches
#
# `fit_many` holds everything in memory. `run_batch` does not: it reads files or a table in
# chunks, writes its results in chunks, and goes on where it stopped. Here is the cell as a table
# of spectra, with a column `cycle`:

# %%
place = Path(tempfile.mkdtemp())
ids = [f"cycle {c}" for c in cycle]
cell = write_table(place / "cell.parquet", f, [(Z, {"id": ids, "cycle": cycle})])
batch = eisfit.run_batch(cell, circuit, place / "fits", validation="screening", jobs=1)
batch

# %% [markdown]
# What you brought along stands beside the results, so that nothing has to be looked up:

# %%
found = pd.read_parquet(batch.dataset)
found[["cycle", "R2", "R2_stderr", "verdict"]].head(3)

# %%
for quantity in batch.quantities:
    print(f"{quantity.name:3} median {quantity.median:9.4g} {quantity.unit}")

# %% [markdown]
# A folder of instrument files goes the same way. One of these files is broken; it is named with
# its reason and stops nothing.

# %%
# the project's folder, wherever this notebook was started
root = next(p for p in (Path.cwd(), *Path.cwd().parents) if (p / "sample_data").is_dir())
folder = place / "files"
folder.mkdir()
for file in sorted((root / "sample_data/llto_pellet").glob("*.mpt")):
    (folder / file.name).write_bytes(file.read_bytes())
(folder / "cut_off.mpt").write_bytes(file.read_bytes()[:200])

pellet = eisfit.run_batch(folder, "llto_pellet", place / "pellet", jobs=1)
print(pellet.fitted, "fitted,", pellet.failed, "failed")
for failure in pellet.failures:
    print(failure.reason.replace(str(folder), "…"))

# %% [markdown]
# The folder of results has a page to look at, `overview.html`, and `summary.csv` for the
# spreadsheet. On the command line the same is
#
# ```bash
# eisfit batch FOLDER -m llto_pellet -o fits
# ```
#
# After a power cut add `--resume`. Several computers, larger tables and more settings:
# [batches](../howto/batch.md).
