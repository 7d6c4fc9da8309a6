"""Which circuit: the right one is found, simpler ones are preferred, ties are called ties."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import eisfit
from eisfit.circuit.models import load_model
from eisfit.circuit.notation import parse
from eisfit.circuit.simulation import frequencies, simulate
from eisfit.cli import app
from eisfit.cli.compare import split_models
from eisfit.processes.model_choice import compare_models
from eisfit.processes.model_choice.alternatives import against, contains, relation
from eisfit.processes.model_choice.search import (
    TEMPLATES,
    canonical,
    circuit_of,
    one_step_changes,
    unusual,
)
from eisfit.processes.model_choice.trial import trial

TWO_ARCS = "R0-p(R1,CPE1)-p(R2,CPE2)"
F = frequencies(0.1, 7e6)


def two_arcs(seed: int = 1, noise: float = 0.005) -> eisfit.Spectrum:
    return simulate(TWO_ARCS, [20, 500, 1e-8, 0.9, 800, 1e-6, 0.85], F, noise=noise, seed=seed)


def one_arc(seed: int, noise: float = 0.005) -> eisfit.Spectrum:
    return simulate("R0-p(R1,CPE1)", [20, 500, 1e-7, 0.9], F, noise=noise, seed=seed)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("R0-p(R1,CPE1)-CPE2", "p(R1,CPE1)-R3", True),
        ("R0-p(R1,CPE1)-CPE2", "R0-p(R1,C1)-W1", True),
        ("R0-p(R1-W1,CPE1)", "R0-p(R1,CPE1)", True),
        ("R0-p(R1-Wo1,CPE1)", "R0-p(R1-W1,C1)", True),
        ("R0-p(R1,CPE1)", "R0-p(R1,CPE1)-CPE2", False),
        ("R0-p(R1,CPE1)-W1", "R0-p(R1-W1,CPE1)", False),
        ("R0-Ws1", "R0-Wo1", False),
        ("R0-p(R1,C1)", "R0-p(R1,CPE1)", False),
        ("p(R1,C1)", "p(R1,L1)", False),
    ],
)
def test_a_circuit_contains_what_is_left_when_parts_go(outer, inner, expected):
    assert contains(parse(outer), parse(inner)) is expected


def test_every_circuit_contains_itself():
    for terms in one_step_changes(("R", "R|Q", "Q")):
        tree = parse(circuit_of(terms))
        assert contains(tree, tree)


def test_neighbours_are_other_circuits_each_once_and_can_be_fitted():
    for start in [("R", "R|Q", "Q"), ("L", "R", "R|Q", "R|Q", "W"), ("R", "G")]:
        found = one_step_changes(canonical(start))
        assert len(found) == len(set(found)) > 10
        assert canonical(start) not in found
        for terms in found:
            assert len(load_model(circuit_of(terms)).names) >= 1


def test_every_term_is_a_circuit_of_its_own():
    for kind in TEMPLATES:
        assert load_model(circuit_of(("R", kind))).names


def test_seldom_parts_cost_and_plain_ones_do_not():
    assert unusual(("L", "R", "R|Q", "R|Q", "Q", "W", "G")) == 0
    assert 0 < unusual(("(R+W)|Q",)) < unusual(("(R+Wo)|Q",))


@pytest.mark.parametrize("seed", range(3))
def test_the_circuit_that_made_the_data_is_found_without_naming_any(seed):
    found = compare_models(two_arcs(seed), draws=19)
    assert found.best.model.circuit == load_model(TWO_ARCS).circuit
    assert len(found.trials) > 20
    scores = [t.score for t in found.trials]
    assert scores == sorted(scores)


@pytest.mark.parametrize(
    ("circuit", "values"),
    [
        ("R0-p(R1,CPE1)-W2", [20, 300, 1e-6, 0.9, 100]),
        ("R0-G1", [60, 1400, 1e-3]),
        ("R0-p(R1,CPE1)-G2", [20, 300, 1e-8, 0.9, 500, 0.1]),
    ],
)
def test_diffusion_is_not_taken_for_more_arcs(circuit, values):
    found = compare_models(simulate(circuit, values, F, noise=0.005, seed=4), draws=19)
    assert found.best.model.circuit == load_model(circuit).circuit


def test_an_arc_that_is_not_there_is_not_chosen():
    chosen = [
        compare_models(one_arc(seed), ["R0-p(R1,CPE1)", TWO_ARCS], draws=19).best.free
        for seed in range(20)
    ]
    assert chosen.count(4) >= 19


def test_an_arc_that_is_there_is_not_left_out():
    for seed in range(5):
        found = compare_models(two_arcs(seed), ["R0-p(R1,CPE1)", TWO_ARCS], draws=19)
        assert found.best.free == 7
        assert not found.ties


def test_circuits_of_one_impedance_are_tied():
    ladder = "R0-p(C1,R1-p(R2,C2))"
    arcs = "R0-p(R1,C1)-p(R2,C2)"
    spectrum = simulate(arcs, [20, 500, 1e-8, 800, 1e-6], F, noise=0.005, seed=2)
    found = compare_models(spectrum, [arcs, ladder], draws=39)
    assert len(found.ties) == 1
    assert abs(found.ties[0].trial.bic - found.best.bic) < 1e-3
    assert "tied_circuits" in [f.code for f in found.findings]


def test_two_models_of_one_circuit_are_tied_and_not_told_apart():
    circuit = load_model("llto_pellet")
    truth = [p.start or 1.0 for p in circuit.parameters]
    spectrum = simulate(circuit, truth, F, noise=0.005, seed=2)
    found = compare_models(spectrum, ["llto_pellet", "ceramic_pellet"], draws=9)
    assert [r.relation for r in found.alternatives] == ["other"]
    assert len(found.ties) == 1


def test_a_simpler_rival_is_ruled_out_about_as_often_as_said():
    # under the simpler circuit p is uniform: it falls to 0.05 in 5 % of the spectra
    circuits = [load_model(TWO_ARCS), load_model("R0-p(R1,CPE1)")]
    out = 0
    for seed in range(60):
        rich, simple = (trial([one_arc(100 + seed)], m, "", None, "modulus") for m in circuits)
        assert relation(rich, simple) == "simpler"
        out += against(rich, simple, "modulus", draws=19, seed=seed).ruled_out
    assert out <= 8  # binomial with 0.05: more than 8 of 60 in 0.3 % of all cases


def test_one_circuit_is_chosen_for_all_spectra():
    found = compare_models([two_arcs(1), two_arcs(2)], [TWO_ARCS, "R0-p(R1,CPE1)"], draws=9)
    assert len(found.best.fits) == 2
    singles = [compare_models(two_arcs(i), [TWO_ARCS], draws=0).best.bic for i in (1, 2)]
    assert found.best.bic == pytest.approx(sum(singles))


def test_windows_of_capacitance_count_where_the_geometry_is_known():
    # the arcs of a ceramic whose "bulk" would have a nanofarad: out of every window of a bulk
    spectrum = simulate("p(R1,CPE1)-CPE2", [1e4, 1e-6, 0.9, 1e-5, 0.9], F, noise=0.005, seed=3)
    disc = eisfit.Geometry.disc(thickness="1 mm", diameter="10 mm")
    found = compare_models(spectrum, ["lgps", "p(R1,CPE1)-CPE2"], disc, draws=0)
    by_name = {t.model.name: t for t in found.trials}
    assert by_name["lgps"].implausible > 4
    assert any("window" in why for why in by_name["lgps"].against)


def test_data_that_no_circuit_describes_are_said_to_be_so():
    spectrum = two_arcs()
    bent = spectrum.impedance * (1 + 0.1 * np.sin(3 * np.log10(spectrum.frequency)))
    found = compare_models(
        eisfit.Spectrum(spectrum.frequency, bent), ["R0-p(R1,CPE1)", TWO_ARCS], draws=0
    )
    assert "no_circuit_suffices" in [f.code for f in found.findings]


def test_no_spectrum_and_no_circuit_are_refused():
    with pytest.raises(eisfit.EisfitError, match="spectrum"):
        compare_models([])
    with pytest.raises(eisfit.EisfitError, match="circuit"):
        compare_models(two_arcs(), [])
    with pytest.raises(eisfit.EisfitError, match="modulus"):
        compare_models(two_arcs(), [TWO_ARCS], weighting="structure")


def test_the_same_seed_gives_the_same_p_values():
    spectrum = simulate("R0-p(R1,C1)-p(R2,C2)", [20, 500, 1e-8, 800, 1e-6], F, noise=0.005, seed=2)
    ladder = ["R0-p(R1,C1)-p(R2,C2)", "R0-p(C1,R1-p(R2,C2))"]
    once, again = (compare_models(spectrum, ladder, draws=9) for _ in range(2))
    values = [r.p_value for r in once.alternatives]
    assert len(values) == 1
    assert values == [r.p_value for r in again.alternatives]


def test_a_list_of_circuits_is_split_outside_of_brackets():
    assert split_models(" a, R0-p(R1,CPE1) ,b,") == ["a", "R0-p(R1,CPE1)", "b"]
    with pytest.raises(eisfit.EisfitError, match="brackets"):
        split_models("R0-p(R1,CPE1")


def test_the_command_prints_ranks_and_json(tmp_path):
    s = two_arcs()
    rows = "\n".join(
        f"{f},{z.real},{z.imag}" for f, z in zip(s.frequency, s.impedance, strict=True)
    )
    file = tmp_path / "cell.csv"
    file.write_text("frequency / Hz,Z' / ohm,Z'' / ohm\n" + rows)
    models = f"R0-p(R1,CPE1), {TWO_ARCS}"
    told = CliRunner().invoke(app, ["compare", str(file), "--models", models, "--draws", "9"])
    assert told.exit_code == 0, told.output
    assert "R0 + (R1 | Q1) + (R2 | Q2): best" in told.output
    told = CliRunner().invoke(app, ["compare", str(file), "--models", models, "--json"])
    found = json.loads(told.stdout)
    assert found["best"] == "R0 + (R1 | Q1) + (R2 | Q2)"
    assert found["tied"] == []
    assert [m["parameters"] for m in found["models"]] == [7, 4]
    assert found["models"][1]["delta_bic"] > 100


def test_the_command_says_what_is_wrong_with_a_model():
    told = CliRunner().invoke(app, ["compare", "sample_data/llto_pellet", "--models", "no_such"])
    assert told.exit_code != 0
    assert "no_such" in str(told.exception)


def test_the_misfit_is_in_percent_of_the_impedance_whatever_the_weights():
    tries = [
        trial([one_arc(1)], load_model("R0-p(R1,CPE1)"), "", None, w) for w in ("modulus", "unit")
    ]
    for one in tries:
        assert 0.3 < one.misfit_percent < 0.8  # made with 0.5 % in each part
