"""Every page as it looks, in light and dark: nothing is wider than the window, no error is logged.

Where CALM_SCREENSHOTS names a folder, pictures of the pages are kept there; `make screens` names
docs/screens, whose pictures a test compares with the pages there are.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Studio
from tests.browser.test_access import PAGES, visit

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]
KEPT = Path(__file__).parents[2] / "docs" / "screens"
MADE = {
    *("project-bulk-bulk", "project-datasets-dataset", "project-import-token"),
    *("users-user-remove", "project-webhooks-webhook", "project-datasets-dataset-compare"),
}
"""Pages of what the demo has none of until it is made here."""
TOUR = {"guide", "workbench"}
"""More of the workbench than the one page shows that its route gives."""
WIDTHS = [1280, 1440]
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]


def name_of(route: str) -> str:
    """A picture's name: the words of a page's address, a project's under `project`."""
    bare = route.removeprefix("GET /").replace("p/{slug}", "project")
    return re.sub(r"\{(\w+?)(_id)?\}", r"\1", bare).replace("/", "-") or "start"


NAMES = {name_of(route): place for route, place in PAGES.items()}


def keep(page: Page, name: str, scheme: str) -> None:
    """Look at a page as it is now, and keep its picture where somebody asked for pictures."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        # Charts take their new width a moment later.
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    if folder := os.environ.get("CALM_SCREENSHOTS"):
        page.wait_for_timeout(400)  # until charts are drawn and formulas typeset
        picture = Path(folder) / f"{name}-{scheme}.jpg"
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture, type="jpeg", quality=50, animations="disabled")


@pytest.fixture(scope="module")
def worked(studio: Studio, browser: Browser, state: Any, demo: dict[str, str]) -> dict[str, str]:
    """The demo after a little work: hints accepted, each verdict given, a reference questioned."""
    page = browser.new_page(base_url=studio.address, storage_state=state)
    page.goto("/p/demo")
    page.get_by_role("button", name="A guided first trace").click()
    expect(page.locator("#guide")).to_be_visible()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        keep(page, "guide", scheme)
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#guide")).to_be_hidden()
    for name in ("feed", "ferry"):
        accept(page, demo[name])
    page.keyboard.press("g")
    expect(page.locator("#verdict .state.golden")).to_be_visible()
    for name, key, why in (("crew", "x", "The code never ran."), ("clinics", "u", "Is R needed?")):
        page.goto(demo[name])
        page.keyboard.press(key)
        page.keyboard.type(why)
        page.keyboard.press("Enter")
        expect(page.locator("#verdict .verdicts")).to_have_count(0)
    question(page, "doubt", "May a launch go half empty?")
    direct(page)
    question(page, "confirm", "It may: 18 and 10 crossings carry 532. I solved it by hand.")
    page.context.close()
    return demo


def accept(page: Page, address: str) -> None:
    """Accept the first hint of a trace, and wait for what comes of it."""
    page.goto(address)
    page.locator("#review .card:not(.own)").first.click(position={"x": 5, "y": 5})
    page.keyboard.press("a")
    page.wait_for_url("**?branch=*")
    expect(page.locator(".growing")).to_have_count(0)
    expect(page.get_by_text("Flaws are being looked for")).to_have_count(0)


def direct(page: Page) -> None:
    """Have a rule give work to a group of one member."""
    page.goto("/p/demo/members")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("button", name="Remove")).to_be_visible()
    page.goto("/p/demo/assignment")
    page.get_by_label("Name of the group").fill("Transport")
    page.get_by_role("button", name="Add a group").click()
    group = page.get_by_role("region", name="Transport")
    group.get_by_role("checkbox").first.check()
    group.get_by_role("button", name="Save").click()
    expect(group.get_by_text("1 member")).to_be_visible()
    page.get_by_label("For whom").select_option("Transport")
    page.get_by_label("A day").fill("20")
    page.get_by_label("For nobody else").uncheck()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("cell", name="the group Transport")).to_be_visible()


def question(page: Page, form: str, why: str) -> None:
    """Say something of the ferry's reference, in one of the forms of its page."""
    page.goto("/p/demo/problems/1")
    page.locator(f"#{form} summary").click()
    page.locator(f"#{form} [name=reason]").fill(why)
    page.locator(f"#{form} button").click()
    expect(page.locator(".history")).to_contain_text(why)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_fits(open_context: Contexts, worked: dict[str, str], scheme: str) -> None:
    page = open_context(color_scheme=scheme).new_page()
    for name, place in NAMES.items():
        visit(page, place)
        keep(page, name, scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_made_fits(open_context: Contexts, worked: dict[str, str], scheme: str) -> None:
    page = open_context(color_scheme=scheme).new_page()
    page.goto("/p/demo/queue")
    page.get_by_role("checkbox", name="Choose all").check()
    page.get_by_label("What to do").select_option("discard")
    page.get_by_role("button", name="See what it will do").click()
    page.wait_for_url("**/bulk/*")
    keep(page, "project-bulk-bulk", scheme)
    page.goto("/p/demo/datasets/new")
    page.get_by_role("textbox", name="Name", exact=True).fill(f"golden {scheme}")
    page.get_by_role("button", name="Build").click()
    expect(page.get_by_role("link", name="train.parquet")).to_be_visible()
    keep(page, "project-datasets-dataset", scheme)
    page.get_by_role("link", name="Compare with another").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("the same")).to_be_visible()
    keep(page, "project-datasets-dataset-compare", scheme)
    page.goto("/p/demo/import")
    page.get_by_label("File").set_input_files(KEPT.parents[1] / "examples" / "problems.json")
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/import/*")
    keep(page, "project-import-token", scheme)
    page.goto("/p/demo/webhooks")
    page.get_by_label("Address").fill(f"https://receiver.example/{scheme}")
    page.get_by_label("called it golden").check()
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("cell", name="a test")).to_be_visible()
    keep(page, "project-webhooks-webhook", scheme)
    page.goto("/users")
    page.get_by_label("Name").fill(f"eve {scheme}")
    page.get_by_role("button", name="Create").click()
    row = page.get_by_role("row").filter(has_text=f"eve {scheme}")
    row.get_by_role("link", name="Remove …").click()
    expect(page.get_by_role("button", name="Remove for ever")).to_be_visible()
    keep(page, "users-user-remove", scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_workbench_fits(open_context: Contexts, worked: dict[str, str], scheme: str) -> None:
    page = open_context(color_scheme=scheme).new_page()
    page.goto(worked["vans"])
    page.locator("#review .card:not(.own)").first.click(position={"x": 5, "y": 5})
    expect(page.locator("#trace .cut.on .ghost")).to_be_visible()
    keep(page, "workbench", scheme)


def test_a_picture_of_every_page_is_kept_and_shown() -> None:
    names = NAMES.keys() | MADE | TOUR
    expected = {f"{name}-{scheme}.jpg" for name in names for scheme in SCHEMES}
    assert {file.name for file in KEPT.iterdir()} == expected, "run `make screens`"
    shown = re.findall(r"screens/(\S+?\.jpg)", KEPT.with_suffix(".md").read_text(encoding="utf-8"))
    assert set(shown) == expected
