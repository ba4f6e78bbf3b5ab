"""Judging by keys in a real browser: every key, and what keeps a person's words from being lost."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import PATIENCE, Studio
from tests.browser.test_workbench import SELECT, cards

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]


def focus_first(page: Page) -> None:
    """The first hint has the focus."""
    cards(page).first.click(position={"x": 5, "y": 5})


def test_a_hint_is_edited_where_its_words_stand(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["vans"])
    focus_first(page)
    card = cards(page).first
    words = card.locator("blockquote")
    place = words.bounding_box()
    page.keyboard.press("e")
    field = card.get_by_label("Words of the hint")
    expect(field).to_be_focused()
    expect(words).to_be_hidden()
    expect(card.get_by_role("button", name="Accept")).to_be_hidden()
    box = field.bounding_box()
    assert place
    assert box
    assert abs(box["x"] - place["x"]) < 2
    assert abs(box["y"] - place["y"]) < 40
    page.keyboard.type(" I look again.")
    page.keyboard.press("a")
    expect(field).to_have_value(f"{words.text_content()} I look again.a")
    page.keyboard.press("Escape")
    expect(words).to_be_visible()


def test_keys_go_through_hints_and_help_lists_them(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["vans"])
    focus_first(page)
    focused = page.locator("#review .card.focus")
    first = focused.get_attribute("id")
    for key, moves in (
        ("j", cards(page).count() > 1),
        ("k", False),
        ("n", cards(page).count() > 1),
    ):
        page.keyboard.press(key)
        assert (focused.get_attribute("id") != first) == moves, key
    page.keyboard.press("?")
    listed = page.locator("#keys")
    expect(listed).to_be_visible()
    expect(listed).to_contain_text("reject it, with a reason")
    expect(listed).to_contain_text("on the selected text: Manual computation")
    page.keyboard.press("r")
    expect(page.locator("details[id^=reject][open]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()


def test_a_number_puts_a_hint_with_its_flaw_on_the_selection(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["pack"])
    page.evaluate(SELECT, "total weight")
    page.keyboard.press("5")
    form = page.locator(".own form")
    expect(form.get_by_label("exactly")).to_have_value("total weight")
    expect(form.locator("[name=flaw]")).to_have_value("wrong-objective")
    expect(form.get_by_label("in the first person")).to_be_focused()
    page.keyboard.press("Escape")
    page.evaluate(SELECT, "total weight")
    page.keyboard.press("h")
    expect(form.locator("[name=flaw]")).to_be_focused()
    page.keyboard.press("6")
    expect(form.locator("[name=flaw]")).to_have_value("wrong-constraints")
    expect(form.get_by_label("in the first person")).to_be_focused()


def test_verdicts_by_key(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["clinics"])
    page.keyboard.press("g")
    expect(page.locator("#message")).to_contain_text("Not golden")
    for key, state in (("x", "discarded"), ("u", "unsure")):
        page.keyboard.press(key)
        page.keyboard.type("gx, a bad problem")
        page.keyboard.press("Enter")
        expect(page.locator(f"#verdict .state.{state}")).to_be_visible()
        page.keyboard.press("z")
        expect(page.locator("#verdict .verdicts")).to_be_visible()
    page.keyboard.press("u")
    page.keyboard.type("hard")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict .state.unsure")).to_be_visible()
    page.keyboard.press("o")
    page.keyboard.type("I looked again")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("Withdrawn: unsure by you: I looked again")
    address = page.url
    page.keyboard.press("s")
    page.wait_for_url(lambda url: url != address)


def test_own_keys_work_and_the_old_ones_don_t(page: Page, demo: dict[str, str]) -> None:
    page.goto("/account/keys")
    page.get_by_label("reject it, with a reason").fill("e")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_contain_text("can’t mean both")
    page.get_by_label("reject it, with a reason").fill("ц")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_contain_text("Your keys are set.")
    page.goto(demo["vans"])
    focus_first(page)
    page.keyboard.press("r")
    expect(page.locator("details[id^=reject][open]")).to_have_count(0)
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Ц', bubbles: true}))")
    expect(page.locator("details[id^=reject][open]")).to_have_count(1)
    page.goto("/account/keys")
    page.get_by_role("button", name="Back to the defaults").click()
    expect(page.get_by_label("reject it, with a reason")).to_have_value("r")


def test_two_branches_are_compared_by_key(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["ferry"])
    focus_first(page)
    page.keyboard.press("a")
    page.wait_for_url("**?branch=*")
    page.keyboard.press("c")
    page.wait_for_url("**/compare?right=*")
    expect(page.locator(".came-to")).to_contain_text("code calls")
    page.keyboard.press("j")
    expect(page.locator(".sides-row:focus-within")).to_have_count(1)
    address = page.url
    page.get_by_label("Left").select_option(index=1)
    page.wait_for_url(lambda url: url != address)
    page.get_by_label("Left").blur()
    page.keyboard.press("c")
    page.wait_for_url("**?branch=*")


def lose_line(page: Page, lost: bool) -> None:
    """Cut the browser off, or connect it again."""
    page.context.set_offline(lost)


STORED = "Object.keys(localStorage).filter(key => key.startsWith('calm:draft:')).length"
OTHERS = "'calm:draft:9999:/x:y'"
LOG_OUT = """() => {
    const form = document.querySelector("[action='/logout']");
    form.addEventListener("submit", event => event.preventDefault());
    form.requestSubmit();
}"""


def form_of(page: Page) -> Locator:
    """The field for the words of a hint of one's own."""
    return page.locator(".own").get_by_label("in the first person")


