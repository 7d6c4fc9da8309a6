import warnings
from pathlib import Path

import numpy as np
import pytest

import eisfit
from eisfit.base.errors import ReadError
from eisfit.circuit import evaluate
from eisfit.circuit.models import load_model
from eisfit.interop import parameters_frame, read_zview_model, spectrum_frame


@pytest.mark.parametrize(
    "text", ["R0-p(R1,CPE1)-p(R2,CPE2)-CPE3", "L_a + R_b + (Q_c | (R_d + Wo_e))"]
)
def test_impedance_py_predicts_the_same(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("impedance.models.circuits")
        from eisfit.interop import from_impedance_circuit, to_impedance_circuit

        model = load_model(text)
        values = np.array([0.5 + 0.1 * i for i in range(len(model.names))])
        values = np.where([n.startswith("n") for n in model.names], 0.9, values)
        circuit = to_impedance_circuit(model, values)
        f = np.logspace(3, -2, 11)
        there = circuit.predict(f, use_initial=True)
    np.testing.assert_allclose(evaluate(model.tape, 2 * np.pi * f, values), there, rtol=1e-9)
    assert from_impedance_circuit(circuit).tape.operations == model.tape.operations


def test_a_fit_goes_on_in_impedance_py_where_it_ended_here() -> None:
    """Its own formulas at the values of the fit give the fitted curve."""
    spectrum = eisfit.simulate("R0-p(R1,CPE1)-CPE2", [10, 500, 1e-7, 0.9, 1e-5, 0.8])
    result = eisfit.fit(spectrum, "R0-p(R1,CPE1)-CPE2")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("impedance.models.circuits")
        from eisfit.interop import fit_to_impedance_circuit, from_impedance_circuit

        circuit = fit_to_impedance_circuit(result)
        there = circuit.predict(spectrum.frequency, use_initial=True)
        back = from_impedance_circuit(circuit)
    np.testing.assert_allclose(result.impedance(spectrum.frequency), there, rtol=1e-9)
    again = eisfit.fit(spectrum, back, start=circuit.initial_guess)
    np.testing.assert_allclose(again.values, result.values, rtol=1e-6)


def test_a_frame_holds_the_spectrum_with_its_reasons() -> None:
    pd = pytest.importorskip("pandas")
    reasons = ("", "overload", "")
    spectrum = eisfit.Spectrum(
        np.array([1e3, 1e2, 1e1]), np.array([1 - 1j, 2 - 2j, 3 - 3j]), reasons
    )
    frame = spectrum_frame(spectrum)
    assert list(frame["frequency_Hz"]) == [1e3, 1e2, 1e1]
    assert list(frame["z_real_ohm"] + 1j * frame["z_imag_ohm"]) == [1 - 1j, 2 - 2j, 3 - 3j]
    assert list(frame["left_out"]) == ["", "overload", ""]
    assert isinstance(frame, pd.DataFrame)


def test_a_frame_of_a_series_has_one_row_a_spectrum() -> None:
    pytest.importorskip("pandas")
    truth = {"R_bulk": 600.0, "R_grain_boundary": 3e4}
    made = [
        eisfit.simulate("llto_pellet", {k: v / f for k, v in truth.items()}, temperature=T)
        for T, f in ((273.15, 1.0), (283.15, 1.8), (293.15, 3.0))
    ]
    analysis = eisfit.analyze_series(eisfit.Series.by_temperature(made), "llto_pellet")
    frame = parameters_frame(analysis)
    assert list(frame["temperature_K"]) == [273.15, 283.15, 293.15]
    for (_, row), result in zip(frame.iterrows(), analysis.spectra, strict=True):
        for name, estimate in result.fit.estimates.items():
            assert row[name] == estimate.value
            error = row[f"{name}_stderr"]
            assert error == estimate.stderr or (estimate.stderr is None and error != error)


def test_lmfit_parameters_go_out_and_come_back() -> None:
    spectrum = eisfit.simulate("R0-p(R1,CPE1)", [10, 500, 1e-7, 0.9], noise=0.003)
    params = eisfit.fit(spectrum, "R0-p(R1,CPE1)").params
    params["n1"].set(value=0.9, vary=False)
    params["R1"].set(value=480.0, max=490.0)
    found = eisfit.fit_params(spectrum, "R0-p(R1,CPE1)", params)
    assert found.estimates["n1"].fixed
    assert found.estimates["n1"].value == 0.9
    assert found.estimates["R1"].value <= 490.0 * (1 + 1e-6)


def zview(*elements: tuple[int, str, dict[int, tuple[str, int]]], end: str = "\r\n") -> str:
    """Return a ZView model file: elements by code, label, and value and state by place."""
    lines = ["ZView Circuit Model:          2.0", "  MAXFEV:                     100"]
    lines += ["End ZView:                    2.0", f"Begin Circuit Model:          {len(elements)}"]
    for i, (kind, label, parameters) in enumerate(elements):
        lines.append(f"  Element #{i} Type:            {kind}")
        lines.append(f"  Element #{i} Name:            {label}")
        for place, (value, state) in parameters.items():
            lines.append(f"  Element #{i},{place} Name:          {'RTP'[place]}")
            lines.append(f"  Element #{i},{place} Value:         {value}")
            lines.append(f"  Element #{i},{place} Free:          {state}")
    return end.join([*lines, f"End Circuit Model:            {len(elements)}", ""])


PELLET = (
    (3, "L1", {1: ("2E-07", 2)}),
    (1, "Rs", {0: ("20", 0)}),
    (-1, "Begin_Parallel", {}),
    (11, "CPE1", {1: ("1E-09", 1), 2: ("0.95", 0)}),
    (1, "R1", {0: ("1500.5", 1)}),
    (-2, "End_Parallel", {}),
    (-1, "Begin_Parallel", {}),
    (2, "Cdl", {1: ("1E-06", 1)}),
    (1, "Rct", {0: ("2E+04", 1)}),
    (-2, "End_Parallel", {}),
)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_zview_model_is_the_circuit_that_it_was_drawn_as(tmp_path: Path, end: str) -> None:
    place = tmp_path / "pellet.mdl"
    place.write_bytes(zview(*PELLET, end=end).encode("ascii"))
    drawn = read_zview_model(place)
    assert drawn.fixed == {"R_s": 20.0, "n1": 0.95}
    model = load_model(drawn.circuit)
    assert list(drawn.values) == list(model.names)
    f = np.logspace(6, -1, 15)
    w = 2j * np.pi * f
    expected = w * 2e-7 + 20 + 1 / (1e-9 * w**0.95 + 1 / 1500.5) + 1 / (1e-6 * w + 1 / 2e4)
    found = evaluate(model.tape, 2 * np.pi * f, np.array([drawn.values[n] for n in model.names]))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_fit_goes_on_from_a_zview_model(tmp_path: Path) -> None:
    place = tmp_path / "pellet.mdl"
    place.write_bytes(zview(*PELLET).encode("ascii"))
    drawn = read_zview_model(place)
    truth = {**drawn.values, "R1": 1000.0}
    spectrum = eisfit.simulate(drawn.circuit, truth, np.geomspace(7e6, 1, 61))
    result = eisfit.fit(spectrum, drawn.circuit, start=drawn.values, fixed=drawn.fixed)
    assert result.estimates["R_s"].fixed
    R1 = result.estimates["R1"]
    assert abs(R1.value - 1000) < 4 * R1.stderr < 100


def test_a_decimal_comma_and_labels_of_any_kind_are_read(tmp_path: Path) -> None:
    place = tmp_path / "m.mdl"
    labels = ["R", "R", "R-sol 2", "Ä"]
    elements = [(1, label, {0: (f"{i},5", 1)}) for i, label in enumerate(labels, 1)]
    place.write_bytes(zview(*elements).encode("latin-1"))
    drawn = read_zview_model(place)
    assert list(drawn.values.values()) == [1.5, 2.5, 3.5, 4.5]
    assert list(load_model(drawn.circuit).names) == list(drawn.values)


@pytest.mark.parametrize(
    ("elements", "said"),
    [
        (((1, "R1", {0: ("1", 1)}), (17, "Wo1", {0: ("1", 1)})), "Wo1 .type 17. is not known"),
        (((-1, "Begin_Parallel", {}), (-1, "Begin_Parallel", {})), "not known"),
        (((-1, "Begin_Parallel", {}), (1, "R1", {0: ("1", 1)})), "no end"),
        (((-1, "Begin_Parallel", {}), (-2, "End_Parallel", {})), "not known"),
        (((11, "CPE1", {1: ("1E-6", 1)}),), "CPE1 has no value 2"),
        (((1, "R1", {0: ("abc", 1)}),), "m.mdl:8: not a number: 'abc'"),
        ((), "no end"),
    ],
)
def test_what_cannot_be_read_for_sure_is_refused(tmp_path: Path, elements, said: str) -> None:
    place = tmp_path / "m.mdl"
    place.write_bytes(zview(*elements).encode("ascii"))
    with pytest.raises(ReadError, match=said):
        read_zview_model(place)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "m.mdl"
    place.write_bytes(b'Model { Name "simulink" }\x00')
    with pytest.raises(ReadError, match="no ZView model"):
        read_zview_model(place)
    with pytest.raises(ReadError, match="cannot be read"):
        read_zview_model(tmp_path)
