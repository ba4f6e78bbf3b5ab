"""Write docs/openapi.json: the document that describes the API, as the server gives it."""

import json
from pathlib import Path

from app.web.api import make_api

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def main() -> None:
    """Write it."""
    text = json.dumps(make_api().openapi(), indent=1, ensure_ascii=False)
    DOCUMENT.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
