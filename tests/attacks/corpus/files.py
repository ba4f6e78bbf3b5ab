"""Files outside: reading, changing, finding them."""

from pathlib import Path

from tests.attacks.base import DENIED, Attack, Outcome, changes, libc, reaches

FILES = {
    "shadow": reaches("open('/etc/shadow')"),
    "init's memory": reaches("open('/proc/1/mem')"),
    "kernel settings": reaches("open('/sys/kernel/notes')"),
    "a relative way out": reaches("open('../../../../../../etc/hostname')"),
    "this file": reaches(f"open({str(Path(__file__).resolve())!r})"),
    "a file of everybody": reaches("open('HOST/file').read()"),
    "through a link": reaches("os.symlink('HOST/file', 'link')\nopen('link')"),
    "through a folder held open": reaches(
        "folder = os.open('HOST', os.O_PATH)\nos.open('file', os.O_RDONLY, dir_fd=folder)"
    ),
    "listing": reaches("os.listdir('HOST')"),
    "appending": reaches("open('HOST/file', 'a')"),
    "creating": reaches("open('HOST/new', 'w')"),
    "a folder there": reaches("os.mkdir('HOST/new')"),
    "a pipe there": reaches("os.mkfifo('HOST/new')"),
    "deleting": reaches("os.unlink('HOST/file')"),
    "moving in": Attack(
        "import os\nopen('a', 'w')\nos.rename('a', 'HOST/new')", "error", "No such", DENIED
    ),
    "moving out": reaches("os.rename('HOST/file', 'mine')"),
    "a second name": Attack(
        "import os\nos.link('HOST/file', 'mine')",
        "error",
        "No such file",
        Outcome("error", "cross-device"),
    ),
    "a shell": reaches("os.execv('/bin/sh', ['sh', '-c', 'echo ESCAPED'])"),
    "truncating": changes("os.truncate('HOST/file', 0)"),
    "truncating while reading": changes("os.open('HOST/file', os.O_RDONLY | os.O_TRUNC)"),
    "truncating without access": changes("os.open('HOST/file', 3 | os.O_TRUNC)"),
    "its mode": Attack(
        "import os\nos.chmod('HOST/file', 0)", "error", "No such file", Outcome("ok")
    ),
    "its time": Attack(
        "import os\nos.utime('HOST/file', (1, 1))", "error", "No such file", Outcome("ok")
    ),
    "its owner": changes("os.chown('HOST/file', 1, 1)"),
    "its attributes": changes("os.setxattr('HOST/file', 'user.x', b'x')"),
    "its flags": Attack(
        "import fcntl\nimport numpy\nfcntl.ioctl(open(numpy.__file__), 0x40086602, b'\\0' * 8)",
        "error",
        "Read-only",
        Outcome("error", "Inappropriate ioctl"),
    ),
    "watching it": Attack(
        libc("inotify_add_watch(libc.inotify_init(), b'HOST', 4095)"),
        output="2\n",
        landlock=Outcome("ok", "1\n"),
    ),
    "whether it is there": Attack(
        "import os\nprint(os.path.exists('HOST/file'))", "ok", "False", Outcome("ok", "True")
    ),
    "the whole root": Attack(
        "import os\nseen = set(os.listdir('/')) & {'proc', 'sys', 'home', 'var', 'run', 'bin'}\n"
        "print('ESCAPED' if seen else 'nothing')",
        output="nothing",
        landlock=DENIED,
    ),
    "any database": Attack(
        "import os\nfor folder, inside, files in os.walk('/'):\n"
        "  inside[:] = [name for name in inside if name not in ('usr', 'lib')]\n"
        "  for file in (f for f in files if f.endswith(('.db', '.sqlite', '.sqlite3'))):\n"
        "    try: head = open(os.path.join(folder, file), 'rb').read(15)\n"
        "    except OSError: continue\n"
        "    if head == b'SQLite format 3': print('ESCAPED', folder, file)\n",
    ),
    "writing to packages": Attack(
        "import numpy\nopen(numpy.__path__[0] + '/../x', 'w')", "error", "Read-only", DENIED
    ),
    "writing to the root": Attack("open('/x', 'w')", "error", "Read-only", DENIED),
    "a device of its own": Attack(
        "import os, stat\nos.mknod('disk', stat.S_IFBLK | 0o666, os.makedev(8, 0))",
        "error",
        "not permitted",
        DENIED,
    ),
}
