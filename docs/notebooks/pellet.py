# %% [markdown]
# # One pellet, from files to activation energies
#
# A disc of a ceramic ion conductor was measured at twelve temperatures. What are the
# conductivities of its grains and of its grain boundaries, and what are their activation
# energies?
#
# The sample is a simulated LLTO pellet: the files look like those of an instrument, noise
# included, and the truth is known. So at the end we can see whether the answer is right.

# %%
# %matplotlib inline
# %config InlineBackend.figure_format = "retina"
import tomllib
from pathlib import Path

import eisfit
from eisfit import plots

# the project's folder, wherever this notebook was started
root = next(p for p in (Path.cwd(), *Path.cwd().parents) if (p / "sample_data").is_dir())
data = root / "sample_data/llto_pellet"

# %% [markdown]
# ## The files
#
# `read` takes a file, a folder or a pattern. Nobody has to name the instrument: the content of a
# file tells. These come from two, BioLogic's and Gamry's.

# %%
spectra = sorted(eisfit.read(data), key=lambda s: s.temperature)
for spectrum in spectra:
    file, celsius = spectrum.provenance.file, spectrum.temperature - 273.15
    print(f"{Path(file).name:22} {spectrum.provenance.format:9} {celsius:4.0f} °C")

# %% [markdown]
# Look at the temperatures before anything else. A wrong one spoils an activation energy more than
# any fit can.
#
# ## One spectrum
#
# Begin in the middle, where most can be seen: 0 °C. The model `llto_pellet` is a circuit whose
# parts have names and meanings: a lead, the bulk, the grain boundaries, the electrodes.

# %%
print(eisfit.load_model("llto_pellet").circuit)

# %%
disc = eisfit.Geometry.disc(thickness="1.2 mm", diameter="10 mm")
cold = next(s for s in spectra if abs(s.temperature - 273.15) < 0.1)
result = eisfit.analyze_spectrum(cold, "llto_pellet", geometry=disc)
plots.spectrum_figure(result)

# %% [markdown]
# The large arc is the grain boundary. The bulk is the small one, enlarged in the inset, and the
# rise at the right end is the electrode, which blocks ions. No start values were given.
#
# The residuals at the lower right are what the fit leaves, in % of |Z|. They scatter about zero,
# without a wave. That is what a fit should look like; the height of the scatter is the noise of
# the instrument.

# %%
result.fit

# %% [markdown]
# Every number has its standard error, and strong correlations are named. The lead and the bulk
# hang together: one spectrum cannot well tell a resistance in front of an arc from the arc
# itself.
#
# What the numbers mean comes with the geometry:

# %%
for name in ("bulk", "grain_boundary"):
    process = result.processes[name]
    print(f"{name:15} σ = {process.conductivity / 100} S/cm, C = {process.capacitance} F")

# %% [markdown]
# The boundaries have two hundred times the capacitance of the bulk, because they are thin: that
# is how one arc is told from the other. (The conductivity of a grain boundary is the *apparent*
# one, with the thickness of the whole pellet. Boundaries are thin, so their own conductivity is
# far lower.)
#
# ## All temperatures
#
# As the pellet warms up, its arcs move out of the window of the instrument:

# %%
series = eisfit.Series.by_temperature(spectra, geometry=disc)
analysis = eisfit.analyze_series(series, "llto_pellet", material="LLTO")
plots.overview_figure(analysis)

# %% [markdown]
# On the right every curve is divided by its resistance. They fall onto each other: one mechanism
# at all temperatures.
#
# At 90 °C nothing is left of the bulk arc; there is only a point where the curve begins. Twelve
# single fits would therefore lose the bulk on the way. `analyze_series` fits all spectra
# **together**: it assumes that resistances follow Arrhenius and that capacitances and exponents
# stay, and it tests each claim. What it found, in words:

# %%
for finding in analysis.findings:
    print("•", finding.message)

# %% [markdown]
# The lead is told now. A wire does not follow Arrhenius, so there is only one value with which
# the bulk does. (The files were made with 1.4 Ω.)
#
# ## Activation energies

# %%
plots.arrhenius_figure(analysis)

# %%
for name, line in analysis.arrhenius.items():
    sigma, error, unit = line.conductivity_in_centimetres(298.15)
    print(
        f"{name:15} E_a = {line.activation_energy} eV, σ(25 °C) = {sigma:.3e} ± {error:.0e} {unit}"
    )

# %% [markdown]
# E_a is the slope of ln(σT). Many papers give that of ln σ instead, which is lower by about k_B T
# (25 meV); say which one you quote.
#
# The error bars are those of an ideal thermometer. A real one has an error that all temperatures
# share. Say how large it is, and the error of E_a grows from 0.1 to some 2.5 meV:
#
# ```python
# asked = eisfit.TemperatureOptions(error=1.0)  # K
# analysis = eisfit.analyze_series(series, "llto_pellet", temperatures=asked)
# ```
#
# ## Is it right?
#
# Here we can look.

# %%
truth = tomllib.loads((data / "truth.toml").read_text(encoding="utf-8"))["arrhenius"]
for name, values in truth.items():
    found = analysis.arrhenius[name].activation_energy
    off = (found.nominal_value - values["activation_energy_eV"]) / found.std_dev
    print(
        f"{name:15} put in {values['activation_energy_eV']} eV, found {found} eV: {off:+.1f} σ off"
    )

# %% [markdown]
# Within two standard errors in 19 of 20 cases: that is what an error promises, and what
# [calibration](../explanation/errors.md#calibration) checks over many samples.
#
# With your own pellet there is no truth to look up, but there are other people's pellets. Those
# that can be compared with this one (plain LLTO, the same quantity):

# %%
plots.comparison_figure([row for row in analysis.comparison if row.verdict != "not_comparable"])

# %% [markdown]
# ## The report
#
# All of this, every spectrum with its fit and every finding go into one page with
#
# ```python
# eisfit.write_report(analysis, "llto_report")
# ```
#
# or, without any Python, `eisfit series FOLDER -o llto_report`. See [ten minutes](../start.md)
# for that way, and [reading the report](../howto/report.md).
#
# Next: [can I trust my data, and which circuit?](trust.py)
