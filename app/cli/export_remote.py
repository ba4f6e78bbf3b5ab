"""`calm export` on a server: built there by its workers, then fetched."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.cli.choosing import options_of
from app.cli.common import progress
from app.cli.remote import connect, find_project
from app.client import Client, v1


def preview_there(name: str, style: str, chosen: dict[str, Any]) -> v1.Preview:
    """What the dataset would hold."""
    with connect() as calm:
        slug = find_project(calm, name).slug
        return calm.preview(
            slug, v1.Asked(format=style, options=options_of(_member_of(calm, slug), chosen))
        )


def build_there(
    name: str, style: str, called: str, out: Path | None, chosen: dict[str, Any]
) -> dict[str, Any]:
    """The manifest, with the folder that the files were fetched to, else the dataset's address."""
    with connect() as calm:
        slug = find_project(calm, name).slug
        new = v1.NewDataset(
            name=called, format=style, options=options_of(_member_of(calm, slug), chosen)
        )
        dataset = calm.build_dataset(slug, new)
        with progress("Building") as looked:
            dataset = calm.wait_for_dataset(slug, dataset.id, progress=looked)
        assert dataset.manifest, "a dataset that is ready has its manifest"
        manifest = dataset.manifest.model_dump(mode="json")
        if out:
            return {**manifest, "folder": str(calm.fetch_dataset(slug, dataset, out))}
        return {**manifest, "address": f"{calm.server}/p/{slug}/datasets/{dataset.id}"}


def _member_of(calm: Client, slug: str) -> Callable[[str], int | None]:
    return lambda name: next((it.id for it in calm.list_members(slug) if it.name == name), None)
