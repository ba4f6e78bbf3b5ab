"""Results that did not happen."""

from tests.attacks.base import Attack

FORGERY = {
    "an end": Attack("import os\nos.write(3, b'{\"end\": null}\\n')\n1 / 0", "error"),
    "an end and a stop": Attack(
        "import os\nos.write(3, b'{\"end\": null}\\n')\nos.kill(os.getpid(), 19)\nprint('ESCAPED')"
    ),
    "a pickle": Attack(
        "import os, pickle\nclass E:\n  def __reduce__(self): return os.system, ('touch /tmp/E',)\n"
        "os.write(3, pickle.dumps(E()) + b'\\n')"
    ),
    "a deep claim": Attack("import os\nos.write(3, b'[' * 60000 + b'\\n')"),
    "an exception like no other": Attack(
        "class E(BaseException):\n  def __str__(self): raise ValueError\n"
        "E.__name__ = 'x' * 10**6\nraise E",
        "error",
    ),
    "a replaced interpreter": Attack(
        "import builtins, json, sys\nbuiltins.compile = builtins.exec = json.dumps = None",
        "early_exit",
    ),
}
