"""Processes outside, the session's own init, and processes that would outlive it."""

from tests.attacks.base import REFUSED, Attack, Outcome, libc_refuses, signals

PROCESSES = {
    "kill init": Attack(
        "import os; os.kill(1, 9); print('alive')", output="alive", landlock=REFUSED
    ),
    "kill its init": Attack(
        "import os\nfor _ in range(9):\n  try: os.kill(os.getppid(), 9)\n  except OSError: pass\n"
        "print('alive')",
        output="alive",
    ),
    "kill everybody": Attack(
        "import os\nos.kill(-1, 9)", "error", "No such process", Outcome("ok")
    ),
    "stop init": Attack(
        "import os; os.kill(1, 19); print('alive')", output="alive", landlock=REFUSED
    ),
    "kill a process outside": signals("kill(VICTIM, 9)"),
    "kill a thread outside": signals("syscall(234, VICTIM, VICTIM, 9)"),
    "kill its group": signals("kill(-VICTIM, 9)"),
    "kill by descriptor": Attack(
        "import os, signal\nsignal.pidfd_send_signal(os.pidfd_open(VICTIM), 9)",
        "error",
        "No such process",
        REFUSED,
    ),
    "kill by the owner of a pipe": Attack(
        "import fcntl, os\na, b = os.pipe()\nfcntl.fcntl(a, fcntl.F_SETOWN, VICTIM)",
        "error",
        "No such process",
        REFUSED,
    ),
    "its priority": signals("setpriority(0, VICTIM, 19)"),
    "its cores": signals("sched_setaffinity(VICTIM, 8, b'\\1' + bytes(7))"),
    "its limits": signals("prlimit(VICTIM, 7, bytes(16), 0)"),
    "its memory": libc_refuses("process_vm_readv(VICTIM, 0, 0, 0, 0, 0)"),
    "fork bomb": Attack(
        "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass", "memory"
    ),
    "five hundred threads": Attack(
        "import threading, time\nthreading.stack_size(65536)\nheld = 0\nfor _ in range(500):\n"
        "  try: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "  except RuntimeError: held += 1\n"
        "print('held' if held > 200 else 'ESCAPED')",
        output="held",
    ),
    "daemon": Attack(
        "import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0: time.sleep(999)\n"
        "  os._exit(0)"
    ),
    "a group of its own": Attack(
        "import os, time\nfor _ in range(9):\n  if os.fork() == 0:\n    os.setpgid(0, 0)\n"
        "    time.sleep(999)"
    ),
    "a lineage that never rests": Attack(
        "import os, time\nif os.fork() == 0:\n  while True:\n    os.setsid()\n"
        "    if os.fork(): os._exit(0)\ntime.sleep(0.3)"
    ),
    "a subreaper": Attack(
        "import ctypes, os, time\nif os.fork() == 0:\n  ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\n"
        "  if os.fork() == 0:\n    if os.fork(): os._exit(0)\n  while True: pass\ntime.sleep(0.3)"
    ),
    "deaf to signals": Attack(
        "import signal\nfor n in range(1, 32):\n  try: signal.signal(n, signal.SIG_IGN)\n"
        "  except OSError: pass\nwhile True: pass",
        "timeout",
    ),
    "a child that outlives its parent": Attack(
        "import os\nif os.fork():\n  os._exit(0)\nwhile True: pass", "early_exit"
    ),
}
