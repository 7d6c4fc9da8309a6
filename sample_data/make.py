"""Make the sample data again: simulated files, with the truth they were made from beside them.

    python sample_data/make.py [DIR]

Nothing here was measured. The numbers follow the literature: LLTO after Inaguma et al., Solid State
Commun. 86 (1993) 689 (bulk 1e-3 S/cm, 0.40 eV; total 2e-5 S/cm; grain boundary 0.42 eV); LiPON
after Bates et al., Solid State Ionics 53-56 (1992) 647, with a space-charge region as thin as
Haruta et al., Nano Lett. 15 (2015) 1498, found it, and an interphase that grows as √t.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from eisfit.base.constants import BOLTZMANN_EV, VACUUM_PERMITTIVITY, ZERO_CELSIUS
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.data.geometry import Geometry
from eisfit.io.writing import write_spectrum, write_text

ROOM = 300.15  # K, the temperature of the conductivities in the paper
START = datetime(2026, 3, 2, 9, 0, 0)
NOISE = 0.003


def thermal(value: float, energy: float, T: float) -> float:
    """Return σ in S/cm at `T` from its value at `ROOM`, σT = A exp(-E/kT)."""
    return value * ROOM / T * float(np.exp(-energy / BOLTZMANN_EV * (1 / T - 1 / ROOM)))


def cpe(R: float, C: float, n: float) -> float:
    """Return Q in F s^(n-1) of an arc of R in Ω with the effective capacitance C in F."""
    return C**n * R ** (n - 1)


LLTO = {
    "thickness": "1.2 mm", "diameter": "10 mm",
    "R_lead": 1.4, "L_lead": 2.2e-7,
    "bulk": {"conductivity_27C_S_cm": 1e-3, "activation_energy_eV": 0.40, "permittivity": 110.0,
             "n": 0.97},
    "grain_boundary": {"conductivity_27C_S_cm": 1 / (1 / 2e-5 - 1 / 1e-3),
                       "activation_energy_eV": 0.42, "permittivity": 2.3e4, "n": 0.90},
    "electrode": {"Q_27C": 1.3e-6, "n": 0.82},
}  # fmt: skip


def llto_values(T: float) -> dict[str, float]:
    """Return the circuit's parameters at `T` in K."""
    geometry = Geometry.disc(thickness=LLTO["thickness"], diameter=LLTO["diameter"])
    out = {"R_lead": LLTO["R_lead"], "L_lead": LLTO["L_lead"]}
    for name in ("bulk", "grain_boundary"):
        truth = LLTO[name]
        sigma = thermal(truth["conductivity_27C_S_cm"], truth["activation_energy_eV"], T)
        R = geometry.cell_constant / 100 / sigma
        C = truth["permittivity"] * VACUUM_PERMITTIVITY / geometry.cell_constant
        out |= {f"R_{name}": R, f"Q_{name}": cpe(R, C, truth["n"]), f"n_{name}": truth["n"]}
    spike = LLTO["electrode"]
    out["Q_electrode"] = spike["Q_27C"] * float(np.exp(0.006 * (T - ROOM)))
    out["n_electrode"] = spike["n"]
    return out


