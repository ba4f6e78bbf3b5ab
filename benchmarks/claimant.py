"""An annotator as a process of its own: next, and a verdict, over HTTP, until nothing waits.

`python -m benchmarks.claimant PORT TOKEN LATER`: the port of a server, the token of a person's
session, and how many of a hundred traces the person puts off once. Prints the trace of each answer
of Next that was not put off, one a line, and last how long the slowest took, in milliseconds.
"""

import random
import sys
import time

import psutil

from benchmarks.server import Server, hidden

PROJECT = "/p/bench"


def main(port: int, token: str, later: int) -> None:
    """Work until the queue is empty."""
    server = Server(psutil.Process(), port, f"calm_session={token}")
    csrf = hidden(server.get("/account"), "csrf")
    waited, put_off = [0.0], set[int]()
    while True:
        begun = time.perf_counter()
        place = server.post(f"{PROJECT}/queue/next", csrf)
        waited.append(time.perf_counter() - begun)
        trace = place.rpartition("/traces/")[2]
        if not trace.isdecimal():
            break
        # Each trace has one branch of everybody's, made with it: they have the same number.
        seen = {"branch": trace, "seen": 10**9}
        if int(trace) not in put_off and random.randrange(100) < later:
            put_off.add(int(trace))
            server.post(f"{place}/release", csrf, **seen)
            continue
        server.post(f"{place}/verdict", csrf, decision="discard", reason="seen", **seen)
        print(trace, flush=True)
    print(round(max(waited) * 1000))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
