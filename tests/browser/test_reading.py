"""Reading in a real browser: the rail, folds, links to steps, and threads between the columns."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_rail_shows_where_one_is_and_leads_to_steps_by_key(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["feed"])
    items = page.locator(".rail li a")
    expect(items).to_have_count(page.locator("#trace [id^=step-]").count())
    expect(page.locator(".rail .window")).to_be_visible()
    page.locator(".rail [tabindex='0']").focus()
    page.keyboard.press("End")
    expect(items.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#trace .answer")).to_be_in_viewport()
    assert page.locator(".rail li a[tabindex='0']").count() == 1


def test_a_verified_program_is_folded_and_what_leads_to_it_opens_it(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["ferry"])
    fold = page.locator("#fold-2")
    expect(fold.locator("summary")).to_contain_text("verified")
    expect(page.locator("#step-2 .source")).to_be_hidden()
    page.goto(f"{demo['ferry']}#step-3")
    expect(page.locator("#step-3")).to_be_in_viewport()
    page.goto(demo["ferry"])
    page.reload()
    page.keyboard.press("f")
    expect(page.locator("#step-2 .source")).to_be_visible()
    page.reload()
    expect(page.locator("#step-2 .source")).to_be_visible()
    page.keyboard.press("f")
    expect(page.locator("#step-2 .source")).to_be_hidden()


def test_numbers_and_evidence_are_marked_on_both_sides(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["feed"])
    number = page.locator("#problem a.num").first
    number.focus()
    expect(page.locator("#model .num.hot")).not_to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#model a.num.hot").first).to_be_focused()
    expect(page.locator("#problem .missing")).to_contain_text("8%")
    page.locator("#trace .flaw").first.focus()
    expect(page.locator("#review .card.warm")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#review .card.focus")).to_be_focused()


def test_a_hint_stands_in_the_trace_with_the_words_that_it_would_have(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["feed"])
    ghost = page.locator("#trace .cut.on .ghost")
    card = page.locator("#review .card:not(.own)").first
    expect(ghost).to_have_text(card.locator("blockquote").inner_text())
    expect(page.locator("#trace .cut.on")).to_contain_text("will be regenerated")
    page.keyboard.press("e")
    card.get_by_label("Words of the hint").fill("8% is 0.08.")
    expect(ghost).to_have_text("8% is 0.08.")


def test_without_javascript_links_and_folds_work(page: Page, demo: dict[str, str]) -> None:
    assert page.context.browser
    plain = page.context.browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    ).new_page()
    page.goto(demo["ferry"])
    plain.goto(page.url)
    expect(plain.locator("#trace .ghost").first).to_be_visible()
    plain.locator(".rail li a").last.click()
    expect(plain.locator("#trace .answer")).to_be_in_viewport()
    plain.locator("#fold-2 summary").click()
    expect(plain.locator("#step-2 .source")).to_be_visible()
    plain.context.close()


def test_find_in_page_reaches_into_folds(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["bakery"])
    fold = page.locator("#trace .fold").first
    expect(fold).not_to_have_attribute("open", "")
    assert page.evaluate("window.find('pulp.LpMaximize')")
    # A link to words finds them as a search in the page does, and opens what they are in.
    page.goto("/projects")
    page.goto(f"{demo['bakery']}#:~:text=pulp.LpMaximize")
    expect(fold).to_have_attribute("open", "")
    expect(fold.locator(".source")).to_be_in_viewport()


CUT = """() => [...document.querySelectorAll("#context > section, #trace .step, #trace pre")]
    .filter(it => it.scrollHeight > it.clientHeight + 4 || it.scrollWidth > it.clientWidth)
    .filter(each => getComputedStyle(each).overflow !== "visible").map(each => each.outerHTML)"""


def test_on_paper_the_trace_is_whole_and_nothing_is_to_be_pressed(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["ferry"])
    expect(page.locator("#step-2 .source")).to_be_hidden()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    for shown in (
        "#problem .question",
        "#model .algebra .num",
        "#step-2 .source",
        "#trace .answer",
    ):
        expect(page.locator(shown).first).to_be_visible()
    for chrome in ("#header", "#judging", ".rail", ".fold > summary", ".cut", "#time", "button"):
        expect(page.locator(chrome).filter(visible=True)).to_have_count(0)
    assert page.evaluate(CUT) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert page.pdf(format="A4").startswith(b"%PDF")
