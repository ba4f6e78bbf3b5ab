"""`python -m app.cli` is `calm`."""

from app.cli import main

main()
