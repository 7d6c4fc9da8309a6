"""The overview of a batch as a browser shows it."""

import pytest

LEVELS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "best-practice"]}}


def test_nothing_is_fetched_and_nothing_runs(seen, overview):
    assert seen.errors == []
    assert [url for url in seen.requests if not url.startswith("data:")] == [overview.as_uri()]
    assert seen.page.evaluate("window.hacked") is None
    assert "<img src=x onerror=window.hacked=1>.csv" in seen.page.locator("main").inner_text()


def test_everybody_can_read_it(seen):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(seen.page, options=LEVELS).response["violations"]
    assert [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})" for v in found] == []


def test_the_page_is_no_wider_than_the_window(seen):
    assert seen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
