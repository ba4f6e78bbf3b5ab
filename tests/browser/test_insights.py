"""The charts are really drawn, out of their tables, without breaking the page's policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser
_BLANK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return !data.some((value) => value);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_drawn_and_their_tables_fold(
    open_context: Callable[..., BrowserContext],
    demo: dict[str, str],
    scheme: str,
) -> None:
    page = open_context(color_scheme=scheme).new_page()
    page.goto("/p/demo/insights")
    canvases = page.locator("canvas").all()
    assert canvases
    for canvas in canvases:
        canvas.scroll_into_view_if_needed()
        expect(canvas).to_have_js_property("isConnected", True)
        page.wait_for_function(f"canvas => !({_BLANK})(canvas)", arg=canvas.element_handle())
    figure = page.locator("#flaws-by-type")
    expect(figure.get_by_role("table")).to_be_hidden()
    figure.get_by_text("Table").click()
    expect(figure.get_by_role("table")).to_be_visible()


def test_without_javascript_the_tables_show(
    open_context: Callable[..., BrowserContext], demo: dict[str, str]
) -> None:
    page: Page = open_context(java_script_enabled=False).new_page()
    page.goto("/p/demo/insights")
    expect(page.locator("#flaws-by-type table")).to_be_visible()
    expect(page.locator("#flaws-by-type canvas")).to_be_hidden()
