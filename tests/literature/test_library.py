"""The library of literature values: whole, true to its sources, and hard to misread."""

from __future__ import annotations

import csv
import json
import re
from importlib.resources import files
from itertools import groupby
from math import log
from pathlib import Path

import pytest

from eisfit.base.errors import ReferenceDataError
from eisfit.literature import ReferenceValue, families, load_library, references
from eisfit.literature.reading import read_material

BOLTZMANN_EV = 8.617333262e-5  # eV/K
ZERO_CELSIUS = 273.15  # K
GATHERED = Path(__file__).parents[2].parent / "shared" / "reference" / "reference_values.tsv"
TOMLS = [f for f in files("eisfit.literature").iterdir() if f.name.endswith(".toml")]
DOI = re.compile(r"10\.\d{4,9}/\S+")
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
ASIDE = re.compile(r"\d{4} EES|RSD [\d-]+%|\([^()]*RT[^()]*\)")

GOOD = """
schema = 1
material = "NEW"
title = "A new electrolyte"
aliases = ["novel"]

[[source]]
id = "NEW-1"
sample = "pellet"
composition = "Li9Xx2O7"
temperature_C = 25
citation = "Somebody 2026"
values = [
  { kind = "bulk", conductivity_S_cm = 1e-3, verification = "abstract" },
  { kind = "bulk", activation_energy_eV = 0.4, form = "ln_sigma_T", verification = "abstract" },
]
"""


def one(material: str, kind: str, quantity: str) -> ReferenceValue:
    (value,) = [v for v in references(material) if (v.kind, v.quantity) == (kind, quantity)]
    return value


def gathered_rows() -> list[dict[str, str]]:
    if not GATHERED.exists():
        return []
    with GATHERED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("file", TOMLS, ids=lambda file: file.name)
def test_every_file_is_read_and_belongs_to_one_material(file) -> None:
    values = read_material(file.read_text(encoding="utf-8"), file.name)
    assert values
    assert len({value.source.material for value in values}) == 1


def test_the_library_is_read_once() -> None:
    assert load_library() is load_library()


def test_ids_are_unique_and_no_value_stands_twice() -> None:
    library = load_library()
    sources = {id(v.source): v.source.id for v in library}
    assert len(set(sources.values())) == len(sources)
    told = [(v.id, v.kind, v.quantity, v.value, v.form, v.temperature, v.bound) for v in library]
    assert len(set(told)) == len(told)


def test_a_doi_is_clean_or_its_absence_is_explained() -> None:
    for value in load_library():
        source = value.source
        assert DOI.fullmatch(source.doi) if source.doi else source.doi_note, source.id


def test_every_activation_energy_says_its_form() -> None:
    for value in load_library():
        assert bool(value.form) == (value.quantity == "activation_energy_eV"), value


def test_inaguma_1993() -> None:
    bulk = one("LLTO-Inaguma1993", "bulk", "conductivity_S_cm")
    assert (bulk.value, bulk.temperature, bulk.room_temperature) == (1e-3, 300.15, False)
    assert bulk.source.doi == "10.1016/0038-1098(93)90841-A"
    assert one("LLTO-Inaguma1993", "total", "conductivity_S_cm").value == 2e-5
    grain = one("LLTO-Inaguma1993", "bulk", "activation_energy_eV")
    boundary = one("LLTO-Inaguma1993", "grain_boundary", "activation_energy_eV")
    assert (grain.value, grain.form) == (0.40, "not stated")
    assert (boundary.value, boundary.form) == (0.42, "not stated")


def test_conflicting_values_stand_side_by_side_with_a_caution() -> None:
    values = [v for v in references("LISICON-Zn") if v.temperature == 298.15]
    assert [v.value for v in values] == [1e-6, 1e-7]
    assert all(v.caution for v in values)


def test_ranges_limits_and_errors_keep_what_the_source_says() -> None:
    spread = one("argyrodite-RR-Ohno2020", "total", "conductivity_S_cm")
    assert spread.span == (1.3e-3, 5.8e-3)
    assert spread.text == "1.3e-3 to 5.8e-3 S/cm"
    below = one("IF-LiPO-LCO-2025", "interface", "area_resistance_ohm_cm2")
    assert (below.span, below.text) == ((0.0, 10.0), "below 10 ohm cm2")
    above = one("SCR-LCO-LICGC-2010", "space_charge", "thickness_m")
    assert above.span == (1e-6, float("inf"))
    film = one("LiPON-Bates1992", "total", "conductivity_S_cm")
    assert film.text == "(2.3 ± 0.7)e-6 S/cm"


def test_room_temperature_is_assumed_and_marked() -> None:
    value = one("LLTO-Stramare2003", "bulk", "conductivity_S_cm")
    assert (value.temperature, value.room_temperature) == (298.15, True)
    assert one("LLTO-Stramare2003", "bulk", "activation_energy_eV").temperature is None


