"""What would stay behind, or make its removal fail."""

from tests.attacks.base import Attack, Outcome

PERSISTENCE = {
    "a deep folder": Attack(
        "import os\nfor _ in range(3000):\n  os.mkdir('x' * 200)\n  os.chdir('x' * 200)",
        landlock=Outcome("output_limit"),
    ),
    "folders that can't be entered": Attack(
        "import os\nos.mkdir('a', 0)\nos.mkdir('b')\nos.mkdir('b/c', 0)\nopen('b/d', 'w')"
    ),
    "odd names": Attack(
        "import os\nfor name in (b'\\n', b'\\xff', b'-rf', b'*'): os.mkdir(name)\n"
        "os.symlink('..', 'l')"
    ),
    "its folder gone": Attack(
        "import os\nos.mkdir('a')\nos.chdir('a')\nos.rmdir('../a')\nos.chdir('/')"
    ),
    "an orphan that writes": Attack(
        "import os, time\nhere = os.getcwd()\nif os.fork() == 0:\n  while True:\n"
        "    try:\n      os.makedirs(here + '/x', exist_ok=True)\n      open(here + '/x/y', 'w')\n"
        "    except OSError: pass\ntime.sleep(0.2)"
    ),
}
