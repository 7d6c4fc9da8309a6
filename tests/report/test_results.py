"""`results.json` and the tables: the contract that scripts rely on."""

import csv
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from uncertainties import ufloat

from eisfit.processes import Derived, derived
from eisfit.report.exports import render_markdown
from eisfit.report.results import as_text, number, results, spectrum_result
from eisfit.report.series_document import derived_texts, series_document
from eisfit.report.tables import arrhenius_rows, as_csv, parameter_rows


def strict(text):
    """Parse JSON, refusing NaN and Infinity."""

    def refuse(constant):
        raise AssertionError(f"{constant} in JSON")

    return json.loads(text, parse_constant=refuse)


def test_results_hold_the_keys_of_the_contract(folder):
    found = strict((folder / "results.json").read_text(encoding="utf-8"))
    assert found["schema_version"] == 1
    assert found["model"] == "llto_pellet"
    assert set(found) >= {
        "eisfit_version", "geometry", "settings", "provenance", "spectra", "arrhenius",
        "comparison", "findings", "left_out",
    }  # fmt: skip
    assert set(found["geometry"]) >= {"thickness_m", "area_m2"}
    spectrum = found["spectra"][0]
    assert set(spectrum["source"]) >= {"file", "format", "sweep"}
    assert set(spectrum) >= {
        "temperature_K", "verdict", "findings", "reduced_chi_square", "misfit_percent",
        "parameters", "processes",
    }  # fmt: skip
    assert set(spectrum["parameters"]["R_bulk"]) >= {"value", "stderr", "ci95", "unit", "at_bound"}
    assert set(spectrum["processes"]["bulk"]) >= {
        "resistance_ohm", "stderr", "capacitance_F", "time_constant_s", "conductivity_S_cm",
        "area_resistance_ohm_cm2", "candidates", "derived",
    }  # fmt: skip
    derived = spectrum["processes"]["grain_boundary"]["derived"]["specific_conductivity"]
    assert set(derived) == {"value", "stderr", "unit", "model", "doi"}
    assert set(spectrum["findings"][0]) == {"code", "severity", "message", "affects_result"}
    assert set(found["arrhenius"]) == {"bulk", "grain_boundary", "total"}
    assert set(found["arrhenius"]["bulk"]) >= {
        "activation_energy_eV", "stderr_eV", "ci95_eV", "form", "prefactor",
        "activation_energy_ln_sigma_eV", "conductivity_25C_S_cm", "n_points",
        "temperature_range_K", "method", "findings",
    }  # fmt: skip
    assert set(found["comparison"][0]) >= {
        "process", "quantity", "measured", "measured_stderr", "reference_value", "reference_id",
        "doi", "form", "difference", "tolerance", "verdict", "why",
    }  # fmt: skip


def test_numbers_are_those_of_the_analysis(example):
    analysis = example.analysis()
    found = results(analysis)
    bulk = found["arrhenius"]["bulk"]
    assert bulk["activation_energy_eV"] == 0.33
    assert bulk["form"] == "ln_sigma_T"
    assert bulk["n_points"] == 6
    assert bulk["temperature_range_K"] == pytest.approx([233.15, 348.15])
    assert bulk["conductivity_25C_S_cm"] == pytest.approx(
        float(analysis.arrhenius["bulk"].conductivity_at(298.15)[0]) / 100
    )
    process = found["spectra"][3]["processes"]["bulk"]
    assert process["resistance_ohm"] == pytest.approx(900.0)
    assert process["stderr"] == pytest.approx(9.0)


def test_what_was_left_out_is_told_with_its_reason_and_checksum(example):
    found = results(example.analysis())
    assert found["left_out"][0]["reason"] == "its temperature is not known"
    points = found["spectra"][0]["left_out_points"]
    assert points[0]["reason"] == "outlier: 9 times the noise"
    assert len(found["provenance"]["files"]) == 8
    assert {f["sha256"] for f in found["provenance"]["files"]} == {"ab" * 32}


def test_what_is_not_known_is_null(example):
    found = strict(as_text(results(example.analysis((20, 30), geometry=None))))
    assert found["geometry"] is None
    assert found["arrhenius"]["bulk"]["conductivity_25C_S_cm"] is None
    assert found["arrhenius"]["bulk"]["conductance_25C_S"] > 0
    assert found["arrhenius"]["bulk"]["ci95_eV"] is None
    assert found["spectra"][0]["processes"]["electrode"]["resistance_ohm"] is None
    assert found["spectra"][0]["parameters"]["n_electrode"]["stderr"] is None


