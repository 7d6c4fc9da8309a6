"""Searching the library: by composition, element, kind and range; and what is like what."""

from __future__ import annotations

import pytest

from eisfit.base.errors import ReferenceDataError
from eisfit.literature import families, load_library, nearest, references, unlike
from eisfit.literature.values import elements_of


def ids(*arguments, **filters) -> set[str]:
    return {value.id for value in references(*arguments, **filters)}


@pytest.mark.parametrize(
    ("composition", "elements"),
    [
        ("Li0.34La0.51TiO2.94", "Li La Ti O"),
        ("Li3xLa2/3-xTiO3 x~0.1", "Li La Ti O"),
        ("Li15/56Sr1/16La15/28TiO3", "Li Sr La Ti O"),
        ("Li1+x+yAlyTi2-ySixP3-xO12", "Li Al Ti Si P O"),
        ("Li4-xGe1-xPxS4", "Li Ge P S"),
        ("Li1+xAlxGe2-x(PO4)3", "Li Al Ge P O"),
        ("Li6PS5X", "Li P S"),
        ("Li3MCl6", "Li Cl"),
        ("LiPON", "Li P O N"),
        ("LLZO | ZnO(ALD) | Li", "Zn O Li"),
        ("LLZO or LATP | LCO or graphite", ""),
        ("Li4SiO4-Li3PO4:Cl", "Li Si O P Cl"),
        ("beta-Li3PS4", "Li P S"),
        ("Sr-LLTO", "Sr"),
        ("", ""),
    ],
)
def test_the_elements_of_a_composition(composition: str, elements: str) -> None:
    assert elements_of(composition) == set(elements.split())


def test_every_composition_of_a_material_holds_what_its_family_is_made_of() -> None:
    seen = set()
    for value in load_library():
        source = value.source
        if source.elements and source.family_elements:
            seen.add(source.material)
            missing = set(source.family_elements) - source.elements
            any_halogen = {"Cl"} if source.composition.endswith("X") else set()
            assert missing <= any_halogen, source.id
    assert seen == set(families()) - {"interface"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Sr", {"LSLTO-Lu2020", "LSLTO-cm020609u"}),
        ("LLTO Sr", {"LSLTO-Lu2020", "LSLTO-cm020609u"}),
        ("contains sr", {"LSLTO-Lu2020", "LSLTO-cm020609u"}),
        ("LLZO Te", {"LLZTeO-Deviannapoorani2013"}),
        ("LLZO, tetragonal", {"LLZO-tetr-Awaka2009"}),
        ("W-doped LLTO", {"LLTO-W-Kong2021"}),
        ("In Cl", {"Li3InCl6", "Li3InCl6-water"}),
    ],
)
def test_words_must_all_fit(words: str, found: set[str]) -> None:
    assert ids(words) == found


def test_elements_find_every_family_that_holds_them() -> None:
    found = references("Li La Zr")
    assert {v.source.material for v in found} == {"LLZO", "interface"}
    assert ids("Li La Zr") == {v.id for v in load_library() if v.source.elements >= {"La", "Zr"}}


def test_a_part_of_a_word_is_no_word() -> None:
    with pytest.raises(ReferenceDataError, match="no literature values for 'LTO'; did you mean"):
        references("LTO")


def test_elements_that_no_material_holds_are_refused() -> None:
    with pytest.raises(ReferenceDataError, match="no literature values for 'LLTO Zr'"):
        references("LLTO Zr")


def test_kind_and_quantity_are_taken_as_people_write_them() -> None:
    (value,) = references("LLTO", kind="grain boundary", quantity="activation energy")
    assert (value.id, value.value) == ("LLTO-Inaguma1993", 0.42)
    short = references(kind="grain-boundary", quantity="activation_energy_eV")
    assert short == references(kind="grain_boundary", quantity="activation-energy")


def test_a_range_keeps_what_reaches_into_it() -> None:
    low = references("argyrodite", kind="total", quantity="conductivity", low=5e-3, high=1e-2)
    assert [v.id for v in low] == ["argyrodite-RR-Ohno2020"]  # 1.3e-3 to 5.8e-3
    small = ids("", quantity="area_resistance", high=5)
    assert "IF-LiPO-LCO-2025" in small  # below 10
    assert "IF-LiPON-LCO" not in small  # 8.6
    assert "SCR-LCO-LICGC-2010" in ids("", quantity="thickness", low=1e-5)  # above 1e-6
    assert ids("LLTO", quantity="conductivity", low=1e-3, high=1e-3) == {
        "LLTO-Inaguma1993", "LLTO-Stramare2003",
    }  # fmt: skip


