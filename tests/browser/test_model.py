"""The model as solved, on the workbench of a real trace in a real browser."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_model_as_solved_stands_beside_the_problem(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["ferry"])
    region = page.locator("#model")
    newest = region.locator("details.model").first
    expect(newest).to_contain_text("solved again")
    expect(newest.locator(".algebra li").first).to_contain_text("min")
    expect(newest.locator(".algebra .num.used").first).to_be_visible()
    problem = page.locator("#problem .question").inner_text()
    for number in newest.locator(".algebra .num.used").all_inner_texts():
        assert number in problem
    newest.locator(".algebra .num", has_text="530").hover()
    expect(page.locator("#problem .num.hot")).to_have_text("530")
    newest.locator("summary", has_text="LaTeX").click()
    expect(newest.locator("pre")).to_contain_text(r"\begin{aligned}")
    newest.locator("summary").first.click(position={"x": 2, "y": 8})
    expect(newest.locator(".algebra")).to_be_hidden()
