"""Every page with a keyboard, a screen reader, a tablet or without motion, in light and dark."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from pyotp import TOTP

from benchmarks.server import free_port
from tests.browser.conftest import Studio
from tests.web.test_routes import RULES

pytestmark = pytest.mark.browser

P = "/p/{slug}"
PAGES = {
    "GET /login": "/login",
    "GET /": "/",
    "GET /projects": "/projects",
    "GET /account": "/account",
    "GET /account/sessions": "/account/sessions",
    "GET /account/tokens": "/account/tokens",
    "GET /account/second-factor": "/account/second-factor",
    "GET /account/keys": "/account/keys",
    "GET /account/time": "/account/time",
    "GET /users": "/users",
    "GET /benchmarks": "/benchmarks",
    "GET /mentions": "/mentions",
    "GET /queue": "/queue",
    "GET /search": "/search?q=ferry",
    f"GET {P}": "/p/demo",
    f"GET {P}/problems": "/p/demo/problems",
    f"GET {P}/problems/{{problem_id}}": "/p/demo/problems/1",
    f"GET {P}/traces": "/p/demo/traces",
    f"GET {P}/queue": "/p/demo/queue?state=",
    f"GET {P}/search": "/p/demo/search?q=ferry",
    f"GET {P}/traces/{{trace_id}}": "/p/demo/traces/1",
    f"GET {P}/traces/{{trace_id}}/compare": "/p/demo/traces/1/compare",
    f"GET {P}/traces/{{trace_id}}/judges": "/p/demo/traces/1/judges",
    f"GET {P}/traces/{{trace_id}}/scratch": "/p/demo/traces/1 scratch?",
    f"GET {P}/traces/{{trace_id}}/scratch/model": "/p/demo/traces/1 scratch/model?",
    f"GET {P}/insights": "/p/demo/insights",
    f"GET {P}/history": "/p/demo/history",
    "GET /history": "/history",
    f"GET {P}/batches": "/p/demo/batches",
    f"GET {P}/batches/{{batch_id}}": "/p/demo/batches/1",
    f"GET {P}/datasets": "/p/demo/datasets",
    f"GET {P}/datasets/new": "/p/demo/datasets/new",
    f"GET {P}/import": "/p/demo/import",
    f"GET {P}/members": "/p/demo/members",
    f"GET {P}/gold": "/p/demo/gold",
    f"GET {P}/assignment": "/p/demo/assignment",
    f"GET {P}/services": "/p/demo/services",
    f"GET {P}/webhooks": "/p/demo/webhooks",
    f"GET {P}/settings": "/p/demo/settings",
}
"""A page of each route that gives one, or the link on a page that leads there."""
NOT_MADE = {"GET /users/{user_id}/remove"} | {
    f"GET {P}/{end}"
    for end in (
        "bulk/{bulk_id}",
        "datasets/{dataset_id}",
        "datasets/{dataset_id}/compare",
        "import/{token}",
        "webhooks/{webhook_id}",
    )
}
"""Pages of what the demo has none of."""
PARTS = {
    *("/healthz", "/login/once", "/login/oidc", "/login/oidc/callback"),
    *("events", "{region}", "progress", "state", "download", "{name}", ".csv", "guide", "preview"),
    *("recent", "history.{format}", "pushes"),
}
"""How the routes end that give a part of a page, a file or a redirect."""
DOORS = {f"GET {end}" for end in ("/login/code", "/login/forgot", "/login/reset", "/join")}
"""Where people come in: to these leads a way, which a test goes."""
PASSWORD = "correct horse battery"
SIZES = [(2560, 1300), (1280, 800), (1024, 768), (820, 1180)]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One that names a server for mail, as the page for a forgotten password asks for."""
    port = free_port()
    running = Studio(
        tmp_path_factory.mktemp("studio"),
        port,
        CALM_PUBLIC_URL=f"http://127.0.0.1:{port}",
        CALM_SMTP_HOST="127.0.0.1",
        CALM_MAIL_FROM="calm@example.org",
    )
    yield running
    running.stop()


def visit(page: Page, place: str) -> None:
    """Open an address, or follow the first link with the words behind it."""
    address, _, link = place.partition(" ")
    page.goto(address)
    if link:
        page.goto(page.locator(f"a[href*='{link}']").first.get_attribute("href") or "")
    expect(page.locator("main h1")).to_be_visible()


