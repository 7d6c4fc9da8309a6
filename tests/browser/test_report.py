"""The report as a browser shows it: nothing fetched, nothing run, tables sort, all can read it."""

from itertools import pairwise

import pytest

# rules of WCAG 2 A and AA: contrast, names of images and controls, headings, tables, language
LEVELS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "best-practice"]}}


def test_nothing_is_fetched_and_nothing_goes_wrong(visit, report):
    visit.page.wait_for_load_state("load")
    assert visit.errors == []
    other = [url for url in visit.requests if not url.startswith("data:")]
    assert other == [report.as_uri()]


def test_text_of_a_file_name_does_not_run(visit):
    assert visit.page.evaluate("window.hacked") is None
    assert visit.page.locator("img[src=x]").count() == 0
    assert "<script>window.hacked=1</script>" in visit.page.locator("main").inner_text()


def test_every_picture_shows(visit):
    for image in visit.page.locator("figure img").all():
        image.scroll_into_view_if_needed()
        image.evaluate("i => i.decode()")
        assert image.evaluate("i => i.naturalWidth") > 100
        assert len(image.get_attribute("alt")) > 10


def test_a_table_sorts_by_number_both_ways(visit):
    table = visit.page.locator("table.sortable").filter(has_text="R, bulk").first
    column = table.locator("thead th").all_inner_texts()
    at = next(i for i, text in enumerate(column) if "R, bulk" in text)
    read = f"rows => rows.map(r => r.cells[{at}].textContent)"

    def ohms():
        scale = {"Ω": 1.0, "kΩ": 1e3, "MΩ": 1e6, "GΩ": 1e9, "mΩ": 1e-3}
        cells = table.locator("tbody tr").evaluate_all(read)
        told = [c.replace("(", "").replace(")", "").split() for c in cells if "Ω" in c]
        return [float(words[0]) * scale[words[-1]] for words in told]

    button = table.locator("thead th button").nth(at)
    button.click()
    assert len(ohms()) >= 3
    assert ohms() == sorted(ohms())
    button.press("Enter")  # by keyboard, too
    assert ohms() == sorted(ohms(), reverse=True)
    assert table.locator("thead th").nth(at).get_attribute("aria-sort") == "descending"


def test_a_figure_opens_large_and_closes_by_keyboard(visit):
    first = visit.page.locator("figure button.zoom").first
    first.click()
    dialog = visit.page.locator("dialog[open]")
    assert dialog.count() == 1
    assert dialog.locator("img").evaluate("i => i.naturalWidth") > 100
    visit.page.keyboard.press("Escape")
    assert visit.page.locator("dialog[open]").count() == 0
    assert first.evaluate("b => b === document.activeElement")


def test_a_figure_can_be_downloaded_under_its_name(visit):
    with visit.page.expect_download() as download:
        visit.page.locator("figure button.save").first.click()
    assert download.value.suggested_filename.startswith("arrhenius.")


def test_a_table_can_be_copied_with_units(visit, browser):
    visit.page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    visit.page.locator("button.copy").first.click()
    copied = visit.page.evaluate("window.copied")
    rows = [line.split("\t") for line in copied.split("\n")]
    assert len(rows) >= 2
    assert {len(row) for row in rows} == {len(rows[0])}
    assert "Ω" in copied


def test_the_page_is_no_wider_than_the_window(visit):
    wide = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_the_contents_lead_to_their_sections(visit):
    for link in visit.page.locator("nav a").all():
        target = link.get_attribute("href")
        assert target.startswith("#")
        assert visit.page.locator(target).count() == 1


def test_headings_go_down_one_level_at_a_time(visit):
    levels = visit.page.locator("h1, h2, h3, h4").evaluate_all(
        "all => all.map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_everybody_can_read_it(visit):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    visit.page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    found = axe.Axe().run(visit.page, options=LEVELS).response["violations"]
    told = [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})" for v in found]
    assert told == []
