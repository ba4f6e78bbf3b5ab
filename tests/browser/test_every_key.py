"""No key without a test: each of the table is pressed somewhere, and each flaw's number here."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.core.flaws import DEFAULT
from app.core.keys import DEEDS
from tests.browser.test_workbench import SELECT

pytestmark = pytest.mark.browser
FLAWS = {f"flaw{number}": flaw.id for number, flaw in enumerate(DEFAULT.flaws, 1)}


def test_every_key_is_pressed_in_a_test() -> None:
    texts = [file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py")]
    pressed = {key for text in texts for key in re.findall(r'press\("(.)"\)', text)}
    named = {deed.key for deed in DEEDS if not deed.name.startswith("flaw")}
    assert named <= pressed


def test_each_number_is_its_flaw(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["pack"])
    form = page.locator(".own form")
    for name, flaw in FLAWS.items():
        page.evaluate(SELECT, "total weight")
        page.keyboard.press(name.removeprefix("flaw"))
        expect(form.locator("[name=flaw]")).to_have_value(flaw)
        page.keyboard.press("Escape")


def test_a_right_trace_is_golden_by_key_and_the_next_one_is_a_key_away(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["bakery"])
    page.keyboard.press("g")
    expect(page.locator("#verdict .state.golden")).to_be_visible()
    golden = page.url
    page.keyboard.press("n")
    page.wait_for_url(lambda url: url != golden)
    expect(page.locator("#review")).to_be_visible()
    page.goto(golden)
    page.keyboard.press("z")
    expect(page.locator("#verdict .verdicts")).to_be_visible()


def test_the_queue_opens_its_next_trace_by_key(page: Page, demo: dict[str, str]) -> None:
    page.goto("/p/demo/queue")
    page.keyboard.press("n")
    page.wait_for_url("**/traces/*")
    expect(page.locator("#trace")).to_be_visible()