def make_llto(folder: Path) -> None:
    """Write twelve temperatures from -20 to 90 °C, the colder ones as .mpt, the warmer as .DTA."""
    truths = []
    for i, celsius in enumerate(range(-20, 91, 10)):
        T = celsius + ZERO_CELSIUS
        values = llto_values(T)
        f = frequencies(0.5, 7e6 if celsius < 40 else 5e6, per_decade=9)
        spectrum = simulate("llto_pellet", values, f, noise=NOISE, seed=100 + i, temperature=T)
        source = replace(
            spectrum.provenance,
            measured_at=START + timedelta(hours=2 * i),
            technique="simulated by eisfit, not measured",
        )
        name = f"LLTO_pelletA_{celsius}C" + (".mpt" if celsius < 40 else ".DTA")
        write_spectrum(spectrum.with_(provenance=source), folder / name)
        rows = "\n".join(f"{k} = {v:.8g}" for k, v in values.items())
        truths.append(f'[files."{name}"]\ntemperature_K = {T}\n{rows}\n')
    energies = "\n".join(
        f'[arrhenius.{n}]\nform = "ln_sigma_T"\n'
        f"activation_energy_eV = {LLTO[n]['activation_energy_eV']}\n"
        f"conductivity_27C_S_cm = {LLTO[n]['conductivity_27C_S_cm']:.8g}\n"
        for n in ("bulk", "grain_boundary")
    )
    said = (
        "# What sample_data/make.py simulated these files from. SI units, noise 0.3 % of |Z|.\n\n"
    )
    write_text(folder / "truth.toml", said + energies + "\n" + "\n".join(truths))
    sheet = f"""# Simulated data: made by sample_data/make.py, not measured.
schema = 1
sample = "LLTO pellet (simulated)"
material = "LLTO"
model = "llto_pellet"
thickness = "{LLTO["thickness"]}"
thickness_error = "0.01 mm"
diameter = "{LLTO["diameter"]}"
diameter_error = "0.05 mm"
"""
    write_text(folder / "series.toml", sheet)


def lipon_values(hours: float) -> dict[str, float]:
    """Return the stack's parameters after `hours` of rest at 25 °C; 1 µm LiPON, 1 cm²."""
    film = 1e-4 / 2.3e-6
    interphase = 40.0 + 6.0 * hours**0.5
    return {
        "R_lead": 1.1, "L_lead": 1.5e-7,
        "R_electrolyte": film, "Q_electrolyte": cpe(film, 1.5e-8, 0.97), "n_electrolyte": 0.97,
        "R_space_charge": 8.6, "Q_space_charge": cpe(8.6, 1e-6, 0.95), "n_space_charge": 0.95,
        "R_sei": interphase, "Q_sei": cpe(interphase, 4e-6, 0.92), "n_sei": 0.92,
        "Q_charge_transfer": cpe(150.0, 6e-5, 0.88), "n_charge_transfer": 0.88,
        "R_charge_transfer": 150.0, "Wo_diffusion_R": 60.0, "Wo_diffusion_tau": 12.0,
    }  # fmt: skip


def make_lipon(folder: Path) -> None:
    """Write ten spectra of a thin-film stack over 500 h."""
    truths = []
    for i, hours in enumerate((0, 2, 8, 24, 48, 96, 168, 260, 380, 500)):
        values = lipon_values(hours)
        f = frequencies(0.01, 7e6, per_decade=9)
        T = 25 + ZERO_CELSIUS
        spectrum = simulate(
            "electrolyte_cathode_stack", values, f, noise=0.002, seed=300 + i, temperature=T
        )
        source = replace(
            spectrum.provenance,
            measured_at=START + timedelta(hours=hours),
            technique="simulated by eisfit, not measured",
        )
        name = f"LiPON_LCO_{hours:03d}h_25C.mpt"
        write_spectrum(spectrum.with_(provenance=source), folder / name)
        rows = "\n".join(f"{k} = {v:.8g}" for k, v in values.items())
        truths.append(f'[files."{name}"]\ntime_h = {hours}\n{rows}\n')
    said = (
        "# What sample_data/make.py simulated these files from. SI units, noise 0.2 % of |Z|.\n\n"
    )
    law = "[growth.sei]\nR0_ohm = 40.0\nk_ohm_per_h_m = 6.0\nm = 0.5\n"
    write_text(folder / "truth.toml", said + law + "\n" + "\n".join(truths))
    sheet = """# Simulated data: made by sample_data/make.py, not measured.
schema = 1
sample = "LiPON | LiCoO2 stack, ageing at 25 °C (simulated)"
material = "LiPON"
model = "electrolyte_cathode_stack"
along = "time"
thickness = "1 um"
area = "1 cm2"
"""
    write_text(folder / "series.toml", sheet)


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    make_llto(place / "llto_pellet")
    make_lipon(place / "lipon_lco_stack")
    print(f"wrote {place / 'llto_pellet'} and {place / 'lipon_lco_stack'}")
