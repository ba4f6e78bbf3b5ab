"""The workbench in a real browser: places, selections, two people, impatience and lost workers."""

import json
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Studio

pytestmark = pytest.mark.browser
Contexts = Callable[..., BrowserContext]


def cards(page: Page):  # type: ignore[no-untyped-def]
    """The proposed hints."""
    return page.locator("#review .card:not(.own)")


def test_a_hint_is_moved_with_the_mouse_and_stands_there(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["feed"])
    card = cards(page).first
    card.click(position={"x": 5, "y": 5})
    page.keyboard.press("m")
    page.locator("#trace [data-step='0']").click(position={"x": 60, "y": 10})
    chosen = card.locator("[name=cut]").input_value()
    assert chosen != "0:0"
    before = page.evaluate(SHOWN, 0)[: int(chosen.split(":")[1])]
    page.keyboard.press("a")
    page.wait_for_url("**?branch=*")
    expect(page.locator("[data-step='0']")).to_have_text(before.strip())
    expect(page.locator("#step-2 .hint")).to_contain_text("edited by you")
    # The recording knows no hint in that place: the page says so, and what can be done.
    failed = page.locator(".step.failed")
    expect(failed).to_contain_text("Nothing was recorded for this continuation")
    expect(failed.get_by_role("link", name="Connect a model")).to_be_visible()
    expect(failed.get_by_role("button", name="Try again")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".tree .aside")).to_have_count(1)
    expect(cards(page)).not_to_have_count(0)


SHOWN = """step => textNodes(document.querySelector(`[data-step="${step}"]`))
    .map(node => node.data).join("")"""
