"""The queue and search in a real browser: keys, choosing, what is done to many, and going back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]


def test_a_slash_searches_and_what_is_found_opens_at_its_step(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto("/p/demo/queue")
    page.keyboard.press("/")
    expect(page.locator("#header input[name=q]")).to_be_focused()
    page.keyboard.type("ferry 340")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=ferry**")
    page.locator("#header input[name=q]").blur()
    page.keyboard.press("/")
    page.keyboard.type("3710")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text(re.compile("3,?710"))
    found = page.locator("section.found", has_text="Steps of traces").locator("a").first
    found.click()
    page.wait_for_url(re.compile(r"/traces/\d+\?branch=\d+#step-\d+"))
    step = page.evaluate("location.hash")
    expect(page.locator(step)).to_be_in_viewport()


def test_keys_choose_rows_and_open_them(page: Page, demo: dict[str, str]) -> None:
    page.goto("/p/demo/queue?state=")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row] a").nth(1)).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("2 chosen")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("1 chosen")
    place = page.locator("[data-row] a").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{place}")


def test_the_order_is_kept(page: Page, demo: dict[str, str]) -> None:
    page.goto("/p/demo/queue?state=")
    page.get_by_role("button", name="most uncertain first").click()
    for _ in range(2):
        pressed = page.get_by_role("button", name="most uncertain first")
        expect(pressed).to_have_attribute("aria-pressed", "true")
        page.goto("/queue")
    page.get_by_role("button", name="oldest first").click()


def test_many_are_discarded_once_and_sent_back_without_javascript(
    page: Page, open_context: Contexts, demo: dict[str, str]
) -> None:
    page.goto("/p/demo/queue?state=")
    titles = page.locator("[data-row] a").all_inner_texts()[:2]
    for title in titles:
        page.get_by_role("checkbox", name=f"Choose {title}", exact=True).check()
    page.get_by_label("What to do").select_option("discard")
    page.get_by_role("button", name="See what it will do").click()
    expect(page.get_by_text("2 traces will be discarded.")).to_be_visible()
    page.get_by_label("Reason").fill("only to see")
    page.get_by_role("button", name="Discard · 2").dblclick()
    expect(page.get_by_text("2 traces are discarded.")).to_be_visible()
    page.goto("/p/demo/queue?state=discarded")
    expect(page.locator("[data-row]")).to_have_count(2)

    plain = open_context(java_script_enabled=False).new_page()
    plain.goto("/p/demo/queue?state=discarded")
    for box in plain.locator("[name=ids]").all():
        box.check()
    plain.get_by_label("What to do").select_option("reopen")
    plain.get_by_role("button", name="See what it will do").click()
    expect(plain.get_by_text("The verdicts of 2 traces will be withdrawn.")).to_be_visible()
    plain.get_by_label("Reason").fill("they were only to be seen")
    plain.get_by_role("button", name="Send back to the queue").click()
    done = plain.get_by_text("2 traces are back in the queue.")
    for _ in range(60):
        if done.count():
            break
        plain.wait_for_timeout(500)
        plain.reload()
    expect(done).to_be_visible()
