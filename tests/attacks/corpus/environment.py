"""What the worker knows: variables, arguments, descriptors, paths."""

from tests.attacks.base import Attack, reaches

ENVIRONMENT = {
    "own environment": reaches("open('/proc/self/environ')"),
    "another's environment": reaches("open('/proc/VICTIM/environ')"),
    "an inherited descriptor": Attack(
        "import os\nopen_ones = []\nfor n in range(4, 1024):\n"
        "    try: os.fstat(n)\n    except OSError: continue\n    open_ones.append(n)\n"
        "print('ESCAPED' if open_ones else 'none')",
        output="none",
    ),
    "environment": Attack(
        "import os\nprint(*sorted(os.environ))",
        output="HOME LANG OMP_NUM_THREADS OPENBLAS_NUM_THREADS PATH PYTHONHASHSEED PYTHONPATH"
        " TMPDIR\n",
    ),
    "its arguments": Attack("import sys; print(sys.argv)", output="['']\n"),
    "where the project is": Attack(
        "import sys\nprint('ESCAPED' if any('calm' in place for place in sys.path) else 'nothing')",
        output="nothing",
    ),
}
