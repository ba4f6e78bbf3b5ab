"""The four channels between a supervisor and a session: two pipes of output, two sockets.

`talk` leads to the program: blocks go out, claims come back. `control` leads to its init,
which no program can reach: what comes from there is trusted. Closing control ends the
session.
"""

import fcntl
import json
import os
import socket
import struct
import termios
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

_CREDENTIALS = struct.Struct("3i")


@dataclass(frozen=True)
class Channels:
    """Our ends, all of them non-blocking but control."""

    stdout: int
    stderr: int
    talk: socket.socket
    control: socket.socket

    @classmethod
    def pairs(cls) -> tuple["Channels", tuple[int, int, int, int]]:
        """Our ends, and the session's as descriptors for the caller to send and close."""
        stdout, stdout_end = os.pipe()
        stderr, stderr_end = os.pipe()
        talk, talk_end = socket.socketpair()
        control, control_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        for descriptor in (stdout, stderr, talk.fileno()):
            os.set_blocking(descriptor, False)
        ends = (stdout_end, stderr_end, talk_end.detach(), control_end.detach())
        return cls(stdout, stderr, talk, control), ends

    def receive_greeting(self, timeout: float) -> tuple[int, dict[str, Any]]:
        """Wait until the program stands ready; the kernel says which process told so, its init.

        What else was said comes with it. Raises OSError where none comes.
        """
        self.control.settimeout(timeout)
        greeting: dict[str, Any] = {}
        while not {"stopped", "failed", "exit"} & greeting.keys():
            message, ancillary, _, _ = self.control.recvmsg(4096, socket.CMSG_SPACE(12))
            if not message:
                raise ConnectionError("the session ended before it began")
            greeting |= json.loads(message)
        pid, _, _ = _CREDENTIALS.unpack(ancillary[0][2])
        return int(pid), greeting

    def last_words(self) -> str:
        """What a process that died before its first block left on stderr."""
        with suppress(BlockingIOError):
            return os.read(self.stderr, 4096).decode(errors="replace").strip()
        return "its process died before the first block"

    def ask(self, words: str) -> dict[str, Any]:
        """Say something to init; its answer, past what it had said before.

        Raises OSError where it has died or does not answer.
        """
        word = words.partition(" ")[0]
        expected = "rested" if word == "rest" else "fork"
        self.control.send(words.encode())
        if expected == "fork":
            self.talk.send(b"null\n")
        while answer := json.loads(self.control.recv(65536) or b"{}"):
            if expected in answer:
                return dict(answer)
        raise ConnectionError("its init died")

    def flush(self) -> None:
        """Forget what was written and not read. Raises OSError where the session has not read all.

        Else the next to read would be another process than the one it was for.
        """
        with suppress(BlockingIOError):
            while self.talk.recv(65536):
                pass
        for descriptor in (self.stdout, self.stderr):
            with suppress(BlockingIOError):
                while os.read(descriptor, 65536):
                    pass
        if struct.unpack("i", fcntl.ioctl(self.talk, termios.TIOCOUTQ, bytes(4)))[0]:
            raise ConnectionError("a block was not read")

    def close(self) -> None:
        os.close(self.stdout)
        os.close(self.stderr)
        self.talk.close()
        self.control.close()
