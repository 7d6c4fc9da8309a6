"""Leads and stray paths of a fixture: taken out exactly, said where little is left, kept beside."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import eisfit
from eisfit.cli import app
from eisfit.data.fixture import Fixture, remove_fixture
from eisfit.data.spectrum import Spectrum

F = np.geomspace(1e7, 1.0, 71)
W = 2j * np.pi * F


def sample(R: float = 200.0, C: float = 1e-9) -> np.ndarray:
    return 5 + R / (1 + W * R * C)


def fixture(lead: float, L: float, C: float, at: np.ndarray = F) -> tuple[Fixture, np.ndarray]:
    w = 2j * np.pi * at
    short = lead + w * L
    apart = short + 1 / (w * C + 1e-9)
    return Fixture(Spectrum(at, short), Spectrum(at, apart)), short


def seen(Z: np.ndarray, lead: float, L: float, C: float) -> np.ndarray:
    """Return what an instrument sees: the sample beside the stray path, behind the leads."""
    return lead + W * L + 1 / (1 / Z + W * C + 1e-9)


@given(
    lead=st.floats(0.01, 20), L=st.floats(1e-9, 2e-6), C=st.floats(1e-13, 2e-11),
    R=st.floats(1.0, 1e6),
)  # fmt: skip
def test_the_sample_comes_back_whatever_the_fixture(lead, L, C, R):
    Z = sample(R)
    whole, _ = fixture(lead, L, C)
    back = remove_fixture(Spectrum(F, seen(Z, lead, L, C)), whole)
    assert np.allclose(back.impedance, Z, rtol=1e-6)
    assert np.array_equal(back.measured, seen(Z, lead, L, C))


def test_an_open_alone_and_a_short_alone_take_out_their_own():
    Z, C, L = sample(1e6, 1e-11), 3e-12, 5e-7
    apart = remove_fixture(Spectrum(F, 1 / (1 / Z + W * C)), Fixture(open=Spectrum(F, 1 / (W * C))))
    assert np.allclose(apart.impedance, Z, rtol=1e-9)
    short = remove_fixture(Spectrum(F, Z + 2 + W * L), Fixture(short=Spectrum(F, 2 + W * L)))
    assert np.allclose(short.impedance, Z, rtol=1e-9)


def test_a_fixture_measured_at_other_frequencies_is_interpolated_and_held_below():
    at = np.geomspace(2e7, 1e3, 23)  # none of them is one of the sample's, and it ends earlier
    whole, _ = fixture(2.0, 4e-7, 5e-12, at)
    back = remove_fixture(Spectrum(F, seen(sample(), 2.0, 4e-7, 5e-12)), whole)
    assert np.allclose(back.impedance, sample(), rtol=2e-3)
    assert not back.mask.any()


def test_points_above_the_fixture_are_left_out_with_the_reason():
    whole, _ = fixture(2.0, 4e-7, 5e-12, np.geomspace(1e6, 1.0, 40))
    back = remove_fixture(Spectrum(F, seen(sample(), 2.0, 4e-7, 5e-12)), whole)
    assert np.array_equal(back.mask, F > 1e6 * 1.01)
    assert {r for r in back.reasons if r} == {"the fixture was not measured at this frequency"}
    assert "fixture_not_measured" in [f.code for f in back.findings]
    below = Fixture(Spectrum([0.1, 0.01], [1 + 0j, 1 + 0j]))
    with pytest.raises(eisfit.EisfitError, match="highest frequency"):
        remove_fixture(Spectrum(F, sample()), below)


def test_little_that_is_left_is_said():
    back = remove_fixture(
        Spectrum(F, 100 + sample(5.0, 1e-9)), Fixture(short=Spectrum(F, np.full(len(F), 100.0)))
    )
    assert "lead_dominates" in [f.code for f in back.findings]
    large = remove_fixture(
        Spectrum(F, 1 + sample(5000.0, 1e-9)), Fixture(short=Spectrum(F, np.full(len(F), 1.0)))
    )
    assert [f.code for f in large.findings] == []


def test_a_sample_that_is_the_short_itself_is_refused_and_a_point_of_it_left_out():
    short = Spectrum(F, 1 + W * 1e-7)
    with pytest.raises(eisfit.EisfitError, match="no impedance is left"):
        remove_fixture(short, Fixture(short=short))
    Z = sample() + short.impedance
    Z[5] = short.impedance[5]
    back = remove_fixture(Spectrum(F, Z), Fixture(short=short))
    assert np.flatnonzero(back.mask).tolist() == [5]


def test_an_empty_fixture_is_refused():
    with pytest.raises(eisfit.EisfitError, match="shorted or open"):
        Fixture()


def write(path: Path, Z: np.ndarray) -> str:
    rows = "\n".join(f"{f},{z.real},{z.imag}" for f, z in zip(F, Z, strict=True))
    path.write_text("frequency / Hz,Z' / ohm,Z'' / ohm\n" + rows)
    return str(path)


def test_the_command_takes_the_fixture_out_of_a_folder_that_holds_it(tmp_path):
    whole, short = fixture(3.0, 4e-7, 5e-12)
    write(tmp_path / "pellet.csv", seen(sample(), 3.0, 4e-7, 5e-12))
    files = [
        write(tmp_path / "short.csv", short),
        write(tmp_path / "open.csv", whole.open.impedance),
    ]
    asked = ["fit", str(tmp_path), "-m", "R0-p(R1,C1)", "--short", files[0], "--open", files[1]]
    told = CliRunner().invoke(app, [*asked, "--json"])
    (found,) = json.loads(told.stdout)  # the fixture's own files are no samples
    values = {k: v["value"] for k, v in found["parameters"].items()}
    assert values == pytest.approx({"R0": 5, "R1": 200, "C1": 1e-9}, rel=1e-3)
    kept = found["with_fixture"]
    assert kept["z_real_ohm"] == pytest.approx(seen(sample(), 3.0, 4e-7, 5e-12).real)


def test_the_sheet_names_the_fixture(tmp_path):
    whole, short = fixture(3.0, 4e-7, 5e-12)
    write(tmp_path / "pellet.csv", seen(sample(), 3.0, 4e-7, 5e-12))
    write(tmp_path / "short.csv", short)
    write(tmp_path / "open.csv", whole.open.impedance)
    (tmp_path / "series.toml").write_text(
        'schema = 1\nmodel = "R0-p(R1,C1)"\nshort = "short.csv"\nopen = "open.csv"\n'
    )
    told = CliRunner().invoke(app, ["fit", str(tmp_path), "--json"])
    (found,) = json.loads(told.stdout)
    assert found["parameters"]["R0"]["value"] == pytest.approx(5, rel=1e-3)


def test_suspects_are_left_out_where_asked_and_shown(tmp_path):
    rng = np.random.default_rng(4)
    Z = sample() * (1 + 0.002 * (rng.standard_normal(71) + 1j * rng.standard_normal(71)))
    Z[30] *= 1.08
    file = write(tmp_path / "pellet.csv", Z)
    kept, left = (
        json.loads(
            CliRunner().invoke(app, ["fit", file, "-m", "R0-p(R1,C1)", "--json", *more]).stdout
        )[0]
        for more in ([], ["--suspects", "leave_out"])
    )
    assert kept["left_out_points"] == []
    (point,) = left["left_out_points"]
    assert point["frequency_Hz"] == pytest.approx(F[30], rel=1e-6)
    assert point["reason"]
    assert left["reduced_chi_square"] < kept["reduced_chi_square"]
    wrong = CliRunner().invoke(app, ["fit", file, "-m", "R0", "--suspects", "perhaps"])
    assert wrong.exit_code == 2
    assert "'leave_out'" in wrong.output


def test_a_short_of_several_sweeps_is_refused():
    file = "sample_data/llto_pellet"
    told = CliRunner().invoke(app, ["fit", file, "-m", "llto_pellet", "--short", file])
    assert "12 sweeps" in str(told.exception)