SELECT = """words => {
    const body = document.querySelector("[data-step='0']");
    const text = textNodes(body).map(node => node.data).join("");
    const at = [...text.slice(0, text.indexOf(words))].length;
    const range = document.createRange();
    range.setStart(...pointAt(body, at));
    range.setEnd(...pointAt(body, at + [...words].length));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


def test_a_selection_behind_formulas_is_sent_as_the_text_has_it(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["pack"])
    expect(page.locator("#trace math").first).to_be_visible()
    words = "total weight constraint"
    page.evaluate(SELECT, words)
    page.keyboard.press("h")
    form = page.locator(".own form")
    expect(form.get_by_label("exactly")).to_have_value(words)
    start, end = (int(form.locator(f"[name={name}]").input_value()) for name in ("start", "end"))
    assert page.evaluate(SHOWN, 0)[start:end] == words
    form.get_by_label("in the first person").fill("My weight row lost its coefficients.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**?branch=*")
    expect(page.locator("#trace .hint")).to_contain_text("written by you")


HOSTILE = [
    r"\href{javascript:alert(1)}{x}",
    r"\htmlStyle{position:fixed}{x}",
    r"\fcolorbox{red}{blue}{x}",
    r"\includegraphics{http://127.0.0.1/x.png}",
    r"\rule{9999em}{9999em}",
    r"\def\a{\a\a}\a",
    r"\text{<img src=x onerror=alert(1)> style=\"color:red\"}",
    r"\raisebox{99em}{x}\begin{array}{c|c}1&2\\\hline 3&4\end{array}",
]
TYPESET = """formula => {
    const span = document.createElement("span");
    span.className = "tex";
    span.textContent = `\\\\( ${formula} \\\\)`;
    const box = document.createElement("div");
    box.append(span);
    document.querySelector("#trace .prose").append(box);
    typeset(box);
    const live = box.querySelectorAll("a, img, script, [style]").length;
    return [box.textContent.includes(formula), live, box.scrollHeight < 200];
}"""


def test_hostile_formulas_do_nothing(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["bakery"])
    for formula in HOSTILE:
        assert page.evaluate(TYPESET, formula) == [True, 0, True]


def test_what_was_typed_survives_a_refusal(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["bakery"])
    page.keyboard.press("h")
    form = page.locator(".own form")
    form.get_by_label("exactly").fill("words that nobody wrote")
    form.get_by_label("in the first person").fill("Loaves are whole.")
    page.get_by_role("button", name="Put it in").click()
    expect(page.locator("#message")).to_contain_text("only once")
    expect(form.get_by_label("in the first person")).to_have_value("Loaves are whole.")


def test_of_two_people_the_second_is_told_who_was_first(
    page: Page, open_context: Contexts, studio: Studio, demo: dict[str, str]
) -> None:
    studio.calm("user", "create", "Bo")
    studio.calm("user", "role", "Bo", "--project", "Demo", "--as", "annotator")
    entry = json.loads(studio.calm("user", "login", "Bo", "--json"))["address"]
    # Without JavaScript nothing tells Bo's page that it has become stale.
    other = open_context(storage_state=None, java_script_enabled=False).new_page()
    other.goto(studio.address + entry[entry.index("/login") :])
    other.goto(demo["crew"])
    page.goto(demo["crew"])
    page.keyboard.press("r")
    page.keyboard.type("not this")
    page.keyboard.press("Enter")
    expect(page.locator(".judged")).to_be_visible()
    cards(other).last.get_by_role("button", name="Accept").click()
    expect(other.locator("main")).to_contain_text("rejected a hint")


def test_an_open_page_shows_what_another_person_decided(
    page: Page, open_context: Contexts, demo: dict[str, str]
) -> None:
    other = open_context().new_page()
    page.goto(demo["vans"])
    other.goto(demo["vans"])
    count = cards(page).count()
    cards(other).last.locator(".edit > summary").click()
    typed = other.get_by_label("Words of the hint").last
    typed.fill("I was just writing this.")
    page.keyboard.press("r")
    page.keyboard.type("not this")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_text("The hint is rejected.")
    expect(cards(other)).to_have_count(count - 1)
    expect(typed).to_be_visible()
    expect(typed).to_have_value("I was just writing this.")


def test_a_page_that_could_not_listen_at_first_listens_later(
    page: Page, open_context: Contexts, demo: dict[str, str]
) -> None:
    page.route("**/events?*", lambda route: route.fulfill(status=409), times=1)
    page.goto(demo["crew"])
    other = open_context().new_page()
    other.goto(demo["crew"])
    other.locator("summary", has_text="Unsure").click()
    other.locator("#unsure [name=reason]").fill("a hard one")
    other.locator("#unsure button").click()
    expect(page.locator("#verdict .state.unsure")).to_be_visible()


def test_a_double_click_a_reload_and_going_back_decide_nothing_twice(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["vans"])
    cards(page).last.get_by_role("button", name="Accept").dblclick()
    page.wait_for_url("**?branch=*")
    page.reload()
    expect(page.locator(".tree li")).to_have_count(2)
    page.go_back()
    page.reload()
    expect(page.locator(".tree li")).to_have_count(2)


def test_everything_can_be_decided_without_javascript(
    open_context: Contexts, demo: dict[str, str]
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(demo["clinics"])
    card = cards(page).first
    card.locator(".edit > summary").click()
    card.get_by_label("Words of the hint").fill("I should look at why it failed.")
    card.get_by_label("Stands").select_option(index=1)
    card.get_by_role("button", name="Put it in").click()
    page.wait_for_url("**?branch=*")
    expect(page.locator("#trace .hint")).to_contain_text("I should look at why it failed.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tree .aside")).to_have_count(1)
    page.locator("summary", has_text="Unsure").click()
    page.locator("#unsure [name=reason]").fill("a hard one")
    page.locator("#unsure button").click()
    expect(page.locator("#verdict .state.unsure")).to_be_visible()


def test_a_worker_that_is_killed_while_the_reasoner_writes_loses_nothing(
    page: Page, studio: Studio, demo: dict[str, str]
) -> None:
    page.goto(demo["ferry"])
    cards(page).first.get_by_role("button", name="Accept").click()
    page.wait_for_url("**?branch=*")
    expect(page.locator("#live")).not_to_be_empty()
    studio.worker("model").kill()
    expect(page.locator(".growing")).to_have_count(0)
    expect(page.locator(".step .answer .chip.good")).to_have_text("equals 340")
    expect(page.locator("#trace .hint")).to_have_count(1)


def test_a_page_listens_even_where_the_extension_comes_late(
    open_context: Callable[..., BrowserContext], demo: dict[str, str]
) -> None:
    page = open_context().new_page()

    def late(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    page.route("**/hx-sse.min.js*", late)
    with page.expect_request(re.compile("/events"), timeout=20_000):
        page.goto(demo["crew"])


def test_a_page_whose_own_script_comes_late_listens_once(
    open_context: Callable[..., BrowserContext], demo: dict[str, str]
) -> None:
    page = open_context().new_page()
    asked: list[str] = []

    def late(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    page.route("**/workbench.js*", late)
    page.on(
        "request", lambda request: asked.append(request.url) if "/events" in request.url else None
    )
    page.goto(demo["crew"])
    page.wait_for_timeout(2_000)
    assert len(asked) == 1