def test_a_temperature_keeps_what_is_published_for_it_and_activation_energies() -> None:
    found = references("LLTO-Al", temperature=298.15)
    assert [v.temperature for v in found] == [298.15, None, None]
    assert ids("LLTO-Inaguma1993", temperature=303.15)  # 27 °C is 3 K off
    assert not references("LLTO-Inaguma1993", quantity="conductivity", temperature=310.15)
    assert not references("LLTO-Inaguma1993-SSI1994", quantity="conductivity", temperature=298.15)
    assert ids("LGPS", quantity="conductivity", temperature=305.0)  # 25 to 27 °C


def test_nothing_that_fits_is_an_empty_list_with_the_nearest_at_hand() -> None:
    like = references("LLZO", kind="bulk", quantity="conductivity")
    assert references("LLZO", kind="bulk", quantity="conductivity", low=2e-3, high=3e-3) == []
    near = nearest(like, 2e-3, 3e-3, 298.15)
    assert [v.value for v in near] == [9.6e-4, 9.56e-4, 8.7e-4]
    series = references("LLTO-Al", quantity="conductivity")
    assert [v.temperature for v in nearest(series, temperature=340.0, most=1)] == [338.15]
    energies = references("LLTO", kind="bulk", quantity="activation_energy")
    assert nearest(energies, 0.1, 0.2, most=1)[0].value == 0.40


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"kind": "bulc"}, "no kind 'bulc'; did you mean 'bulk'"),
        ({"quantity": "conductance"}, "no quantity 'conductance'; did you mean 'conductivity'"),
        ({"low": 1.0}, "a range needs a quantity"),
        ({"quantity": "conductivity", "low": 2.0, "high": 1.0}, "a larger one"),
        ({"quantity": "conductivity", "low": -1.0}, "above zero"),
        ({"quantity": "conductivity", "high": float("nan")}, "above zero"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(filters, message: str) -> None:
    with pytest.raises(ReferenceDataError, match=message):
        references("LLTO", **filters)


@pytest.mark.parametrize(
    ("material", "reference", "why"),
    [
        ("LLTO", "LLTO-Inaguma1993", ""),
        ("LLTO", "LLTO-Stramare2003", ""),
        ("LLTO", "LLTO-Al", "contains Al"),
        ("llto", "LSLTO-Lu2020", "contains Sr"),
        ("LLTO", "LLTO-Harada1998-cubic", "quenched, cubic"),
        ("LLTO cubic", "LLTO-Harada1998-cubic", ""),
        ("LLTO cubic", "LLTO-Harada1998-tetr", "ordered, tetragonal"),
        ("Li0.34La0.56TiO3", "LLTO-Harada1998-tetr", ""),
        ("LSLTO", "LSLTO-Lu2020", ""),
        ("Sr-LLTO", "LSLTO-Lu2020", ""),
        ("LLTO Sr", "LLTO-W-Kong2021", "contains W"),
        ("TiO3", "LLTO-W-Kong2021", "contains W"),
        ("", "LLTO-W-Kong2021", "contains W"),
        ("garnet", "LLZO-Murugan2007", ""),
        ("garnet", "LLZO-tetr-Awaka2009", "tetragonal"),
        ("garnet", "GaLLZO-Bernuy2014", "contains Ga"),
        ("LLZO Ta", "LLZTO06-Li2012", ""),
        ("Ta-LLZO", "LLZTO06-Li2012", ""),
        ("LPSCl", "Li6PS5Cl-Kraft2017", ""),
        ("halide", "Li3YCl6", "contains Y"),
        ("LYC", "Li3YCl6", ""),
        ("LAGP", "LAGPgc-Thokchom", "glass-ceramic"),
        ("LATP", "LATP-Aono1990", ""),
        ("LLZO | Li", "IF-LLZO-Li-Sharafi", ""),
    ],
)
def test_what_sets_a_sample_apart_unless_it_is_named(
    material: str, reference: str, why: str
) -> None:
    (source,) = {v.id: v.source for v in references(reference) if v.id == reference}.values()
    assert unlike(material, source) == why
