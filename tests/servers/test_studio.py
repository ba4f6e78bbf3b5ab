"""The whole path in a browser with a real model behind it: wrong, a hint of one's own, golden.

Nothing is recorded here: `transformers serve` writes, the sandbox executes, and the model goes on
from the hint over HTTP.
"""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.backends.reasoners.server import Server
from tests.browser.conftest import Studio
from tests.browser.test_whole_path import build_dataset, load, reject_open_hints
from tests.servers.tiny_model import HINT, QUESTION, RIGHT, SYSTEM

pytestmark = pytest.mark.servers


def test_a_real_model_is_carried_to_golden(
    studio: Studio, server: Server, page: Page, tmp_path: Path
) -> None:
    problems = tmp_path / "problems.jsonl"
    problems.write_text(json.dumps({"question": QUESTION, "answer": 3, "id": "boxes"}))
    studio.calm("project", "create", "Tiny")
    studio.calm("import", str(problems), "--project", "Tiny", "--as", "problems")
    connect(page, server)

    page.goto("/p/tiny/problems")
    page.get_by_role("link", name="boxes").click()
    page.get_by_role("button", name="Start a trace").click()
    expect(page.locator(".step .answer .chip.bad")).to_contain_text("differs from 3")

    hint_of_ones_own(page)
    expect(page.locator(".step .answer .chip.good")).to_have_text("equals 3")
    reject_open_hints(page)
    page.get_by_role("button", name="Golden").click()
    expect(page.locator("#verdict .state.golden")).to_be_visible()
    [row] = load(build_dataset(page, "messages", tmp_path / "out"))
    assert row["messages"][-1]["content"] == RIGHT  # type: ignore[index]


def connect(page: Page, server: Server) -> None:
    """Name the server in the project's settings, and ask it how it continues."""
    page.goto("/p/tiny/settings")
    limits = page.locator("#limits")
    limits.get_by_label("Tokens on a path").fill("500")
    limits.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    form = page.locator("#reasoner")
    form.get_by_label("Kind").select_option("openai")
    form.get_by_label("Address of the server").fill(server.base_url)
    form.get_by_label("Model", exact=True).fill(server.model)
    form.get_by_label("Tokenizer").fill(server.tokenizer)
    form.get_by_label("Temperature").fill("0")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    prompts = page.locator("#prompts")
    prompts.locator("[name=reasoner]").fill(SYSTEM)
    prompts.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    form.get_by_role("button", name="Ask it").click()
    expect(page.get_by_text("Asked. A trace goes on by completions")).to_be_visible()


def hint_of_ones_own(page: Page) -> None:
    """Write the hint behind the first thought, where the program went wrong."""
    page.keyboard.press("h")
    own = page.locator(".own form")
    own.locator("[name=step]").select_option("2")
    own.get_by_label("exactly").fill("10 // 4")
    own.get_by_label("in the first person").fill(HINT)
    own.locator("[name=cut]").select_option(value="1:0")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**?branch=*")
