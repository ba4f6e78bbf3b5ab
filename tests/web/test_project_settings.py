"""A project's settings: each part is stored as its form says, and no key ever comes back."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from app.actions.secrets import read_secret
from app.db.session import reading
from app.db.tables import Project
from app.prompts.hints import TEMPLATES
from app.prompts.reasoner import SYSTEM as REASONER
from tests.openai_stub import serving
from tests.web.conftest import Browser

HTMX = {"HX-Request": "true"}
KEY = "sk-very-secret-123"


@pytest.fixture
def lead(browser_of: Callable[..., Browser]) -> Browser:
    """The lead's browser."""
    return browser_of("lead")


@pytest.fixture
def stored(engine: Engine, project: Project) -> Callable[[], Project]:
    """The project as it stands in the database."""

    def read() -> Project:
        with reading(engine) as session:
            return session.get_one(Project, project.id)

    return read


MODEL = {"name": "openai", "base_url": "http://127.0.0.1/v1", "model": "m", "mode": "chat"}


@pytest.fixture
def page(project: Project) -> str:
    """The address of the settings."""
    return f"/p/{project.slug}/settings"


def test_a_key_goes_in_and_never_comes_out(
    lead: Browser, page: str, project: Project, engine: Engine
) -> None:
    part = lead.post(f"{page}/keys/reasoner", {"value": KEY}, headers=HTMX)
    assert "Set on" in part.text
    assert KEY not in part.text + lead.get(page).text
    with reading(engine) as session:
        assert read_secret(session, project.id, "reasoner") == KEY
    lead.post(f"{page}/keys/reasoner", {"value": ""})
    assert "Set on" not in lead.get(page).text
    assert lead.post(f"{page}/keys/other", {"value": KEY}).status_code == 422


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"model": "other"}, True),
        ({"base_url": "http://127.0.0.1:1/v1"}, False),
        ({"name": "scripted", "base_url": ""}, False),
    ],
)
def test_a_key_is_never_sent_to_another_server(
    lead: Browser, page: str, project: Project, engine: Engine, change: dict[str, str], kept: bool
) -> None:
    lead.post(f"{page}/reasoner", MODEL)
    lead.post(f"{page}/keys/reasoner", {"value": KEY})
    lead.post(f"{page}/reasoner", MODEL | change)
    with reading(engine) as session:
        assert read_secret(session, project.id, "reasoner") == (KEY if kept else None)


