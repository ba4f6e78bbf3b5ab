"""The guided first trace, in a real browser on the demo's ferry, by keyboard."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_guide_follows_a_person_through_the_ferry(page: Page, demo: dict[str, str]) -> None:
    page.goto("/p/demo")
    page.get_by_role("button", name="A guided first trace").click()
    guide = page.locator("#guide")
    expect(guide).to_have_attribute("data-at", "problem")
    assert page.url.split("?")[0].endswith(demo["ferry"])
    guide.get_by_role("button", name="Go on").press("Enter")
    expect(guide).to_have_attribute("data-at", "trace")
    page.locator("#trace h1").hover()  # the columns beside it scroll by themselves
    page.mouse.wheel(0, 60_000)
    expect(guide).to_have_attribute("data-at", "proposal")
    page.keyboard.press("j")
    expect(guide).to_have_attribute("data-at", "accept")
    page.keyboard.press("a")
    page.wait_for_url("**branch=*")
    expect(guide).to_have_attribute("data-at", "verdict")
    page.reload()
    expect(guide).to_have_attribute("data-at", "verdict")
    guide.get_by_role("button", name="Not now").click()
    expect(guide).to_be_hidden()
    page.keyboard.press("?")
    page.get_by_role("button", name="Guide me through this trace").click()
    expect(guide).to_be_visible()
