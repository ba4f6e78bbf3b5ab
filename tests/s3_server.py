"""A store that speaks S3, on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer
from pyarrow import fs

KEY = "secret-of-s3"


@contextmanager
def running_s3() -> Iterator[str]:
    """Its address, while it runs."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def store_at(address: str) -> fs.S3FileSystem:
    """A client of it, which may make buckets."""
    return fs.S3FileSystem(
        access_key="ID",
        secret_key=KEY,
        region="us-east-1",
        endpoint_override=address,
        allow_bucket_creation=True,
    )
