"""More output than is kept, and output that is no text."""

from tests.attacks.base import Attack

OUTPUT = {
    "flood": Attack("while True: print('x' * 4096)", "output_limit"),
    "flood of claims": Attack("import os\nwhile True: os.write(3, b'{}\\n' * 20000)", "timeout"),
    "one endless claim": Attack("import os\nwhile True: os.write(3, b'x' * 65536)", "timeout"),
    "flood of errors": Attack("import os\nwhile True: os.write(2, b'x' * 4096)", "output_limit"),
    "bytes that are no text": Attack(
        "import os\nos.write(1, b'a\\0\\xff\\xed\\xa0\\x80b\\n')", output="b\n"
    ),
    "closed streams": Attack("import os; os.close(1); os.close(2)"),
}
