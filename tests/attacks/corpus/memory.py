"""More memory than the limit, in any form."""

from tests.attacks.base import Attack

MEMORY = {
    "memory in children": Attack(
        "import os, time\nfor _ in range(8):\n  if os.fork() == 0:\n"
        "    a = bytearray(b'x' * 10**8); time.sleep(60)\ntime.sleep(60)",
        "memory",
    ),
    "shared memory": Attack(
        "import mmap\na = mmap.mmap(-1, 2**32)\nfor i in range(0, 2**32, 4096): a[i] = 1", "memory"
    ),
    "memory without an address": Attack(
        "import os\nos.write(os.memfd_create('x'), b'x' * 10**9)", "error", "not permitted"
    ),
    "its own limit raised": Attack(
        "import resource\nresource.setrlimit(resource.RLIMIT_DATA, (-1, -1))\n"
        "a = []\nwhile True: a.append(bytearray(b'x' * 10**7))",
        "memory",
    ),
    "one large piece": Attack("bytearray(10**12)", "memory"),
    "piece by piece": Attack("a = []\nwhile True: a.append(bytearray(10**7))", "memory"),
}
