"""Label Studio and Potato with one trace in each, as a person would set them up for such work.

Each is installed into an environment of its own below `.venv-peers`, at the version named here, and
started on the loopback without any of its reporting home.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

from benchmarks.server import ROOT, Server, running

_PART, _PATIENCE = 100, 600_000
VERDICTS = ("golden", "discard", "unsure")
FLAWS = ("wrong objective", "wrong constraints", "wrong variables", "code error")
_NAME, _PASSWORD = "ada@example.com", "correct-horse-9"
_LABELS = "".join(f'<Label value="{flaw}" hotkey="{n}"/>' for n, flaw in enumerate(FLAWS, 1))
_CHOICES = "".join(f'<Choice value="{each}" hotkey="{each[0]}"/>' for each in VERDICTS)
_LABEL_STUDIO = (
    f'<View><Choices name="verdict" toName="text">{_CHOICES}</Choices>'
    f'<Labels name="flaw" toName="text">{_LABELS}</Labels><Text name="text" value="$text"/></View>'
)


class Tool(NamedTuple):
    """A tool with the trace in it: server, page, what stands there, and a person's deeds."""

    server: Server
    address: str
    text: str
    deeds: Mapping[str, Callable[[Page], None]]


def drag(page: Page) -> None:
    """Select some words in the middle of the window."""
    page.mouse.move(640, 430)
    page.mouse.down()
    page.mouse.move(700, 430)
    page.mouse.move(780, 450)
    page.mouse.up()


@contextmanager
def label_studio(folder: Path, text: str, page: Page) -> Iterator[Tool]:
    """Label Studio with a project of labels and choices, its task open to a person logged in."""
    options = ["start", "--no-browser", "--username", _NAME, "--password", _PASSWORD, "-p"]
    quiet = {"COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false"}
    environment = {**os.environ, **quiet, "LABEL_STUDIO_BASE_DATA_DIR": str(folder / "data")}
    command = [str(installed("label-studio", "1.23.0")), *options]
    with running(command, environment, folder) as server:
        task = _label_studio_task(page, server.place, text)
        deeds = {"a verdict": lambda p: p.keyboard.press("g"), "words selected": _labelled}
        yield Tool(server, task, ".lsf-richtext__line", deeds)


@contextmanager
def potato(folder: Path, text: str, page: Page) -> Iterator[Tool]:
    """Potato with spans and a choice, its first instance open to a person logged in."""
    (folder / "traces.json").write_text(json.dumps([{"id": "1", "text": text}]))
    (folder / "config.yaml").write_text(json.dumps(_potato_config()))
    program = installed("potato-annotation", "2.12.1", "potato")
    command = [str(program), "start", "config.yaml", "-p"]
    with running(command, os.environ, folder) as server:
        page.goto(server.place)
        page.fill("#login-email", "ada")
        page.press("#login-email", "Enter")
        page.wait_for_url("**/annotate")
        deeds = {"a verdict": _potato_verdict, "words selected": _labelled}
        yield Tool(server, f"{server.place}/annotate", "#text-content", deeds)


def installed(package: str, version: str, program: str = "") -> Path:
    """The program of a package in an environment of its own, made at the first call."""
    folder = ROOT / ".venv-peers" / f"{package}-{version}"
    found = folder / "bin" / (program or package)
    if not found.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip: list[str | Path] = [
            folder / "bin" / "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, f"{package}=={version}"], check=True)
    return found


def _labelled(page: Page) -> None:
    page.keyboard.press("1")
    drag(page)


def _potato_verdict(page: Page) -> None:
    page.locator("#verdict_golden_radio").click(force=True)


def _label_studio_task(page: Page, place: str, text: str) -> str:
    page.goto(f"{place}/user/login/")
    page.fill("#email", _NAME)
    page.fill("#password", _PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"{place}/")
    headers = _headers(page, place)
    project = {"title": "Traces", "label_config": _LABEL_STUDIO}
    made = page.request.post(f"{place}/api/projects/", data=project, headers=headers).json()["id"]
    address = f"{place}/api/projects/{made}/import?return_task_ids=true"
    tasks = page.request.post(address, data=[{"text": text}], headers=headers).json()
    return f"{place}/projects/{made}/data?task={tasks['task_ids'][0]}"


def add_annotated(page: Page, tool: Tool, texts: Sequence[str]) -> None:
    """Import tasks into Label Studio's project, each with a verdict and a flaw by a person."""
    address = f"{_project(tool)}/import"
    headers = _headers(page, tool.server.place)
    for at in range(0, len(texts), _PART):
        tasks = [_annotated(text) for text in texts[at : at + _PART]]
        page.request.post(address, data=tasks, headers=headers, timeout=_PATIENCE)


def export(page: Page, tool: Tool) -> list[dict[str, object]]:
    """The annotated tasks of Label Studio's project, as its JSON export."""
    cookies = page.context.cookies()
    tool.server.cookie = "; ".join(f"{each.get('name')}={each.get('value')}" for each in cookies)
    path = _project(tool).removeprefix(tool.server.place)
    return list(json.loads(tool.server.get(f"{path}/export?exportType=JSON")))


def _project(tool: Tool) -> str:
    number = tool.address.split("/projects/")[1].split("/")[0]
    return f"{tool.server.place}/api/projects/{number}"


def _annotated(text: str) -> dict[str, object]:
    names = {"to_name": "text"}
    verdict = {"from_name": "verdict", "type": "choices", "value": {"choices": ["golden"]}}
    place = {"start": 0, "end": 20, "text": text[:20], "labels": [FLAWS[0]]}
    flaw = {"from_name": "flaw", "type": "labels", "value": place}
    result = [names | verdict, names | flaw]
    return {"data": {"text": text}, "annotations": [{"result": result}]}


def _headers(page: Page, place: str) -> dict[str, str]:
    """What a request says that changes something."""
    tokens = [each for each in page.context.cookies() if each.get("name") == "csrftoken"]
    return {"X-CSRFToken": str(tokens[0].get("value")), "Referer": place}


def _potato_config() -> dict[str, object]:
    # YAML reads JSON.
    spans: dict[str, object] = {
        "annotation_type": "span",
        "labels": FLAWS,
        "sequential_key_binding": True,
    }
    verdict: dict[str, object] = {"annotation_type": "radio", "labels": VERDICTS}
    schemes = {"flaw": spans, "verdict": verdict}
    return {
        "annotation_task_name": "Traces",
        "task_dir": ".",
        "output_annotation_dir": "out",
        "output_annotation_format": "json",
        "data_files": ["traces.json"],
        "item_properties": {"id_key": "id", "text_key": "text"},
        "user_config": {"allow_all_users": True, "users": []},
        "require_password": False,
        "site_dir": "default",
        "annotation_schemes": [
            {"name": name, "description": name, **each} for name, each in schemes.items()
        ],
    }
