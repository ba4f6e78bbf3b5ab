"""`calm dataset`: what is done with a dataset that is built."""

import click

from app.cli.common import as_json, in_project, show
from app.cli.pushing import pass_on_, push_named


@click.group()
def dataset() -> None:
    """Push datasets to a hub or an S3-compatible store."""


@dataset.command()
@click.argument("name")
@click.argument("target")
@in_project
@pass_on_
@as_json
def push(name: str, target: str, project_name: str, pass_on: bool, as_json: bool) -> None:
    """Push the dataset NAME to TARGET: hf://datasets/OWNER/NAME or s3://BUCKET/FOLDER.

    What is there already is not sent again.
    """
    told = push_named(project_name, name, target, pass_on)
    show(told, f"{name} is at {told['target']}, {told['bytes']} bytes.", as_json)
