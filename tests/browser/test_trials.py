"""Trying a hint in a real browser: by key, live, and read beside the lineage."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_hint_is_tried_by_key_and_accepted_without_being_written_again(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["ferry"])
    card = page.locator("#review .card:not(.own)", has_text="Wait, 530 counts passengers").first
    card.click(position={"x": 5, "y": 5})
    expect(card.locator(".try")).to_contain_text("The Reasoner is a recording")
    page.keyboard.press("t")
    sides = card.locator(".tried .side")
    # Nobody loads the page again: the card is told.
    expect(sides).to_have_text(["With it 1 of 1 right", "Without it 0 of 1 right"])
    expect(card.get_by_role("button", name="Try as edited")).to_be_visible()
    expect(page.locator(".tree li")).to_have_count(1)

    card.locator(".trials a").first.click()
    expect(page.locator("#trace .notice")).to_contain_text("It is no part of the trace")
    expect(page.locator("#trace .hint")).to_contain_text("Wait, 530 counts passengers")
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.get_by_role("link", name="Back to the trace").click()

    card.click(position={"x": 5, "y": 5})
    page.keyboard.press("a")
    page.wait_for_url("**?branch=*")
    expect(page.locator("#message")).to_contain_text("as it was tried")
    expect(page.locator(".growing")).to_have_count(0)
    expect(page.locator(".tree li")).to_have_count(2)
    expect(page.locator(".step .answer .chip.good")).to_have_text("equals 340")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("how the Reasoner goes on with it")


def test_focus_stays_on_the_card_where_its_button_goes(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["feed"])
    page.locator("#review .card:not(.own)").first.click(position={"x": 5, "y": 5})
    page.keyboard.press("r")
    page.keyboard.type("no")
    page.keyboard.press("Enter")
    expect(page.locator("#review .judged")).to_be_visible()
    expect(page.locator("#review")).to_be_focused()


def test_focus_stays_where_it_was_in_the_settings(page: Page, demo: dict[str, str]) -> None:
    page.goto("/p/demo/settings")
    save = page.locator("#money").get_by_role("button", name="Save")
    save.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_text("Saved.")
    expect(save).to_be_focused()
