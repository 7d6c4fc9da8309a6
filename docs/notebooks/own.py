# %% [markdown]
# # My own circuit, and what its errors mean
#
# A circuit of one's own, an element that nobody has, a literature value from one's own notebook.
# And the question that decides whether a number can be published: how sure is it?
#
# The spectra here are simulated, so that every answer can be checked.

# %%
# %matplotlib inline
# %config InlineBackend.figure_format = "retina"
import tempfile
from pathlib import Path

import numpy as np

import eisfit
from eisfit import plots

truth = {"R0": 20, "R1": 600, "Q1": 1e-10, "n1": 0.97, "R2": 3e4, "Q2": 3e-8, "n2": 0.9,
         "Q3": 1e-6, "n3": 0.82}  # fmt: skip
spectrum = eisfit.simulate("R0-p(R1,CPE1)-p(R2,CPE2)-CPE3", truth, noise=0.003)
spectrum

# %% [markdown]
# ## A circuit
#
# Write it as you are used to. These four are the same circuit, in the notation of eisfit,
# impedance.py, Boukamp and EC-Lab:

# %%
notations = [
    "R0 + (R1 | Q1) + (R2 | Q2) + Q3",
    "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
    "R(RQ)(RQ)Q",
    "R0+R1/Q1+R2/Q2+Q3",
]
for notation in notations:
    print(f"{notation:34} {eisfit.fit(spectrum, notation).reduced_chi_square:.6e}")

# %%
result = eisfit.fit(spectrum, notations[0])
result

# %% [markdown]
# ## Correlations
#
# Strongly correlated parameters cannot be told one by one. Each Q hangs together with its
# exponent n: a larger exponent with a smaller Q fits nearly as well. The capacitance that follows
# from both is far surer than Q.

# %%
plots.correlation_figure(result)

# %%
n, Q, R = (result.estimates[name].ufloat for name in ("n1", "Q1", "R1"))
print(f"Q1 is known to {100 * Q.std_dev / Q.nominal_value:.1f} %")
capacitance = eisfit.analyze_spectrum(spectrum, notations[0]).processes["process_1"].capacitance
print(f"its capacitance to {100 * capacitance.std_dev / capacitance.nominal_value:.1f} %")

# %% [markdown]
# What you know from elsewhere, hold; what must be equal, tie. The parameters are those of lmfit.

# %%
params = result.params
params["n1"].set(value=0.97, vary=False)
held = eisfit.fit_params(spectrum, notations[0], params)
for name in ("R0", "R1", "Q1"):
    free, tied = result.estimates[name].ufloat, held.estimates[name].ufloat
    print(f"{name}  free {free}   with n1 = 0.97 {tied}")

# %% [markdown]
# The errors shrink, and rightly so: the spectrum was made with n1 = 0.97. Were it 0.95 in truth,
# the values would be off by many of these smaller errors. A held parameter is a claim.
#
# ## Three ways to an interval
#
# A standard error takes χ² for a parabola about its minimum. That is good where the data are
# good. Here they are not: an arc of which only the beginning was measured.

# %%
values = {"R0": 20, "R1": 1000, "Q1": 1e-6, "n1": 0.9}
short = eisfit.simulate("R0-p(R1,CPE1)", values, np.geomspace(1e5, 6000, 31), noise=0.02, seed=1)
early = eisfit.fit(short, "R0-p(R1,CPE1)")
early

# %%
with plots.style():
    figure, ax = plots.new_figure(plots.ONE_COLUMN, 2.5)
    plots.nyquist(short, early, ax=ax)
    figure.tight_layout()
figure

# %% [markdown]
# The profile holds R1 at one value after another and fits everything else anew. The bootstrap
# draws spectra from the fit, with noise like that of the data, and fits each.

# %%
profile = eisfit.profile(early, ["R1"])["R1"]
drawn = eisfit.bootstrap(early, count=400)
print("parabola  ", profile.wald)
print("profile   ", profile.interval)
print("bootstrap ", drawn.intervals()["R1"])

