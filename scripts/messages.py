"""Gather what the studio says to people into the catalogs of `app/locale` (docs/languages.md).

Keeps what was translated, adds what is new with an empty translation, and takes out what nothing
says any more. Named a language (`python -m scripts.messages de`), it begins that catalog.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.locale import CATALOGS

ROOT = Path(__file__).resolve().parent.parent
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}


def main() -> None:
    """Bring every catalog, and those that are named, up to what is said now."""
    said = gathered()
    for file in {*CATALOGS.glob("*.po"), *(CATALOGS / f"{name}.po" for name in sys.argv[1:])}:
        catalog = opened(file)
        catalog.update(said, no_fuzzy_matching=True, update_creation_date=False)
        with file.open("wb") as target:
            write_po(target, catalog, include_lineno=False, sort_output=True, ignore_obsolete=True)
        print(f"{file.name}: {len(catalog)} messages, {len(untranslated(catalog))} not translated")


def gathered() -> Catalog:
    """Every message of the templates and of the code, with the files that say it."""
    catalog = Catalog()
    for folder in ("app", "export", "templates"):
        found = extract_from_dir(ROOT / folder, _METHODS, _OPTIONS, directory_filter=lambda _: True)
        for name, line, message, comments, context in found:
            catalog.add(message, None, [(f"{folder}/{name}", line)], (), comments, context=context)
    return catalog


def opened(file: Path) -> Catalog:
    """A catalog as it stands, or a new one."""
    if not file.exists():
        return Catalog(
            file.stem,
            project="CALM Studio",
            version="0.1",
            header_comment=f"# CALM Studio in {Locale.parse(file.stem).english_name}.",
            msgid_bugs_address="docs/languages.md",
            last_translator="CALM Studio",
            language_team=file.stem,
            revision_date=datetime.now(UTC),
            fuzzy=False,
        )
    with file.open("rb") as source:
        return read_po(source, file.stem)


def untranslated(catalog: Catalog) -> list[str]:
    """The messages, in English, that a catalog has no words for, or unsure ones."""
    return [
        str(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not message.string or not all(message.string))
    ]


if __name__ == "__main__":
    main()
