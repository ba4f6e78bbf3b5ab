"""What happened to a thing, opened on its page."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("address", ["/p/demo/problems/1", "/p/demo/traces/1"])
def test_what_happened_is_fetched_when_it_is_opened(
    page: Page, demo: dict[str, str], address: str
) -> None:
    page.goto(address)
    expect(page.locator(".recent li")).to_have_count(0)
    page.get_by_text("What happened").click()
    expect(page.locator(".recent li").first).to_be_visible()
    page.get_by_role("link", name="The whole history").click()
    expect(page.locator("table.events tbody tr").first).to_be_visible()
