"""Bring the front-end packages from npm into `static/vendor/`.

Installs exactly what `package-lock.json` names (npm checks the hashes) into a temporary folder and
keeps the files listed below, each with its package's licence. Where there is no npm on the PATH,
Node comes from a wheel into a temporary environment that is deleted afterwards. No script of any
package is run, and nothing of npm's stays behind.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
NODE_LOCK = ROOT / "requirements" / "node.lock"

# folder in static/vendor, package, files in the package
FILES = [
    ("chart.js", "chart.js", ["LICENSE.md", "dist/chart.umd.min.js"]),
    ("htmx", "htmx.org", ["LICENSE", "dist/htmx.min.js", "dist/ext/hx-sse.min.js"]),
    ("katex", "katex", ["LICENSE", "dist/katex.min.js", "dist/katex.min.css"]),
    ("katex", "katex", ["dist/contrib/auto-render.min.js"]),
    ("katex/fonts", "katex", ["dist/fonts/*.woff2"]),
    (
        "source-sans-3",
        "@fontsource-variable/source-sans-3",
        ["LICENSE", "files/source-sans-3-latin-wght-*.woff2"],
    ),
    (
        "source-code-pro",
        "@fontsource-variable/source-code-pro",
        ["LICENSE", "files/source-code-pro-latin-wght-normal.woff2"],
    ),
]


def main() -> None:
    """Replace `static/vendor/` as a whole: a set-up that fails leaves the old one in place."""
    with tempfile.TemporaryDirectory(prefix="calm-vendor-") as name:
        work = Path(name)
        install_packages(work)
        collect_files(work / "node_modules", work / "vendor")
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(work / "vendor", VENDOR)


def install_packages(work: Path) -> None:
    """Run `npm ci` in `work`, with an npm from the PATH or from a wheel."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, work)
    npm = shutil.which("npm")
    path = os.environ["PATH"]
    if npm is None:
        bin_folder = node_from_wheel(work / "node")
        npm, path = str(bin_folder / "npm"), f"{bin_folder}{os.pathsep}{path}"
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    options += ["--no-update-notifier", f"--cache={work / 'cache'}"]
    subprocess.run(
        [npm, "ci", *options],
        cwd=work,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def node_from_wheel(folder: Path) -> Path:
    """Make an environment with Node in it; returns its `bin`."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-cache-dir"]
    subprocess.run(
        [*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(NODE_LOCK)], check=True
    )
    return folder / "bin"


def collect_files(packages: Path, vendor: Path) -> None:
    """Copy the listed files; a pattern that finds nothing means that a package has changed."""
    for folder, package, patterns in FILES:
        (vendor / folder).mkdir(parents=True, exist_ok=True)
        for pattern in patterns:
            found = sorted((packages / package).glob(pattern))
            if not found:
                sys.exit(f"{package} has no {pattern}: look at scripts/vendor.py")
            for file in found:
                shutil.copy(file, vendor / folder)


if __name__ == "__main__":
    main()
