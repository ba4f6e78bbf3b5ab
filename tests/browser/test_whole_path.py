"""The whole path in a real browser: from the one-time address to a dataset that loads."""

import json
from pathlib import Path

import datasets
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_from_the_queue_to_a_dataset_that_loads(page: Page, tmp_path: Path) -> None:
    open_queue(page)
    wait_for_hints(page, "ferry")
    page.get_by_role("link", name="ferry").click()

    card = page.locator(".card", has_text="Wait, 530 counts passengers")
    expect(card).to_be_visible()
    expect(page.get_by_role("button", name="Golden")).to_be_disabled()
    expect(page.locator("math").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("k")
    card.click(position={"x": 5, "y": 5})
    expect(page.locator(".cut:visible")).to_have_count(1)

    lived = watch_live_text(page)
    page.keyboard.press("a")
    page.wait_for_url("**?branch=*")
    expect(page.locator(".growing")).to_have_count(0)
    assert lived(), "the Reasoner's text never came live"
    expect(page.locator(".step .answer .chip.good")).to_have_text("equals 340")
    expect(page.locator(".hint")).to_contain_text("accepted by you")

    reject_open_hints(page)
    page.get_by_role("button", name="Golden").click()
    expect(page.locator("#verdict .state.golden")).to_be_visible()

    for name in ("rows", "messages"):
        rows = load(build_dataset(page, name, tmp_path / name))
        assert len(rows) == 1
        assert "Wait, 530 counts passengers" in json.dumps(rows[0])


def open_queue(page: Page) -> None:
    """Go to the demo's queue, once the demo is there."""
    queue = page.get_by_role("navigation", name="Main").get_by_role("link", name="Queue")
    for _ in range(60):
        page.goto("/")
        if queue.count():
            return queue.click()
        page.wait_for_timeout(1000)
    raise AssertionError("there is no demo project")


def watch_live_text(page: Page):  # type: ignore[no-untyped-def]
    """Counts the messages of live text from here on, over page loads."""
    seen: list[str] = []
    page.expose_function("calmSawLive", lambda text: seen.append(text))
    page.add_init_script(
        "document.addEventListener('live', event => calmSawLive(event.detail.data))"
    )
    return lambda: bool(seen)


def wait_for_hints(page: Page, name: str) -> None:
    """Look at the queue until the demo's trace is written and its hints are proposed."""
    row = page.locator("tr", has=page.get_by_role("link", name=name))
    for _ in range(60):
        page.goto(page.url)
        if row.count() and row.locator("td").nth(3).inner_text().strip():
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"no hint was ever proposed for {name}")


def reject_open_hints(page: Page) -> None:
    """Reject what is proposed on the new branch: the answer is right."""
    expect(page.get_by_text("Flaws are being looked for")).to_have_count(0)
    cards = page.locator("#review .card:not(.own)")
    while count := cards.count():
        page.keyboard.press("r")
        page.keyboard.type("the answer is right")
        page.keyboard.press("Enter")
        expect(cards).to_have_count(count - 1)


def build_dataset(page: Page, form: str, folder: Path) -> Path:
    """Build a dataset of one format, and download its rows."""
    page.get_by_role("link", name="Datasets").click()
    page.get_by_role("link", name="New dataset").click()
    page.get_by_role("textbox", name="Name", exact=True).fill(f"golden {form}")
    page.locator("select[name=format]").select_option(form)
    page.get_by_role("button", name="Build").click()
    link = page.get_by_role("link", name="train.parquet")
    expect(link).to_be_visible()
    with page.expect_download() as started:
        link.click()
    folder.mkdir()
    file = folder / "train.parquet"
    started.value.save_as(file)
    return file


def load(file: Path) -> list[dict[str, object]]:
    """The rows, as `datasets` reads them."""
    return list(
        datasets.load_dataset(
            "parquet", data_files=str(file), split="train", cache_dir=str(file.parent / "cache")
        )
    )
