"""`calm user`: accounts, passwords, roles and one-time logins, for who owns the machine."""

from typing import get_args

import click

from app.actions.accounts import create_user, find_user, open_login, set_password, set_role
from app.actions.administer import set_active, set_admin
from app.actions.projects import find_project
from app.actions.remove_person import Removal, removal_of, remove_person
from app.actions.second_factor import take_away
from app.cli.common import as_json, ports, show
from app.cli.welcome import address_of
from app.core.roles import SCRIPT, Role
from app.db.session import transaction

_password = click.option(
    "--password",
    prompt="Password",
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for where it is not given.",
)


@click.group()
def user() -> None:
    """Create accounts, set passwords and roles, log in once."""


@user.command()
@click.argument("name")
@click.option("--admin", is_flag=True, help="May do everything everywhere.")
@as_json
def create(name: str, admin: bool, as_json: bool) -> None:
    """Create an account called NAME, without a password."""
    with transaction(ports().engine) as session:
        made = create_user(session, SCRIPT, name, None, admin)
        value = {"id": made.id, "name": made.name, "admin": made.admin}
    show(value, f"Created {made.name}. `calm user login {made.name}` lets them in.", as_json)


@user.command()
@click.argument("name")
@_password
def password(name: str, password: str) -> None:
    """Set the password of NAME; their other sessions end."""
    with transaction(ports().engine) as session:
        set_password(session, SCRIPT, find_user(session, name).id, password)
    click.echo(f"Set the password of {name}.")


@user.command()
@click.argument("name")
@click.option("--project", "project_name", required=True, metavar="NAME")
@click.option("--as", "role", type=click.Choice([*get_args(Role), "none"]), required=True)
def role(name: str, project_name: str, role: str) -> None:
    """Give NAME a role in a project, or with none take it away."""
    with transaction(ports().engine) as session:
        project_id = find_project(session, project_name).id
        given: Role | None = None if role == "none" else role  # type: ignore[assignment]
        set_role(session, SCRIPT, project_id, find_user(session, name).id, given)
    click.echo(f"{name} is {role} in {project_name}.")


@user.command()
@click.argument("name")
@as_json
def login(name: str, as_json: bool) -> None:
    """Print an address that logs NAME in once, within a day."""
    opened = ports()
    with transaction(opened.engine) as session:
        token = open_login(session, find_user(session, name), "once")
    address = address_of(opened.settings, token)
    show({"address": address}, address, as_json)


@user.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def remove(name: str, yes: bool, as_json: bool) -> None:
    """Remove NAME: the name goes everywhere, what they did stays. Says before what it will do."""
    opened = ports()
    with transaction(opened.engine) as session:
        user_id = find_user(session, name).id
        will = removal_of(session, SCRIPT, user_id)
    if not yes:
        click.echo(_told(will), err=True)
        click.confirm(f"Remove {name}? This can't be undone", abort=True, err=True)
    with transaction(opened.engine) as session:
        done = remove_person(session, SCRIPT, user_id, name)
    show(done.model_dump(mode="json"), f"{name} is now {done.becomes}.", as_json)


def _told(will: Removal) -> str:
    return (
        f"{will.name} becomes {will.becomes} in {will.events} events and {will.decisions} "
        f"decisions, which stay. {will.sessions} sessions end; password, own choices and working "
        f"time are deleted; {will.claims} claims and {will.projects} projects are left."
    )


@user.command()
@click.argument("name")
@click.option("--off", is_flag=True, help="No longer.")
def admin(name: str, off: bool) -> None:
    """Make NAME an administrator."""
    with transaction(ports().engine) as session:
        set_admin(session, SCRIPT, find_user(session, name).id, not off)
    click.echo(f"{name} is {'no longer an' if off else 'an'} administrator.")


@user.command()
@click.argument("name")
@click.option("--off", is_flag=True, help="No longer: their sessions end.")
def active(name: str, off: bool) -> None:
    """Let NAME in."""
    with transaction(ports().engine) as session:
        set_active(session, SCRIPT, find_user(session, name).id, not off)
    click.echo(f"{name} is {'no longer let in' if off else 'let in'}.")


@user.command("no-second-factor")
@click.argument("name")
def no_second_factor(name: str) -> None:
    """Switch off the second factor of NAME, who lost it."""
    with transaction(ports().engine) as session:
        take_away(session, SCRIPT, find_user(session, name).id)
    click.echo(f"{name} is no longer asked for a second factor.")
