"""Starts llama.cpp's server, as xllamacpp brings it, with a GGUF file that gguf_model.py wrote.

Run with a Python that has xllamacpp: `python -m tests.servers.llama_cpp FILE PORT`.
"""

import signal
import sys


def main(file: str, port: int) -> None:
    """Serve the model on this machine alone, under its file's name, until the process is ended."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = file
    params.model_alias = {file}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = 1024
    params.n_parallel = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    signal.pause()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
