"""Everything but the session's own processes: hosts, sockets, the machine's services."""

from tests.attacks.base import REFUSED, Attack

NETWORK = {
    "internet": Attack(
        "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
        "error",
        "unreachable",
        REFUSED,
    ),
    "udp": Attack(
        "import socket; socket.socket(2, 2).sendto(b'x', ('192.0.2.1', 53))",
        "error",
        "unreachable",
        REFUSED,
    ),
    "internet 6": Attack(
        "import socket; socket.socket(10, 1).connect(('2001:db8::1', 80))",
        "error",
        "Errno",
        REFUSED,
    ),
    "names": Attack("import socket; socket.gethostbyname('example.org')", "error"),
    "a vsock to the host": Attack("import socket; socket.socket(40, 1)", "error", "not permitted"),
    "netlink": Attack("import socket; socket.socket(16, 3)", "error", "not permitted"),
    "raw packets": Attack("import socket; socket.socket(2, 3, 1)", "error", "not permitted"),
    "a server's socket": Attack(
        "import socket; socket.socket(socket.AF_UNIX).connect('HOST/server')",
        "error",
        "No such file",
        REFUSED,
    ),
    "a log's socket": Attack(
        "import socket\na, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "a.sendto(b'x', 'HOST/log')\nprint('ESCAPED')",
        "error",
        "No such file",
        REFUSED,
    ),
    "an abstract socket": Attack(
        "import socket; socket.socket(socket.AF_UNIX).connect(chr(0) + 'calm-attack')",
        "error",
        "refused",
        REFUSED,
    ),
}
