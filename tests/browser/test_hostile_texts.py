"""Texts of a hostile model, in every place of a trace's page: shown as written, and nothing runs.

The fixture `open_context` fails this too where the console reports an error or a broken policy: a
policy that had to step in is a text that became HTML.
"""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Studio
from tests.browser.hostile_texts import HOSTILE_TEXTS

pytestmark = pytest.mark.browser
FOREIGN = """[...document.querySelectorAll("main *, dialog *")].filter(each =>
    each.matches("script, iframe, object, embed, base, meta, style, video, audio, img, [autofocus]")
    || [...each.attributes].some(({ name, value }) =>
        /^(style|on\\w+)$/.test(name) || /^\\s*javascript:/i.test(value))
    || (each.href && !["http:", "https:"].includes(new URL(each.href, location).protocol))
).map(each => each.outerHTML.slice(0, 200))"""
SHOWN = """kind => {
    const body = document.querySelector(`[data-kind="${kind}"]`);
    return body && textNodes(body).map(node => node.data).join("");
}"""


@pytest.fixture(scope="module")
def traces(
    studio: Studio, browser: Browser, state: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """For each text the address of a trace that holds it everywhere."""
    file = tmp_path_factory.mktemp("hostile") / "traces.jsonl"
    rows = [_row(name, text) for name, text in HOSTILE_TEXTS.items()]
    file.write_text("\n".join(map(json.dumps, rows)))
    studio.calm("project", "create", "Hostile")
    done = studio.calm("import", str(file), "--project", "hostile", "--as", "traces", "--json")
    assert json.loads(done)["imported"] == len(HOSTILE_TEXTS), done
    page = browser.new_context(base_url=studio.address, storage_state=state).new_page()
    page.goto("/p/hostile/queue?state=")
    links = page.locator("[data-row] td a:has(b)").all()
    found = {link.inner_text(): link.get_attribute("href") or "" for link in links}
    page.context.close()
    return found


def test_hostile_texts_are_only_texts(
    page: Page, traces: dict[str, str], subtests: pytest.Subtests
) -> None:
    """All in one browser, for what they load is the same but for themselves."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    for name, text in HOSTILE_TEXTS.items():
        with subtests.test(name):
            asked.clear()
            page.goto(traces[name])
            expect(page.locator("#trace")).to_contain_text("It ends here")
            page.mouse.move(700, 400)
            page.keyboard.press("Tab")
            assert page.evaluate("window.pwned") is None
            assert page.evaluate(FOREIGN) == []
            ours = page.url.split("/p/")[0]
            assert [address for address in asked if not address.startswith(ours)] == []
            assert text.strip() in page.evaluate(SHOWN, "thought")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _row(name: str, text: str) -> dict[str, object]:
    code = f"# {json.dumps(text)}\nprint({text!r})"
    cell = f"```python\n{code}\n```\n```output\n{text}\n```\n"
    reply = f"<think>\n{text}\n\n{cell}It ends here.\n</think>\nThe answer is $\\boxed{{1}}$."
    question = f"{name}: {text}"
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": reply}]
    return {"messages": messages, "id": name, "answer": 1, "source": text[:80]}
