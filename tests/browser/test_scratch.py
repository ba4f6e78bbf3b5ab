"""Trying things beside a trace in a real browser: by key, live, and kept apart."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.openai_stub import Stub, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A model server whose Reasoner ends right."""
    with serving("So it is.\n</think>\n\\boxed{340}") as stub:
        yield stub


def test_a_cell_is_written_and_executed_by_keys_and_other_pages_are_told(
    page: Page, demo: dict[str, str], open_context: Callable[..., BrowserContext]
) -> None:
    page.goto(demo["ferry"])
    other = open_context().new_page()
    other.goto(demo["ferry"])
    program = page.locator("#trace .step.of-code").first
    program.hover(position={"x": 200, "y": 8})
    page.keyboard.press("b")
    cell = program.get_by_label("Code", exact=True)
    expect(cell).to_be_focused()
    expect(cell).to_have_value(program.locator(".cell .source").text_content() or "")

    # Keys of the page are off in it; Tab indents, and leaves behind Esc.
    cell.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("for n in range(2):")
    page.keyboard.press("Enter")
    page.keyboard.type("print('beside', n)")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("pass")
    expect(cell).to_be_focused()
    assert cell.input_value().endswith("range(2):\n    print('beside', n)\n        pass")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(program.get_by_role("button", name="Execute")).to_be_focused()

    steps = page.locator("#trace [data-step]")
    before = steps.all_text_contents()
    cell.press("Control+Enter")
    note = program.locator(".note")
    expect(note).to_have_attribute("open", "")
    expect(note.locator(".printed")).to_contain_text("beside 0\nbeside 1")
    expect(note.locator(".facts")).to_contain_text("isolated")
    expect(note.locator(".others")).to_contain_text("print('beside', n)")
    expect(cell).to_be_visible()
    assert steps.all_text_contents() == before

    # Another page that is open is told.
    told = other.locator("#trace .step.of-code").first.locator(".note")
    expect(told.locator("summary").first).to_contain_text("a cell in place of this code")

    program.get_by_role("button", name="Withdraw this note").click()
    expect(note).to_have_count(0)
    expect(told).to_have_count(0)
    program.get_by_role("button", name="Close").click()
    expect(cell).to_have_count(0)


def test_a_cell_that_was_not_sent_is_put_back_where_it_is_not_open(
    page: Page, demo: dict[str, str]
) -> None:
    page.goto(demo["ferry"])
    program = page.locator("#trace .step.of-code").first
    program.hover(position={"x": 200, "y": 8})
    page.keyboard.press("b")
    cell = program.get_by_label("Code", exact=True)
    cell.fill("print('later')")
    page.reload()
    expect(cell).to_have_count(0)
    kept = page.locator("#drafts")
    expect(kept.locator(".gone")).to_be_hidden()
    kept.get_by_role("button", name="Put it back").click()
    expect(cell).to_have_value("print('later')")
    expect(kept).to_be_hidden()


def test_a_model_is_changed_and_solved_again(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["ferry"])
    model = page.locator("#model details.model").first
    objective = model.locator("summary .chip.good").inner_text().rsplit(" ", 1)[1]
    model.get_by_role("link", name="Change it and solve again").click()
    expect(model.get_by_label("Sense")).to_be_focused()
    model.locator("[name=coefficient]").first.fill("1")
    model.locator("[name=coefficient]").nth(1).fill("1")
    model.get_by_role("button", name="Solve again").click()
    told = model.locator(".tried-model")
    expect(told).to_contain_text(f"instead of {objective}")
    told.get_by_role("link").click()
    note = page.locator("#trace .note", has_text="instead of")
    expect(note.locator(".objective")).to_contain_text(objective)
    note.get_by_role("button", name="Withdraw this note").click()
    expect(told).to_have_count(0)


def test_a_step_is_sampled_again_and_undone(page: Page, demo: dict[str, str], stub: Stub) -> None:
    page.goto(demo["ferry"])
    program = page.locator("#trace .step.of-code").first
    again = program.get_by_role("button", name="Sample again")
    expect(again).to_be_disabled()
    expect(again).to_have_attribute(
        "title", "Nothing else was recorded: connect a model to sample again."
    )

    page.goto("/p/demo/settings")
    form = page.locator("#reasoner form").first
    form.locator("[name=name]").select_option("openai")
    form.locator("[name=base_url]").fill(stub.url)
    form.locator("[name=model]").fill("m")
    form.locator("[name=mode]").select_option("restart")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#message")).to_contain_text("Saved")

    page.goto(demo["ferry"])
    program.hover(position={"x": 200, "y": 8})
    page.keyboard.press("w")
    page.wait_for_url("**?branch=*")
    expect(page.locator(".tree")).to_contain_text("sampled again from step 2")
    expect(page.locator(".step .answer .chip.good")).to_have_text("equals 340")
    assert stub.seen[-1]["seed"]
    page.keyboard.press("z")
    expect(page.locator(".tree .aside")).to_contain_text("sampled again from step 2")