def test_derived_energies_follow_from_the_conductivities_of_their_source() -> None:
    derived = [v for v in load_library() if v.verification == "derived"]
    assert len(derived) == 8
    for value in derived:
        ends = [float(x) for x in re.findall(r"[\d.]+", value.note.split("points,")[1])]
        low, high = (
            next(
                v
                for v in references(value.id)
                if v.temperature and abs(v.temperature - ZERO_CELSIUS - end) < 0.01
            )
            for end in ends
        )
        T, power = (low.temperature, high.temperature), value.form == "ln_sigma_T"
        rise = log(high.value / low.value) + power * log(T[1] / T[0])
        slope = BOLTZMANN_EV * rise / (1 / T[0] - 1 / T[1])
        assert slope == pytest.approx(value.value, abs=0.005), value


@pytest.mark.skipif(not gathered_rows(), reason="the table of gathered values is not at hand")
@pytest.mark.parametrize("row", gathered_rows(), ids=lambda row: row["id"])
def test_no_gathered_number_is_lost(row) -> None:
    told = [v for v in load_library() if v.id == row["id"] or v.id.startswith(f"{row['id']}-")]
    assert any(v.id == row["id"] for v in told)
    columns = {
        "sigma_bulk_S_cm": ("bulk", "conductivity_S_cm"),
        "sigma_gb_S_cm": ("grain_boundary", "conductivity_S_cm"),
        "sigma_total_S_cm": ("total", "conductivity_S_cm"),
        "sigma_unspecified_S_cm": ("unspecified", "conductivity_S_cm"),
        "Ea_bulk_eV": ("bulk", "activation_energy_eV"),
        "Ea_gb_eV": ("grain_boundary", "activation_energy_eV"),
        "Ea_total_or_unspecified_eV": ("unspecified", "activation_energy_eV"),
        "R_interface_ohm_cm2": (None, "area_resistance_ohm_cm2"),
    }
    for column, (kind, quantity) in columns.items():
        like = [v for v in told if v.quantity == quantity and kind in (v.kind, None)]
        known = {x for v in like for x in (v.value, v.value_high, v.stderr) if x is not None}
        wanted = {float(x) for x in NUMBER.findall(ASIDE.sub("", row[column]))}
        assert wanted <= known, column
    stated = {float(x) for x in NUMBER.findall(ASIDE.sub("", row["T_C"]))}
    known = {t for v in told for t in (v.temperature, *(v.temperature_range or ())) if t}
    assert {round(t + ZERO_CELSIUS, 6) for t in stated} <= known
    if row["T_C"] == "RT":
        main = [v for v in told if v.id == row["id"] and v.quantity != "activation_energy_eV"]
        assert all(v.room_temperature or v.temperature != 298.15 for v in main)


@pytest.mark.skipif(not gathered_rows(), reason="the table of gathered values is not at hand")
@pytest.mark.parametrize("row", gathered_rows(), ids=lambda row: row["id"])
def test_no_number_of_a_remark_is_lost(row) -> None:
    """A conductivity in a remark is a value of its own, or is told with the value it doubts."""
    told = [v for v in load_library() if v.id == row["id"] or v.id.startswith(f"{row['id']}-")]
    known = {x for v in told for x in (v.value, v.value_high) if x is not None}
    texts = " ".join(t for v in told for t in (v.source.read_in, v.source.note, v.note, v.caution))
    known |= {float(x) for x in NUMBER.findall(texts)}
    said = f"{row['verified_in']} {row['note']} {row['verification']}".lower()
    wanted = {float(x) for x in re.findall(r"\d\.?\d*e-\d+", said)}
    if "thickness" in row["note"] or "layer (" in row["note"]:
        length = re.search(r"(\d+) (um|nm)", row["note"])
        assert length is not None
        wanted.add(float(f"{length[1]}e{-6 if length[2] == 'um' else -9}"))
        known = {float(f"{x:.3g}") for x in known}
    assert wanted <= known


@pytest.mark.skipif(not gathered_rows(), reason="the table of gathered values is not at hand")
@pytest.mark.parametrize("row", gathered_rows(), ids=lambda row: row["id"])
def test_what_is_not_verified_is_marked(row) -> None:
    told = [v for v in references(row["id"]) if v.id == row["id"]]
    if row["doi"] and DOI.match(row["doi"]):
        assert told[0].source.doi in row["doi"]
    if "DOI unverified" in row["verification"]:
        assert "not verified" in told[0].source.doi_note
    if row["verification"].startswith("unverified"):
        assert {v.verification for v in told} == {"unverified"}


@pytest.mark.parametrize(
    ("material", "family"),
    [
        ("LLTO", "LLTO"),
        ("llto", "LLTO"),
        ("lithium lanthanum titanate", "LLTO"),
        ("Garnet", "LLZO"),
        ("Li1.3Al0.3Ti1.7(PO4)3", "LATP"),
        ("li10gep2s12", "LGPS"),
        ("thio lisicon", "thio-LISICON"),
        ("LLZO | Li", "interface"),
    ],
)
def test_a_material_is_found_by_any_of_its_names(material: str, family: str) -> None:
    assert {v.source.material for v in references(material)} == {family}


