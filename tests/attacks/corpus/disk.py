"""More files, descriptors or bytes than a session has."""

from tests.attacks.base import Attack, Outcome

DISK = {
    "one large file": Attack("f = open('a', 'wb')\nwhile True: f.write(b'x' * 10**6)", "error"),
    "large files": Attack(
        "import os\nfor n in range(9): os.posix_fallocate(os.open(str(n), 66), 0, 2**27)\n"
        "while True: pass",
        "error",
        "No space left",
        Outcome("output_limit"),
    ),
    "many files in a folder that can't be listed": Attack(
        "import itertools, os\nos.mkdir('a', 0o300)\n"
        "for n in itertools.count(): os.close(os.open(f'a/{n}', os.O_CREAT))",
        "error",
        "No space left",
        Outcome("output_limit"),
    ),
    "many files": Attack(
        "import itertools, os\nfor n in itertools.count(): os.close(os.open(str(n), os.O_CREAT))",
        "error",
        "No space left",
        Outcome("output_limit"),
    ),
    "descriptors": Attack("a = []\nwhile True: a.append(open('/dev/null'))", "error", "Too many"),
}
