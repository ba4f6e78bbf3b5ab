"""The language of a request: the person's, else the browser's, else English."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.core.language import ENGLISH, Language, _, language, ngettext, speak, speaking, translated
from app.locale import accepted, date_and_time, languages
from app.web.templates import environment, money, number
from tests.web.conftest import Browser

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}


@pytest.fixture
def chinese() -> Language:
    """The other language that the studio brings."""
    return languages()["zh-Hans"]


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("*", "en"),
        ("zh", "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-TW,zh-HK;q=0.9", "en"),
        ("en-GB,zh;q=0.5", "en"),
        ("zh;q=0.2, en;q=0.1", "zh-Hans"),
        ("zh;q=0, en", "en"),
        ("xx-nothing, zh;q=much, ;;, é", "en"),
        ("fr, zh-Hans;q=0.1", "zh-Hans"),
    ],
)
def test_the_best_language_for_a_header(header: str, tag: str) -> None:
    assert accepted(header).tag == tag


def test_a_page_is_in_the_browsers_language(anonymous: Browser) -> None:
    assert '<html lang="en">' in anonymous.get("/login").text
    assert '<html lang="zh-Hans">' in anonymous.get("/login", headers=CHINESE).text


def test_a_person_chooses_and_every_browser_of_theirs_follows(
    browser_of: Callable[..., Browser],
) -> None:
    person = browser_of("viewer")
    said = person.post("/account/language", {"tag": "zh-Hans"}, follow_redirects=True).text
    assert '<html lang="zh-Hans">' in said
    assert languages()["zh-Hans"].catalog.gettext("Your language is set.") in said
    person.post("/account/language", {"tag": ""})
    assert '<html lang="zh-Hans">' in person.get("/account", headers=CHINESE).text
    person.post("/account/language", {"tag": "en"})
    assert '<html lang="en">' in person.get("/account", headers=CHINESE).text


def test_a_language_that_is_not_there_is_refused_in_the_language_spoken(
    browser_of: Callable[..., Browser], chinese: Language
) -> None:
    refused = browser_of("viewer").post("/account/language", {"tag": "<i>"}, headers=CHINESE)
    assert refused.status_code == 422
    said = chinese.catalog.gettext("There is no language %(tag)s here.") % {"tag": "&lt;i&gt;"}
    assert said in refused.text


def test_where_nobody_is_spoken_to_it_is_english(chinese: Language) -> None:
    speak(chinese)
    assert language() is ENGLISH
    assert _("There is no language %(tag)s here.", tag="x") == "There is no language x here."


def test_a_number_of_things_is_written_as_the_language_writes_it(chinese: Language) -> None:
    assert ngettext("%(num)s row", "%(num)s rows", 1986) == "1,986 rows"
    with speaking(chinese):
        assert ngettext("%(num)s crate", "%(num)s crates", 1) == "1 crate"
    assert translated("100% of it") == "100% of it"


def test_numbers_and_dates(chinese: Language) -> None:
    at = datetime(2026, 11, 9, 14, 5, tzinfo=UTC)
    assert date_and_time(at) == "9 Nov 2026, 14:05"
    assert [number(value) for value in (3710, 0.25, 3710.0, 1e-7, 1.5e9, float("inf"))] == [
        "3,710",
        "0.25",
        "3,710",
        "1e-07",
        "1.5e+09",
        "inf",
    ]
    with speaking(chinese):
        assert date_and_time(at) == "2026年11月9日 14:05"
        assert money(0.001) == chinese.catalog.gettext("less than 0.01")


def test_what_a_template_puts_into_a_message_is_escaped() -> None:
    template = '{{ _("by %(name)s", name=name) }} {% trans %}<b>{{ name }}</b> 5%{% endtrans %}'
    shown = environment().from_string(template).render(name="<i>")
    assert shown == "by &lt;i&gt; <b>&lt;i&gt;</b> 5%"
