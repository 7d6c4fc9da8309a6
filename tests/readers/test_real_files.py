"""Files as instruments wrote them, where they are at hand; they are no part of the project."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from eisfit.data.spectrum import Spectrum
from eisfit.readers import ReadOutcome, read, read_each

DATA = Path(__file__).parents[2].parent / "shared" / "data"
INSTRUMENTS = DATA / "instruments"
SERIES = DATA / "temperature_series"

pytestmark = pytest.mark.skipif(
    not INSTRUMENTS.is_dir(), reason="the folder of files from real instruments is not here"
)

REFUSED = {
    "biologic/exampleDataBioLogic_MissingFreq.mpt": "no column 'freq/Hz'",
    "biologic/sample_info.txt": "",
    "gamry/chronoa_de_data.dta": "CHRONOA",
    "gamry/ocp_data.dta": "CORPOT",
    "gamry/ocvcurve_data.dta": "a Gamry CV file",
    "relaxis/sample_info.txt": "",
    "zahner/fit_result.json": "none of",
    "zahner/fit_result__fit_result.json": "none of",
}


def _index() -> dict[str, str]:
    if not INSTRUMENTS.is_dir():
        return {}
    with (INSTRUMENTS / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row["n_points"] for row in csv.DictReader(file, delimiter="\t")}


def _is_read(name: str) -> bool:
    return name not in REFUSED


INDEX = _index()
_INDUCTIVE = {  # a short circuit, and a diode of less than 3 Ω with the wires to it
    f"zahner/{name}.ism" for name in ("short_circuit_measurement_pro", "225_mvdc", "250_mvdc",
                                      "275_mvdc")
}  # fmt: skip
_NOT_CAPACITIVE = {"generic_csv", "gamry", "agilent_4294a"}
COUNTED_OTHERWISE = {
    "agilent_4294a/impedance.txt": 534,  # the index counts both traces
    "autolab/exampleDataAutolab.txt": 41,  # as its header says; the index counts the heading
    "generic_xlsx/data.xlsx": 116,  # four sheets of 29
    "ivium/data.ids": 58,  # two measurements of 29; the index counts other tables as well
    "palmsens/Demo_CV_DPV_EIS_IS-C_electrode.pssession": 71,  # the index has no number
    "palmsens/eis_5freq.pssession": 5,
    "zplot/exampleDataZPlot_noComments.z": 31,  # the index counts the heading
}


def _passed_over(spectra: list[Spectrum]) -> int:
    said = [f.message for f in spectra[0].findings if f.code == "rows_without_frequency"]
    return int(said[0].split(": ", 1)[1].split()[0]) if said else 0


@pytest.mark.parametrize("name", sorted(filter(_is_read, INDEX)))
def test_the_number_of_points_is_right(name: str) -> None:
    spectra = read(INSTRUMENTS / name)
    kept = sum(len(s.kept[0]) for s in spectra)
    assert kept + _passed_over(spectra) == (COUNTED_OTHERWISE.get(name) or int(INDEX[name]))


@pytest.mark.parametrize("name", sorted(n for n in INDEX if not _is_read(n)))
def test_what_cannot_be_read_is_refused_in_a_sentence(name: str) -> None:
    (outcome,) = read_each(INSTRUMENTS / name)
    assert outcome == ReadOutcome(outcome.path, error=outcome.error)
    assert str(outcome.error).startswith(outcome.path)
    assert REFUSED.get(name, "") in str(outcome.error)


@pytest.mark.parametrize(
    "name",
    [
        n
        for n in sorted(INDEX)
        if _is_read(n) and n.split("/")[0] not in _NOT_CAPACITIVE and n not in _INDUCTIVE
    ],
)
def test_the_spectra_are_capacitive(name: str) -> None:
    for spectrum in read(INSTRUMENTS / name):
        _, z = spectrum.kept
        assert np.mean(z.imag < 0) > 0.5
        assert np.mean(z.real > 0) > 0.5


def test_real_and_imaginary_part_agree_with_magnitude_and_phase() -> None:
    (spectrum,) = read(INSTRUMENTS / "biologic" / "MPT_example.mpt")
    f, z = spectrum.kept
    assert f[0] == pytest.approx(1.0001951e5)
    assert abs(z[0]) == pytest.approx(3.0835235, rel=1e-6)
    assert np.degrees(np.angle(z[0])) == pytest.approx(-31.861227, rel=1e-6)


def test_the_same_spectrum_in_different_files_is_the_same() -> None:
    names = (
        "generic_csv/data-semicolon.csv",
        "generic_csv/case-negative-real-imaginary.csv",
        "generic_csv/data-header-variant-4.csv",
        "elchemea/data.i2b",
        "pyimpspec_P00/data.P00",
    )
    first, *others = (read(INSTRUMENTS / name)[0].kept for name in names)
    for f, z in others:
        np.testing.assert_allclose(f, first[0], rtol=1e-3)
        np.testing.assert_allclose(z, first[1], rtol=2e-3)


def test_the_same_spectrum_in_other_formats_is_the_same_too() -> None:
    f, z = read(INSTRUMENTS / "generic_csv/data-semicolon.csv")[0].kept
    for name in ("autolab/data.dfr", "ivium/data.idf", "ivium/data.ids", "generic_xlsx/data.xlsx"):
        for spectrum in read(INSTRUMENTS / name):
            np.testing.assert_allclose(spectrum.kept[0], f, rtol=1e-5)
            np.testing.assert_allclose(spectrum.kept[1], z, rtol=1e-5)


def test_a_binary_file_and_its_text_hold_the_same_to_a_millionth() -> None:
    stem = INSTRUMENTS / "biologic" / "PEIS_LPSCl_IonBlocking_-25C"
    (binary,), (text,) = read(f"{stem}.mpr"), read(f"{stem}.txt")
    np.testing.assert_allclose(binary.frequency, text.frequency, rtol=1e-6)
    np.testing.assert_allclose(binary.impedance, text.impedance, rtol=1e-6)
    assert binary.provenance.measured_at is not None
    assert text.provenance.measured_at is not None
    assert abs((binary.provenance.measured_at - text.provenance.measured_at).total_seconds()) <= 1
    for name in ("dc_potential_V", "dc_current_A", "start_s"):
        found, true = (s.provenance.conditions[name] for s in (binary, text))
        assert found == pytest.approx(true, rel=1e-5)


@pytest.mark.parametrize("vendor", sorted({name.split("/")[0] for name in INDEX}))
def test_what_is_read_can_be_fitted(vendor: str) -> None:
    import eisfit

    names = [n for n in sorted(INDEX) if n.startswith(f"{vendor}/") and _is_read(n)]
    spectrum = max((read(INSTRUMENTS / n)[0] for n in names[:3]), key=len)
    if len(spectrum) < 10:
        pytest.skip("too few points for a circuit")
    fit = eisfit.fit(spectrum, "L0-R0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
    assert np.isfinite(fit.reduced_chi_square)
    assert all(np.isfinite(e.value) for e in fit.estimates.values())


def test_potentials_in_a_file_are_those_in_its_name() -> None:
    for name in ("000", "050", "200"):
        (spectrum,) = read(INSTRUMENTS / "zahner" / f"{name}_mvdc.ism")
        told = spectrum.provenance.conditions["dc_potential_V"]
        assert told == pytest.approx(int(name) / 1e3 + 0.025, abs=1e-3)  # 25 mV of an offset
        assert spectrum.provenance.conditions["amplitude_V"] == pytest.approx(0.01)


def test_a_pellet_at_seven_temperatures() -> None:
    spectra = read(SERIES / "s04147_pellet")
    celsius = [round((s.temperature or 0) - 273.15, 3) for s in spectra]
    assert celsius == [140, 150, 160, 170, 180, 190, 200]
    assert {s.temperature_source for s in spectra} == {"file name"}
    resistance = [s.kept[1].real.max() for s in spectra]
    assert resistance == sorted(resistance, reverse=True)


def test_files_named_by_their_temperature() -> None:
    folder = SERIES / "halide_perovskite"
    outcomes = {Path(o.path).name: o for o in read_each(folder)}
    assert "no column for frequency" in str(outcomes["55.csv"].error)
    (cold,) = outcomes["-5.csv"].spectra
    assert cold.temperature == pytest.approx(268.15)
    assert [f.code for f in cold.findings] == ["temperature_from_bare_number"]
    assert np.mean(cold.impedance.imag < 0) > 0.9


def test_a_long_table_of_many_temperatures() -> None:
    spectra = read(SERIES / "halide_perovskite" / "all_temperatures_long_table.csv")
    celsius = [round((s.temperature or 0) - 273.15, 3) for s in spectra]
    assert celsius == [*range(-10, 71, 10), *range(-10, 81, 5)]
    assert {len(s) for s in spectra} == {181, 151, 301}
    assert all(np.mean(s.impedance.imag < 0) > 0.8 for s in spectra)
    assert all("sign_guessed" in {f.code for f in s.findings} for s in spectra)
