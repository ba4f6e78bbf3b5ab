"""Stores that datasets are pushed to: a hub, or anything that speaks S3.

Promises: a file appears whole or not at all; a key stands in no message; what is there already is
never written over, for `same` tells first.
"""

from app.backends.stores.base import Keys, Store
from app.backends.stores.hub import Hub
from app.backends.stores.s3 import Bucket
from app.core.push import Target


def open_store(target: Target, keys: Keys) -> Store:
    """The store that a target names. Raises Refused where it can't be reached or refuses."""
    return Hub(target.place, keys) if target.store == "hub" else Bucket(target.place, keys)
