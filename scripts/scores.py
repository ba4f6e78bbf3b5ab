"""Write what `calm eval intervener` prints now into docs/evaluation.md, between the two marks.

`make scores` runs it: after a rule or the bundled set has changed, and never by hand.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOC = ROOT / "docs" / "evaluation.md"
BEGIN, END = "<!-- make scores -->\n", "<!-- end of scores -->\n"


def main() -> None:
    """Evaluate the rules, and put the tables in."""
    calm = [sys.executable, "-m", "app.cli", "eval", "intervener"]
    printed = subprocess.run(calm, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    head, _, rest = DOC.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    DOC.write_text(f"{head}{BEGIN}\n{printed}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