def test_words_that_were_not_sent_are_offered_back_after_a_closed_tab(
    open_context: Contexts, demo: dict[str, str]
) -> None:
    context = open_context()
    page = context.new_page()
    page.goto(demo["vans"])
    page.keyboard.press("h")
    form = page.locator(".own form")
    form.get_by_label("in the first person").fill("Vans are whole.")
    page.close()
    page = context.new_page()
    page.goto(demo["vans"])
    kept = page.locator("#drafts")
    expect(kept).to_contain_text("Vans are whole.")
    kept.get_by_role("button", name="Put it back").click()
    expect(form_of(page)).to_have_value("Vans are whole.")
    expect(kept).to_be_hidden()
    assert page.evaluate(STORED) == 1
    # Somebody else's is not kept for the next person, and one's own goes at logout.
    page.evaluate(f"localStorage.setItem({OTHERS}, JSON.stringify({{text: 'z', at: Date.now()}}))")
    page.goto("/projects")
    assert page.evaluate(f"localStorage.getItem({OTHERS})") is None
    page.evaluate(LOG_OUT)
    assert page.evaluate(STORED) == 0


def test_a_form_that_is_sent_without_a_line_says_so_and_is_sent_once_later(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["crew"])
    focus_first(page)
    lose_line(page, True)
    page.keyboard.press("r")
    page.keyboard.type("not this")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("nothing was sent")
    expect(cards(page).first.locator("[id^=reject] [name=reason]")).to_have_value("not this")
    lose_line(page, False)
    cards(page).first.get_by_role("button", name="Reject it").dblclick()
    expect(page.locator("#review .judged")).to_contain_text("1 decided hint")
    expect(page.locator("#drafts")).to_be_hidden()
    page.locator("#review .judged > summary").click()
    page.get_by_role("button", name="Undo this").click()
    expect(page.locator("#review .judged")).to_have_count(0)


def test_trying_a_hint_keeps_the_words_that_it_is_tried_with(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["vans"])
    page.route("**/try", lambda route: route.fulfill(status=204))
    focus_first(page)
    page.keyboard.press("e")
    page.keyboard.type(" I look again.")
    with page.expect_response("**/try"):
        cards(page).first.locator(".try button").click()
    page.wait_for_timeout(200)
    assert page.evaluate(STORED) == 1


