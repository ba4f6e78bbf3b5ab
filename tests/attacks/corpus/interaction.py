"""Programs that wait for a person."""

from tests.attacks.base import DENIED, Attack

INTERACTION = {
    "a question": Attack("input('Go on? ')", "error", "EOFError"),
    "all of its input": Attack("import sys; print(repr(sys.stdin.read()))", output="''\n"),
    "a debugger": Attack("breakpoint()\nprint('on')", "error", "BdbQuit"),
    "a password": Attack("import getpass; getpass.getpass()", "error", "EOFError"),
    "a terminal": Attack("open('/dev/tty')", "error", "No such", DENIED),
    "a terminal's size": Attack(
        "import os; os.get_terminal_size(0)", "error", "Inappropriate ioctl"
    ),
    "a browser": Attack("import webbrowser; print(webbrowser.open('about:blank'))", output="False"),
    "a signal that never comes": Attack("import signal; signal.pause()", "timeout"),
}
