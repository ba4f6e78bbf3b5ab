"""Ways to die."""

from tests.attacks.base import Attack

CRASHES = {
    "address 0": Attack("import ctypes; ctypes.string_at(0)", "crashed"),
    "address 0 in a thread": Attack(
        "import ctypes, threading\nt = threading.Thread(target=ctypes.string_at, args=(0,))\n"
        "t.start()\nt.join()",
        "crashed",
    ),
    "abort": Attack("import os; os.abort()", "crashed"),
    "a division in hardware": Attack("import os; os.kill(os.getpid(), 8)", "crashed"),
    "past the end of a file": Attack(
        "import mmap, os\nf = open('a', 'w+b')\nf.truncate(4096)\n"
        "m = mmap.mmap(f.fileno(), 4096)\nf.truncate(0)\nm[0]",
        "crashed",
    ),
    "a stack without end": Attack(
        "import sys\nsys.setrecursionlimit(10**8)\n"
        "class A:\n  def __repr__(self): return repr(self)\nrepr(A())",
        "crashed",
    ),
    "a piece freed twice": Attack(
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.malloc.restype = ctypes.c_void_p\n"
        "p = ctypes.c_void_p(libc.malloc(2000))\nlibc.free(p)\nlibc.free(p)",
        "crashed",
    ),
    "a kill": Attack("import os; os.kill(os.getpid(), 9)", "killed"),
    "a request to end": Attack("import os; os.kill(os.getpid(), 15)", "killed"),
    "an exit": Attack("import os; os._exit(0)", "early_exit"),
    "a stop": Attack("import os; os.kill(os.getpid(), 19)", "early_exit"),
    "out of depth": Attack("def f(): f()\nf()", "error", "RecursionError"),
}
