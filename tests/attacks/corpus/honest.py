"""Programs that must still work."""

from tests.attacks.base import DENIED, Attack

HONEST = {
    "threads": Attack(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "print(sum(ThreadPoolExecutor(8).map(abs, range(-9, 0))))",
        output="45\n",
    ),
    "processes": Attack(
        "import multiprocessing as m\na, b = m.Pipe()\n"
        "m.Process(target=b.send, args=(6,)).start()\nprint(a.recv())",
        output="6\n",
    ),
    "a pool of processes": Attack(
        "import multiprocessing as m\nprint(m.Pool(2).map(abs, [-6]))",
        output="[6]",
        landlock=DENIED,
    ),
    "another interpreter": Attack(
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-c', 'import numpy; print(numpy.arange(3))'],"
        " capture_output=True, text=True, start_new_session=True).stdout)",
        output="[0 1 2]",
    ),
    "a child that is ended": Attack(
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1)\n"
        "p.kill()\nprint(p.wait())",
        output="-9\n",
    ),
    "copies of files": Attack(
        "import os, shutil, tempfile\nwith tempfile.TemporaryDirectory() as folder:\n"
        "  open(folder + '/é', 'w').write('x')\n  shutil.copy2(folder + '/é', 'b')\n"
        "  shutil.move(folder + '/é', 'c')\nprint(sorted(os.listdir('.')))",
        output="['b', 'c']",
    ),
    "asyncio": Attack(
        "import asyncio\nasync def f(): await asyncio.sleep(0.01); return 7\n"
        "print(asyncio.run(f()))",
        output="7\n",
    ),
    "large output": Attack("print('x' * 10**6)", output="bytes left out"),
    "text of many scripts": Attack("print('Zażółć 漢字 Ω 🚢')", output="Zażółć 漢字 Ω 🚢\n"),
}
