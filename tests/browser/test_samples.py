"""The page that compares several samples, as a browser shows it."""

import json
import re
from itertools import pairwise
from urllib.parse import unquote, urlsplit

import pytest

LEVELS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "best-practice"]}}
SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def value(cell: str) -> float:
    """Return the number that a cell begins with, whatever sign stands before it."""
    text = cell.replace("−", "-")
    power = re.search("·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text)
    head = re.search(r"-?\d+(\.\d+)?", text)
    return float(head[0]) * 10.0 ** (int(power[1].translate(SUPERSCRIPT)) if power else 0)


def column(table, heading: str):
    """Return the place of a column, and what reads its cells that hold a number."""
    names = table.locator("thead th").all_inner_texts()
    at = next(i for i, name in enumerate(names) if heading in name)
    read = f"rows => rows.map(r => r.cells[{at}].textContent)"

    def cells() -> list[str]:
        told = table.locator("tbody tr").evaluate_all(read)
        return [c for c in told if re.search(r"\d", c)]

    return at, cells


def test_nothing_is_fetched_and_nothing_goes_wrong(compared, samples):
    compared.page.wait_for_load_state("load")
    assert compared.errors == []
    assert [url for url in compared.requests if not url.startswith("data:")] == [samples.as_uri()]


def test_the_name_of_a_sample_stays_text(compared):
    assert compared.page.evaluate("window.hacked") is None
    assert compared.page.locator("img[src=x]").count() == 0
    name = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>"
    shown = compared.page.locator("main").inner_text()
    assert shown.count(name) > 3  # its link, a row of each process, differences


def test_every_picture_shows(compared):
    pictures = compared.page.locator("figure img").all()
    assert len(pictures) >= 4  # values, and the lines of each process
    for image in pictures:
        image.scroll_into_view_if_needed()
        image.evaluate("i => i.decode()")
        assert image.evaluate("i => i.naturalWidth") > 100
        assert len(image.get_attribute("alt")) > 10


@pytest.mark.parametrize(
    ("section", "heading"),
    [("#process-1", "Eₐ of ln(σT)"), ("#process-1", "σ at"), ("#differences", "p, adjusted")],
)
def test_a_table_sorts_by_number_both_ways(compared, section, heading):
    table = compared.page.locator(f"{section} table.sortable").first
    at, cells = column(table, heading)
    button = table.locator("thead th button").nth(at)
    button.click()
    numbers = [value(c) for c in cells()]
    assert len(set(numbers)) >= 2
    assert numbers == sorted(numbers)
    button.press("Enter")
    numbers = [value(c) for c in cells()]
    assert numbers == sorted(numbers, reverse=True)
    assert table.locator("thead th").nth(at).get_attribute("aria-sort") == "descending"


def test_ratios_sort_by_their_size(compared):
    """A column of differences holds energies in meV and ratios: each kind is in order."""
    table = compared.page.locator("#differences table.sortable").first
    at, cells = column(table, "difference or ratio")
    table.locator("thead th button").nth(at).click()
    for mark in (lambda c: "×" in c, lambda c: "meV" in c):
        numbers = [value(c) for c in cells() if mark(c)]
        assert len(numbers) >= 4
        assert numbers == sorted(numbers)


def test_a_link_leads_to_the_report_of_each_sample(compared, samples):
    told = json.loads((samples.parent / "results.json").read_text(encoding="utf-8"))["samples"]
    links = compared.page.locator("#samples ul a").evaluate_all("all => all.map(a => a.href)")
    ends = [samples.parent / sample["folder"] / "report.html" for sample in told]
    assert [unquote(urlsplit(link).path) for link in links] == [str(end) for end in ends]


def test_a_doi_is_a_link_without_the_signs_about_it(compared):
    links = compared.page.locator("#meyer-neldel a[href*='doi.org']")
    assert links.evaluate_all("all => all.map(a => a.getAttribute('href'))") == [
        "https://doi.org/10.1119/1.1632486",
        "https://doi.org/10.1038/261566a0",
    ]


def test_a_long_name_leaves_room_for_the_numbers(compared):
    """A name breaks into lines, so that numbers can be seen without scrolling."""
    name = compared.page.locator("#process-1 tbody td:first-child").nth(1)
    width = name.evaluate("td => td.getBoundingClientRect().width")
    assert width < 0.5 * compared.page.viewport_size["width"]


def test_the_contents_lead_to_their_sections(compared):
    links = compared.page.locator("nav a").all()
    assert len(links) >= 5
    for link in links:
        target = link.get_attribute("href")
        assert target.startswith("#")
        assert compared.page.locator(target).count() == 1


def test_headings_go_down_one_level_at_a_time(compared):
    levels = compared.page.locator("h1, h2, h3, h4").evaluate_all(
        "all => all.map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_a_figure_opens_large_and_closes_by_keyboard(compared):
    first = compared.page.locator("figure button.zoom").first
    first.click()
    assert compared.page.locator("dialog[open] img").evaluate("i => i.naturalWidth") > 100
    compared.page.keyboard.press("Escape")
    assert compared.page.locator("dialog[open]").count() == 0


def test_the_page_is_no_wider_than_the_window(compared):
    assert compared.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_everybody_can_read_it(compared):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(compared.page, options=LEVELS).response["violations"]
    assert [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})" for v in found] == []
