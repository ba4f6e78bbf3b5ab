"""Every command, every option and every setting is documented."""

from collections.abc import Iterator

import click
import pytest

from app.cli import COMMANDS, calm
from app.settings import ROOT, Settings

CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def commands(path: str, group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, by its whole name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(f"{path} {name}", command)
        else:
            yield f"{path} {name}", command


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_command_and_its_options_are_documented(name: str) -> None:
    section = CLI.partition(f"## `calm {name}`")[2].partition("\n## ")[0]
    found = [pair for pair in commands("calm", calm) if pair[0].split()[1] == name]
    assert found
    for path, command in found:
        assert f"`{path}" in f"`calm {name}`{section}"
        for option in command.params:
            names = [flag for flag in (*option.opts, *option.secondary_opts) if flag[0] == "-"]
            assert not [flag for flag in names if f"{flag}" not in section]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_documented(name: str) -> None:
    plain = name.upper()
    assert f"`{plain}`" in SETTINGS or f"`CALM_{plain}`" in SETTINGS


def test_no_setting_is_documented_that_is_not_there() -> None:
    rows = [line.split("`")[1] for line in SETTINGS.splitlines() if line.startswith("| `")]
    names = {row.removeprefix("CALM_").lower() for row in rows}
    assert names - {"settings"} == set(Settings.model_fields)