# %%
best = early.estimates["R1"].value
width = np.log(profile.wald.high / best) / np.sqrt(profile.threshold)
with plots.style():
    figure, (left, right) = plots.new_figure(plots.TWO_COLUMNS, 2.6, ncols=2)
    left.plot(profile.values, profile.delta_chi_square, "o", label="profile")
    x = np.geomspace(500, 2000, 100)
    left.plot(x, (np.log(x / best) / width) ** 2, "--", label="parabola (in ln R1)")
    left.axhline(profile.threshold, color="#8a8a8a", lw=0.8)
    left.set(xlabel="R1 (Ω)", ylabel="Rise of χ²", xlim=(500, 2000), ylim=(0, 8))
    left.legend(loc="upper right")
    right.plot(drawn.samples[:, 1], drawn.samples[:, 3], ".", ms=2.5)
    right.set(xlabel="R1 (Ω)", ylabel="n1", title="fits of 400 drawn spectra")
    figure.tight_layout()
figure

# %% [markdown]
# The truth, 1000 Ω, lies in all three. But the data rule out a small arc more sharply than a
# large one, and only the profile and the bootstrap know it. On the right stands why: a larger arc
# with a smaller exponent looks the same at these frequencies.
#
# `eisfit.intervals` gives the profile where it is needed and the plain interval elsewhere:

# %%
for name, interval in eisfit.intervals(early).items():
    print(f"{name:3} {interval}   ({interval.source})")

# %% [markdown]
# The cure for the arc is not in the statistics. It is a longer measurement:

# %%
longer = eisfit.simulate("R0-p(R1,CPE1)", values, np.geomspace(1e5, 1, 51), noise=0.02, seed=1)
print(eisfit.fit(longer, "R0-p(R1,CPE1)").estimates["R1"].ufloat, "Ω")

# %% [markdown]
# ## An element of one's own
#
# A formula in numpy and the units of its parameters are enough. Nothing is registered anywhere.


# %%
def stretched(omega, R, tau):
    """Return R / (1 + √(jωτ))."""
    return R / (1 + np.sqrt(1j * omega * tau))


mine = eisfit.element("X", stretched, {"R": "ohm", "tau": "s"}, title="stretched relaxation")
model = eisfit.load_model("R0 + X1", elements=(mine,))
made = eisfit.simulate(model, [10, 500, 1e-3], np.geomspace(1e6, 1e-2, 65))
eisfit.fit(made, model)

# %% [markdown]
# It can be compared with others like any circuit. (A stretched relaxation is a Zarc, that is an R
# beside a Q, whose exponent is ½. The more general circuit fits no better, so BIC takes the one
# that has a parameter less.)

# %%
for trial in eisfit.compare_models(
    made, [model, "R0 + (R1 | Q1)", "R0 + (R1 | C1)"], draws=0
).trials:
    print(f"BIC {trial.bic:8.1f}  {trial.model.circuit}")

# %% [markdown]
# ## A literature value of one's own
#
# Values stand in TOML files, one a material. Put yours into a folder:

# %%
folder = Path(tempfile.mkdtemp())
(folder / "mine.toml").write_text(
    """
schema = 1
material = "LLTO"
title = "Lithium lanthanum titanate"
elements = ["Li", "La", "Ti", "O"]

[[source]]
id = "LLTO-MyLab"
sample = "LLTO pellet, sintered at 1200 °C"
composition = "Li0.33La0.56TiO3"
temperature_C = 25
citation = "our own notebook, page 12"
values = [{ kind = "bulk", conductivity_S_cm = 1.1e-3, verification = "unverified" }]
""",
    encoding="utf-8",
)
for value in eisfit.references("LLTO", kind="bulk", extra=folder):
    print(value)

# %% [markdown]
# `analyze_series(…, references=folder)` compares with it, and so does `eisfit series …
# --references FOLDER`. All keys: [my own literature values](../howto/references.md).
#
# Next: [many spectra](many.py).
