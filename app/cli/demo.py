"""`calm demo`: the demo project, whose Reasoner is a recording and whose code really runs."""

import click

from app.actions.demo import demo_wanted, load_demo
from app.cli.common import ports, read


@click.command()
@click.option("--first", is_flag=True, help="Only if there is no other project.")
def demo(first: bool) -> None:
    """Load the demo project; a second time adds nothing."""
    opened = ports()
    if not first or read(opened, demo_wanted):
        load_demo(opened)
        click.echo("The project Demo is there; the workers play its recordings.")