def test_a_model_server_is_stored_with_what_was_filled_in(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    form = {
        "name": "openai",
        "base_url": "http://127.0.0.1:8000/v1",
        "model": "tiny",
        "mode": "chat",
        "dialect": "vllm",
        "temperature": "0.7",
        "top_p": "",
    }
    assert "Saved." in lead.post(f"{page}/reasoner", form, headers=HTMX).text
    expected = {**form, "temperature": 0.7}
    del expected["top_p"]
    assert stored().reasoner == expected


@pytest.mark.parametrize(
    "form",
    [
        {"name": "openai", "base_url": "file:///etc/passwd", "model": "m", "mode": "chat"},
        {"name": "openai", "base_url": "http://127.0.0.1/v1", "model": "m", "mode": "completions"},
        {"name": "openai", "base_url": "http://me:pw@127.0.0.1", "model": "m", "mode": "chat"},
        {"name": "openai", "base_url": "http://127.0.0.1?key=k", "model": "m", "mode": "chat"},
        MODEL | {"temperature": "5"},
        MODEL | {"temperature": "nan"},
        MODEL | {"top_p": "0"},
        {"name": "nonsense"},
    ],
)
def test_settings_that_can_not_work_are_refused_with_a_reason(
    lead: Browser, page: str, stored: Callable[[], Project], form: dict[str, str]
) -> None:
    before = stored().reasoner
    refused = lead.post(f"{page}/reasoner", form, headers=HTMX)
    assert refused.status_code == 422
    assert refused.headers["HX-Retarget"] == "#message"
    assert stored().reasoner == before


def test_the_taxonomy_is_edited_as_a_table(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    table = {
        "version": "ours-2",
        "id": ["unit-error", "", "slip"],
        "group": ["expertise", "computation", "computation"],
        "title": ["Unit error", "", "Slip"],
        "definition": ["Mixes units.", "", "Slips."],
    }
    assert "Saved." in lead.post(f"{page}/taxonomy", table, headers=HTMX).text
    taxonomy = stored().taxonomy
    assert taxonomy["version"] == "ours-2"
    assert [flaw["id"] for flaw in taxonomy["flaws"]] == ["unit-error", "slip"]
    for wrong in ({"id": ["a", "a", "b"]}, {"id": ["", "", ""]}, {"version": ""}, {"id": ["a"]}):
        assert lead.post(f"{page}/taxonomy", table | wrong).status_code == 422
    assert stored().taxonomy == taxonomy


def test_limits_and_money_are_kept_within_bounds(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    limits = {
        "max_hints": "3",
        "max_code_calls": "4",
        "max_tokens": "2000",
        "output_tokens": "500",
        "wall_seconds": "5",
        "memory_mb": "256",
        "max_trials": "6",
        "share_blocks": "true",
    }
    lead.post(f"{page}/limits", limits)
    assert stored().limits["max_hints"] == 3
    assert stored().limits["output_tokens"] == 500
    assert stored().limits["share_blocks"] is True
    assert lead.post(f"{page}/limits", limits | {"max_hints": "6"}).status_code == 422
    for wrong in ({"prompt": "inf"}, {"completion": "nan"}, {"cap": "nan"}):
        assert lead.post(f"{page}/money", wrong).status_code == 422, wrong
    lead.post(f"{page}/money", {"prompt": "1.5", "completion": "4", "cap": "10"})
    assert (stored().prices, stored().spending_cap) == ({"prompt": 1.5, "completion": 4}, 10)
    lead.post(f"{page}/money", {"prompt": "1.5", "completion": "4", "cap": ""})
    assert stored().spending_cap is None
    lead.post(f"{page}/money", {"prompt": "1.5", "completion": "4", "cached": "0"})
    assert stored().prices == {"prompt": 1.5, "completion": 4, "cached": 0}


def test_auto_mode_says_what_passes_and_can_be_switched_off(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    assert stored().policy == {}
    passes = {"on": "true", "flaws": ["wrong-objective", "wrong-variables"], "confidence": "0.9"}
    lead.post(f"{page}/auto", passes)
    assert stored().policy == {
        "on": True,
        "flaws": ["wrong-objective", "wrong-variables"],
        "confidence": 0.9,
    }
    assert lead.post(f"{page}/auto", {"confidence": "1.1"}).status_code == 422
    lead.post(f"{page}/auto", {"confidence": ""})
    assert stored().policy == {"on": False, "flaws": []}


def test_the_name_and_guidelines_can_be_changed(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    lead.post(f"{page}/about", {"name": "Geese", "guidelines": "Be kind."})
    assert (stored().name, stored().guidelines) == ("Geese", "Be kind.")
    assert lead.post(f"{page}/about", {"name": " "}).status_code == 422


ASKED = {"name": "openai", "model": "m", "mode": "chat", "top_p": "0.5"}


def test_the_server_is_asked_what_it_can_do_and_the_answer_shown(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    with serving("two hundred and <b>forty</b>") as stub:
        lead.post(f"{page}/reasoner", {**ASKED, "base_url": stub.url, "timeout": "5"})
        assert "Not asked yet." in lead.get(page).text
        lead.post(f"{page}/reasoner/abilities")
    shown = lead.get(page).text
    # Without a tokenizer nothing can be checked, and nothing unchecked is called a continuation.
    assert stored().reasoner["mode"] == "restart"
    assert stored().reasoner["top_p"] == 0.5
    assert "restarted, not continued" in shown
    assert "without a tokenizer no continuation can be checked" in shown
    assert '<td class="fit">prefix caching</td><td class="fit">yes</td>' in shown
    assert "Out of date" not in shown


def test_what_was_found_is_kept_with_the_form_and_stale_with_another_model(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    with serving("two hundred and forty") as stub:
        lead.post(f"{page}/reasoner", {**ASKED, "base_url": stub.url})
        lead.post(f"{page}/reasoner/abilities")
        lead.post(f"{page}/reasoner", {**ASKED, "base_url": stub.url, "temperature": "1"})
        assert "Out of date" not in lead.get(page).text
        lead.post(f"{page}/reasoner", {**ASKED, "base_url": stub.url, "model": "another"})
    assert "Out of date" in lead.get(page).text
    assert stored().reasoner["abilities"]["model"] == "m"


def test_a_server_that_does_not_answer_is_told_and_nothing_is_changed(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    lead.post(f"{page}/reasoner", {**ASKED, "base_url": "http://127.0.0.1:9/v1"})
    refused = lead.post(f"{page}/reasoner/abilities")
    assert refused.status_code == 409
    assert "connection to the model server failed" in refused.text
    assert stored().reasoner["mode"] == "chat"


def test_a_recording_can_not_be_asked(lead: Browser, page: str) -> None:
    lead.post(f"{page}/reasoner", {"name": "scripted"})
    assert lead.post(f"{page}/reasoner/abilities").status_code == 422


def test_prompts_are_stored_where_they_are_the_projects_own(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    told = {"reasoner": REASONER.replace("\n", "\r\n"), "intervener": "Of {flaws}: {mark}."}
    part = lead.post(f"{page}/prompts", told, headers=HTMX)
    assert stored().prompts == {"reasoner": "", "intervener": "Of {flaws}: {mark}.", "hints": {}}
    assert "reasoner-1" in part.text
    assert "own-" in part.text
    lead.post(f"{page}/prompts", {**told, "default": "intervener"})
    assert stored().prompts["intervener"] == ""


def test_the_hints_of_rules_are_the_projects_own_where_they_were_changed(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    own = "Hm, the {asked} was asked for."
    told = {"rule": ["sense", "no-program"], "hint": [own, TEMPLATES["no-program"]]}
    part = lead.post(f"{page}/prompts", told, headers=HTMX)
    assert stored().prompts["hints"] == {"sense": own}
    assert "1 of them this project" in part.text
    for wrong in ("The {reference} is it.", "word " * 60):
        refused = lead.post(f"{page}/prompts", {"rule": "sense", "hint": wrong})
        assert refused.status_code == 422
        assert "The hint of the rule sense can" in refused.text
    lead.post(f"{page}/prompts", {**told, "default": "sense"})
    assert stored().prompts["hints"] == {}


def test_a_prompt_with_an_unknown_place_is_refused_with_a_sentence(
    lead: Browser, page: str, stored: Callable[[], Project]
) -> None:
    refused = lead.post(f"{page}/prompts", {"intervener": "Of {flaws}, {mark}, {reference}."})
    assert refused.status_code == 422
    assert "Nothing fills {reference}" in refused.text
    assert lead.post(f"{page}/prompts", {"reasoner": "x" * 20_001}).status_code == 422
    assert stored().prompts == {}