def test_an_alias_of_one_source_finds_that_source_only() -> None:
    assert {v.source.sample for v in references("Ta-LLZO")} == {"LLZO garnet, Ta-doped"}


def test_a_part_of_a_composition_is_enough() -> None:
    assert {v.id for v in references("Li0.34La0.51")} == {
        "LLTO-Inaguma1993",
        "LLTO-Inaguma1993-SSI1994",
    }


def test_no_name_means_everything_and_never_a_list_that_could_be_spoiled() -> None:
    everything = references()
    everything.clear()
    assert len(references()) == len(load_library()) > 100


def test_an_unknown_material_names_the_nearest_and_the_families() -> None:
    with pytest.raises(ReferenceDataError, match=r"'LLT0'; did you mean 'LLTO'.*thio-LISICON"):
        references("LLT0")


def test_a_value_becomes_a_flat_table_for_json() -> None:
    table = references("LLTO-Inaguma1993")[0].to_dict()
    wanted = "id citation material composition kind quantity value unit temperature_K doi form"
    assert set(wanted.split()) < set(table)
    assert json.loads(json.dumps([v.to_dict() for v in references()], allow_nan=False))


def test_sources_stand_together_and_families_are_named_once() -> None:
    named = [v.source.material for v in load_library()]
    assert families() == [name for name, _ in groupby(named)]


def test_a_folder_of_ones_own_joins_the_library(tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text(GOOD, encoding="utf-8")
    assert [v.value for v in references("Novel", extra=tmp_path)] == [1e-3, 0.4]
    assert len(load_library(tmp_path)) == len(load_library()) + 2
    assert "NEW" not in families()


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("NEW-1", "LLTO-Inaguma1993")
    (tmp_path / "new.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ReferenceDataError, match=r"new\.toml.*'LLTO-Inaguma1993'.*llto\.toml"):
        load_library(tmp_path)


def test_a_folder_that_is_none_and_a_file_that_is_no_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="not a folder"):
        load_library(tmp_path / "nowhere")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ReferenceDataError, match=r"odd\.toml: cannot be read as UTF-8"):
        load_library(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema = 1", "schema = ", "not a TOML file"),
        ("schema = 1", "schema = 2", "schema must be 1"),
        ('title = "A new', 'titel = "A new', "unknown key 'titel'; did you mean 'title'"),
        ('citation = "Somebody 2026"', "", r"source 1 \(NEW-1\): 'citation' is missing"),
        ('citation = "Somebody 2026"', "citation = 3", "citation must be text"),
        ('citation = "S', 'doi = "doi:10.1/x"\ncitation = "S', "doi must look like"),
        ('aliases = ["novel"]', "aliases = [1]", "aliases must be a list of texts"),
        ("temperature_C = 25", 'temperature_C = "warm"', "temperature_C must be a number"),
        ("temperature_C = 25", "temperature_C = -300", "temperature_C must be a number"),
        ("values = [", "values = [1,", "value 1: must be a table"),
        ('kind = "bulk", cond', 'kind = "bulc", cond', "'bulc'; did you mean 'bulk'"),
        ("S_cm = 1e-3", "S_cm = 0", "must be a number above zero"),
        ("S_cm = 1e-3", 'S_cm = "ten"', "must be a number above zero"),
        ("S_cm = 1e-3", "S_cm = [2e-3, 1e-3]", r"a range \[low, high\]"),
        ("S_cm = 1e-3", "S_cm = true", "conductivity_S_cm must be a number"),
        ("S_cm = 1e-3", "S_cm = 1e-3, thickness_m = 1e-9", "must carry one of"),
        ("conductivity_S_cm = 1e-3", "thickness_m = 1e-9", "belongs to an interface"),
        ('form = "ln_sigma_T", ', "", "needs 'form'"),
        ('form = "ln_sigma_T"', 'form = "ln_sigmaT"', "did you mean 'ln_sigma"),
        ('form = "ln', 'temperature_C = 25, form = "ln', "activation energy has no temperature"),
        ("S_cm = 1e-3", 'S_cm = 1e-3, form = "ln_sigma"', "has no 'form'"),
        ('verification = "abstract" },\n]', 'verification = "sure" },\n]', "is 'sure'"),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ReferenceDataError, match=rf"new\.toml.*{message}"):
        read_material(GOOD.replace(old, new, 1), "new.toml")


def test_a_source_without_values_is_refused() -> None:
    text = GOOD.split("values = [")[0] + "values = []\n"
    with pytest.raises(ReferenceDataError, match="'values' is empty"):
        read_material(text, "new.toml")
