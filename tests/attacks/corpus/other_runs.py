"""Earlier sessions, and a neighbour that lives meanwhile."""

from tests.attacks.base import DENIED, Attack, Outcome, libc_refuses, reaches, signals

OTHER_RUNS = {
    "another's memory file": Attack("open('/dev/shm/calm-attack', 'w')", "ok", landlock=DENIED),
    "System V memory": Attack(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "libc.shmget(0x43414c4d, 2**20, 0o1666)\nprint(ctypes.get_errno())",
        landlock=Outcome("ok", "1\n"),
    ),
    "what an earlier one left": Attack(
        "import builtins, os\nprint(os.listdir('.'), hasattr(builtins, 'word'))\nbuiltins.word = 1",
        output="[] False\n",
    ),
    "a neighbour's file": reaches("open('NEIGHBOUR_FOLDER/mine')"),
    "a neighbour's folder": Attack(
        "import os\nprint(os.listdir('NEIGHBOUR_FOLDER'))", output="[]\n", landlock=DENIED
    ),
    "a neighbour's process": signals("kill(NEIGHBOUR_ID, 9)"),
    "a neighbour's group": signals("kill(-NEIGHBOUR_ID, 19)"),
    "a neighbour's memory": libc_refuses("process_vm_readv(NEIGHBOUR_ID, 0, 0, 0, 0, 0)"),
    "a neighbour's descriptors": reaches("os.listdir('/proc/NEIGHBOUR_ID/fd')"),
    "a neighbour's limits": signals("prlimit(NEIGHBOUR_ID, 7, bytes(16), 0)"),
}