def test_a_spectrum_without_fit_has_an_object_too(example):
    result = replace(example.analysis((25,)).spectra[0], fit=None, processes={})
    found = strict(as_text(spectrum_result(result)))
    assert found["parameters"] == {}
    assert found["reduced_chi_square"] is None
    assert found["misfit_percent"] is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, np.float64("nan")])
def test_a_number_that_is_none_is_null(value):
    assert number(value) is None


def test_parameters_csv_has_a_row_for_each_spectrum_with_units(example):
    analysis = example.analysis()
    rows = list(csv.DictReader(as_csv(parameter_rows(analysis)).splitlines()))
    assert len(rows) == 7
    assert rows[3]["verdict"] == "usable"
    assert float(rows[3]["R_bulk [ohm]"]) == pytest.approx(900.0)
    assert float(rows[3]["bulk R stderr [ohm]"]) == pytest.approx(9.0)
    assert float(rows[3]["bulk sigma [S/cm]"]) > 0
    assert rows[3]["n_electrode stderr [1]"] == ""


def test_arrhenius_csv_says_the_form(example):
    (bulk, *_) = csv.DictReader(as_csv(arrhenius_rows(example.analysis())).splitlines())
    assert bulk["process"] == "bulk"
    assert float(bulk["E_a (ln sigma T) [eV]"]) == 0.33
    assert bulk["unit at 25 C"] == "S/cm"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_texts_cannot_become_formulas_and_numbers_stay_numbers(text):
    ((cell, value),) = csv.reader(as_csv([[text, -1.5]]).splitlines())
    assert cell == "'" + text
    assert value == "-1.5"


def test_a_new_derived_quantity_is_in_results_tables_report_and_app(example, monkeypatch):
    """As CONTRIBUTING says: a function that returns it is all that it takes."""
    analysis = example.analysis((0, 25))
    first = analysis.spectra[0]
    new = Derived(ufloat(2e-9, 1e-10), "m", "uniform layer", "10.1000/x")
    monkeypatch.setattr(
        derived, "_of_one_process",
        lambda process, *_: {"layer_thickness": new} if process.name == "bulk" else {},
    )  # fmt: skip
    processes, _ = derived.with_derived(
        first.processes, analysis.model, analysis.series.geometry, 273.15, "pellet"
    )
    analysis = replace(analysis, spectra=(replace(first, processes=processes), analysis.spectra[1]))
    found = results(analysis)["spectra"][0]["processes"]["bulk"]["derived"]["layer_thickness"]
    assert found["value"] == 2e-9
    assert (found["stderr"], found["unit"]) == (1e-10, "m")
    rows = list(csv.DictReader(as_csv(parameter_rows(analysis)).splitlines()))
    assert float(rows[0]["bulk layer thickness [m]"]) == 2e-9
    assert float(rows[0]["bulk layer thickness stderr [m]"]) == 1e-10
    assert rows[1]["bulk layer thickness [m]"] == ""
    text = render_markdown(series_document(analysis))
    assert "bulk, layer thickness = (2.00 ± 0.10)·10⁻⁹ m by the model uniform layer" in text
    assert derived_texts(processes["bulk"])[0].endswith(
        "uniform layer, doi:10.1000/x"
    )  # in the app
    assert "10.1000/x" in [source.doi for source in series_document(analysis).sources]


def test_areas_are_in_square_centimetres_and_conductivities_in_S_cm(example):
    analysis = example.analysis()
    rows = list(csv.DictReader(as_csv(parameter_rows(analysis)).splitlines()))
    process = analysis.spectra[3].processes["bulk"]
    assert float(rows[3]["bulk sigma [S/cm]"]) == pytest.approx(process.conductivity.n / 100)
    area = float(rows[3]["bulk area resistance [ohm cm2]"])
    assert area == pytest.approx(process.area_resistance.n * 1e4)
    specific = analysis.spectra[3].processes["grain_boundary"].derived["specific_conductivity"]
    cell = rows[3]["grain_boundary specific conductivity [S/cm]"]
    assert float(cell) == pytest.approx(specific.value.n / 100)