def test_where_the_session_ended_elsewhere_the_page_says_so_and_stays(
    open_context: Contexts, studio: Studio, demo: dict[str, str]
) -> None:
    studio.calm("user", "create", "Di")
    studio.calm("user", "role", "Di", "--project", "Demo", "--as", "annotator")
    entry = json.loads(studio.calm("user", "login", "Di", "--json"))["address"]
    context = open_context(storage_state=None)
    page = context.new_page()
    page.goto(studio.address + entry[entry.index("/login") :])
    page.goto(demo["vans"])
    page.keyboard.press("h")
    form_of(page).fill("Vans are whole.")
    elsewhere = open_context(storage_state=context.storage_state()).new_page()
    elsewhere.goto("/projects")
    elsewhere.evaluate("document.querySelector(\"[action='/logout']\").submit()")
    elsewhere.wait_for_url("**/login")
    ended = page.get_by_role("alert").filter(has_text="Your session has ended.")
    page.evaluate("htmx.trigger('#stream', 'trace')")  # what the page asks for by itself
    expect(ended).to_be_visible()
    page.locator(".own").get_by_role("button", name="Put it in").click()
    expect(ended).to_have_count(1)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(form_of(page)).to_have_value("Vans are whole.")
    expect(page.locator("#time .mine")).not_to_contain_text("Password")
    assert page.evaluate(STORED) == 1
    with context.expect_page() as opened:
        ended.get_by_role("link").click()
    opened.value.wait_for_url(re.compile(r"/login\?next="))


def test_what_a_flaw_is_folds_out_on_its_card(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["vans"])
    card = cards(page).first
    card.locator(".about > summary").click()
    expect(card.locator(".examples.good")).to_be_visible()
    expect(card.locator(".examples.bad")).to_be_visible()


def test_time_on_the_task_is_shown_to_the_one_who_works(page: Page, demo: dict[str, str]) -> None:
    with page.expect_response("**/time") as answered:
        page.goto(demo["vans"])
    assert answered.value.status == 200
    expect(page.locator("#time .mine")).to_have_text("less than 1 min")
    page.locator("#time a").click()
    expect(page.locator("h1")).to_have_text("Your time")


def test_the_page_counts_down_how_long_a_trace_is_held(page: Page, demo: dict[str, str]) -> None:
    began = datetime.now(UTC)
    page.clock.set_fixed_time(began)
    # No report gets through, so that the claim runs out; and nothing else changes the page.
    page.route("**/time", lambda route: route.abort("internetdisconnected"))
    page.route("**/events?*", lambda route: route.fulfill(status=204))
    page.goto(demo["feed"])
    held = page.locator("#held:not([data-left])")  # the page has heeded what the server said
    if not held.count():
        page.get_by_role("button", name="Hold it").click()
    expect(held).to_have_text("30 min")
    page.clock.set_fixed_time(began + timedelta(minutes=10))
    expect(held).to_have_text("20 min", timeout=PATIENCE * 1000)
    with page.expect_response(lambda answer: "/trace" in answer.url):
        page.evaluate("htmx.trigger('#stream', 'trace')")  # a part that says nothing of it
    page.clock.set_fixed_time(began + timedelta(minutes=31))
    expect(held).to_have_text("ran out", timeout=PATIENCE * 1000)
    page.unroute("**/time")
    page.mouse.move(200, 300)  # somebody works again, and it is still theirs
    expect(held).to_have_text("30 min", timeout=PATIENCE * 1000)


def test_a_late_page_is_shown_what_others_did_and_then_decides(
    open_context: Contexts, studio: Studio, demo: dict[str, str]
) -> None:
    studio.calm("user", "create", "Cy")
    studio.calm("user", "role", "Cy", "--project", "Demo", "--as", "annotator")
    entry = json.loads(studio.calm("user", "login", "Cy", "--json"))["address"]
    other = open_context(storage_state=None).new_page()
    other.goto(studio.address + entry[entry.index("/login") :])
    page = open_context().new_page()
    # Nothing tells this page that it has become stale.
    page.route("**/events?*", lambda route: route.fulfill(status=204))
    page.goto(demo["feed"])
    other.goto(demo["feed"])
    focus_first(other)
    other.keyboard.press("r")
    other.keyboard.type("it is fine")
    other.keyboard.press("Enter")
    expect(other.locator("#review .judged")).to_be_visible()
    page.keyboard.press("u")
    page.keyboard.type("a hard one")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("Cy rejected a hint")
    expect(page.locator("#message")).to_contain_text("“it is fine”")
    expect(page.locator("#review .judged")).to_be_visible()
    expect(page.locator("#unsure [name=reason]")).to_have_value("a hard one")
    page.locator("#unsure button").click()
    expect(page.locator("#verdict .state.unsure")).to_be_visible()
