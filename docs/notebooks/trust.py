# %% [markdown]
# # Can I trust my data, and which circuit?
#
# Two questions come before every fit. Are these numbers an impedance at all? And how many arcs
# are there? Neither needs a circuit.

# %%
# %matplotlib inline
# %config InlineBackend.figure_format = "retina"
from pathlib import Path

import numpy as np

import eisfit
from eisfit import plots
from eisfit.quality import kramers_kronig, validate, without_suspects

# the project's folder, wherever this notebook was started
root = next(p for p in (Path.cwd(), *Path.cwd().parents) if (p / "sample_data").is_dir())
good = eisfit.read(root / "sample_data/llto_pellet/LLTO_pelletA_0C.mpt")[0]
good

# %% [markdown]
# ## A good spectrum

# %%
seen = validate(good)
low, high = seen.valid_range
print(f"{seen.verdict}; noise {100 * seen.noise:.2f} % of |Z|; valid from {low:g} to {high:.3g} Hz")

# %% [markdown]
# The heart of this is the [Kramers–Kronig](../explanation/kramers_kronig.md) test: the real part
# of an impedance follows from its imaginary part. A chain of RC elements obeys that whatever its
# values, so what such a chain cannot follow is no impedance of a linear, steady sample.
#
# ## Three ways to spoil it
#
# A contact that slips for one point; a step where the instrument changes its range; a sample that
# changes while it is measured.

# %%
f, Z = good.frequency, good.impedance
slip = np.where(np.arange(len(f)) == 30, 1.04 * Z, Z)
step = np.where(f > 2e3, 1.03 * Z, Z)
drift = Z * np.linspace(1.0, 0.95, len(f))
spoilt = {name: eisfit.Spectrum(f, Z) for name, Z in
          [("as it was", Z), ("slip", slip), ("step", step), ("drift", drift)]}  # fmt: skip
for name, spectrum in spoilt.items():
    seen = validate(spectrum)
    print(f"{name:10} {seen.verdict}")
    for finding in seen.findings:
        print("   ", finding.message)

# %% [markdown]
# In a Nyquist plot none of the three can be seen. The residuals of the Kramers–Kronig test show
# them:

# %%
with plots.style():
    figure, axes = plots.new_figure(
        plots.TWO_COLUMNS, 3.6, nrows=2, ncols=2, sharex=True, sharey=True
    )
    for ax, (name, spectrum) in zip(axes.flat, spoilt.items(), strict=True):
        test = kramers_kronig(spectrum)
        x = np.log10(test.frequency)
        ax.axhspan(-200 * test.noise, 200 * test.noise, color="#e4ebf2")
        ax.plot(x, 100 * test.residual_real, ".-", lw=0.7, label="real")
        ax.plot(x, 100 * test.residual_imag, ".-", lw=0.7, label="imaginary")
        ax.set_title(name)
    figure.supxlabel("log₁₀ (frequency / Hz)", fontsize=8)
    figure.supylabel("Residual (% of |Z|)", fontsize=8)
    axes[0, 0].legend(ncols=2, loc="lower left")
    figure.tight_layout()
figure

# %% [markdown]
# Noise scatters within the band, twice the noise wide on either side. The slip sticks out, the
# step breaks the curve, and the drift, the hardest to see, bends it at both ends.
#
# A point that is off can be left out. That is a mask with a reason; no number is changed.

# %%
clean = without_suspects(spoilt["slip"])
print([reason for reason in clean.reasons if reason])
print(len(clean.kept[0]), "of", len(clean.frequency), "points kept;", validate(clean).verdict)

# %% [markdown]
# A sample that drifts cannot be mended afterwards: wait longer before the sweep, or measure
# faster. Sweep twice, and you will know. More in [can my data be trusted?](../howto/trust.md)
#
# ## How many arcs?
#
# The distribution of relaxation times (DRT) shows them without a circuit. Every peak is a
# relaxation; its area is a resistance, and the band is what noise leaves open (95 %).

# %%
times = eisfit.drt(good)
plots.drt_figure(times)

# %%
for peak in times.peaks:
    R, error = peak.resistance, peak.resistance_stderr
    print(f"{R:8.0f} ± {error:4.0f} Ω at {peak.time_constant:.2e} s, sure: {peak.sure}")

# %% [markdown]
# Two: the bulk and the grain boundaries. The electrode blocks; its rise is no arc and was taken
# off as a tail.
#
# ## Which circuit?
#
# `compare_models` makes circuits itself when none are named, fits all of them and ranks them by
# BIC, which weighs the misfit against the number of parameters.

# %%
choice = eisfit.compare_models(good, draws=19)
choice

# %%
for trial in choice.trials[:5]:
    print(f"BIC {trial.bic - choice.best.bic:+7.1f}  {trial.title}")
print("…")
one_arc = next(t for t in choice.trials if t.model.circuit.count("|") == 1)
print(f"BIC {one_arc.bic - choice.best.bic:+7.1f}  {one_arc.title}")

# %% [markdown]
# A difference above 10 is very strong evidence. One arc is out of the question here; a third one
# is not worth its parameters.
#
# ## When the data cannot tell
#
# Two RC elements one after the other, or one within the other, as a pore in a coating:

# %%
row, ladder = "R0-p(R1,C1)-p(R2,C2)", "R0-p(C1,R1-p(R2,C2))"
values = {"R0": 10, "R1": 100, "C1": 1e-6, "R2": 300, "C2": 1e-5}
spectrum = eisfit.simulate(row, values, np.geomspace(1e5, 1, 51))
tied = eisfit.compare_models(spectrum, [row, ladder, "R0-p(R1,C1)"])
print(tied)
for finding in tied.findings:
    print("•", finding.message)

# %%
with plots.style():
    figure, axes = plots.new_figure(plots.TWO_COLUMNS, 2.9, ncols=2)
    for ax, trial in zip(axes, tied.trials[:2], strict=True):
        fit = trial.fits[0]
        plots.nyquist(spectrum, fit, ax=ax)
        ax.set_title(trial.model.circuit)
        print(trial.model.circuit, {name: f"{e.value:.4g}" for name, e in fit.estimates.items()})
    figure.tight_layout()
figure

# %% [markdown]
# The two curves are the same to the last digit, and both fits are perfect. No noise, no range and
# no number of points will ever tell them apart: each set of values of the one circuit has a set
# of the other with the same impedance. Yet the resistances differ, 100 and 300 Ω in the one, some
# 121 and 280 Ω in the other. Which one is meant is a question of physics, and the answer comes
# from elsewhere: another temperature, another thickness, another electrode.
#
# Next: [my own circuit, and what its errors mean](own.py).