def test_every_page_is_looked_at() -> None:
    gets = {route for route in RULES if route.startswith("GET ")}
    parts = {route for route in gets if any(route.endswith(end) for end in PARTS)}
    assert set(PAGES) == gets - parts - NOT_MADE - DOORS


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES.values())
def test_axe_finds_nothing_serious(
    open_context: Callable[..., BrowserContext], demo: dict[str, str], address: str, scheme: str
) -> None:
    page = open_context(color_scheme=scheme).new_page()
    visit(page, address)
    look_at(page)


def look_at(page: Page) -> None:
    """Have axe look at a page. Nothing serious may be there."""
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_where_people_come_in(
    open_context: Callable[..., BrowserContext], demo: dict[str, str], scheme: str
) -> None:
    lead = open_context(color_scheme=scheme).new_page()
    lead.goto("/p/demo/members")
    lead.get_by_role("button", name="Invite").click()
    invitation = lead.locator("code", has_text="/join?token=").inner_text()
    visit(lead, invitation)  # where one is logged in already
    look_at(lead)
    page = open_context(color_scheme=scheme, storage_state=None).new_page()
    for place in ("/login", "/login/forgot", "/login/reset?token=x", invitation):
        visit(page, place)
        look_at(page)
    fill(page, f"guest {scheme}", "Join")
    visit(page, "/account/second-factor")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("textbox", name="Code").fill(
        TOTP(page.locator("p code").inner_text().replace(" ", "")).now()
    )
    look_at(page)
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".codes")).to_be_visible()
    look_at(page)
    page.context.clear_cookies()
    visit(page, "/login")
    fill(page, f"guest {scheme}", "Log in")
    page.wait_for_url("**/login/code**")
    look_at(page)


def fill(page: Page, name: str, button: str) -> None:
    """Send a form with a name and a password."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_the_window(
    open_context: Callable[..., BrowserContext], demo: dict[str, str], size: tuple[int, int]
) -> None:
    page = open_context(viewport={"width": size[0], "height": size[1]}).new_page()
    wide = []
    for address in PAGES.values():
        visit(page, address)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    assert wide == []


@pytest.mark.parametrize("region", ["problem", "model", "lineage", "trace", "review", "verdict"])
def test_focus_stays_in_a_region_that_is_fetched_again(
    page: Page, demo: dict[str, str], region: str
) -> None:
    page.goto(demo["ferry"])
    control = page.locator(f"#{region} :is(a, button:enabled, summary, select):visible").last
    control.focus()
    with page.expect_response(lambda answer: f"/{region}?" in answer.url):
        page.evaluate(f"htmx.trigger('#stream', '{region}')")
    page.wait_for_timeout(100)
    expect(page.locator(f"#{region}:focus, #{region} :focus")).to_have_count(1)


def test_the_first_tab_skips_the_header(page: Page, demo: dict[str, str]) -> None:
    page.goto("/p/demo/problems")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#main :focus")).to_have_count(1)


def test_what_has_the_focus_is_seen_to_have_it(page: Page, demo: dict[str, str]) -> None:
    page.goto(demo["ferry"])
    for _ in range(25):
        page.keyboard.press("Tab")
        ringed = page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement);"
            " return style.outlineStyle !== 'none' || style.boxShadow !== 'none'; })()"
        )
        assert ringed, page.evaluate("document.activeElement.outerHTML")


def test_what_a_deed_led_to_is_announced(page: Page, demo: dict[str, str]) -> None:
    page.goto("/p/demo/settings")
    page.locator("#money").get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.").first).to_be_visible()


def test_nothing_moves_for_whoever_wants_no_motion(
    open_context: Callable[..., BrowserContext], demo: dict[str, str]
) -> None:
    page = open_context(reduced_motion="reduce").new_page()
    page.goto(demo["ferry"])
    page.goto("/p/demo/settings")
    page.locator("#money").get_by_role("button", name="Save").click()
    expect(page.locator("#message .said")).to_be_visible()
    lasting = "document.getAnimations().map((each) => each.effect.getTiming().duration)"
    assert [seconds for seconds in page.evaluate(lasting) if seconds] == []
