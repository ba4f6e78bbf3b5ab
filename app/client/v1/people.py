"""The operations of the API on people. Written by `make openapi`."""

from collections.abc import Iterator

from app.client.base import Operations, Shown
from app.core.model import Frozen


class PersonView(Shown):
    """A person's account."""

    id: int
    name: str
    admin: bool
    active: bool
    has_password: bool
    second_factor: bool


class NewPerson(Frozen):
    """An account to make. It has no password: an administrator hands out the first way in."""

    name: str


class ChangedPerson(Frozen):
    """Whether somebody may come in."""

    active: bool


class Removal(Shown):
    """What removing a person does, to be told before it is done."""

    name: str
    becomes: str
    events: int
    decisions: int
    sessions: int
    projects: int
    claims: int


class RemovedPerson(Frozen):
    """The name of whom to remove, given once more to be sure."""

    name: str


class PeopleOperations(Operations):
    """What can be asked for."""

    def list_people(self, *, limit: int = 50) -> Iterator[PersonView]:
        """Everybody with an account. For administrators."""
        return self._list(PersonView, ("people",), limit=limit)

    def create_person(self, body: NewPerson) -> PersonView:
        """Make an account. For administrators."""
        return self._one(PersonView, "POST", ("people",), body=body)

    def get_person(self, user_id: int, *, seen: Shown | None = None) -> PersonView:
        """One account. For administrators."""
        return self._one(PersonView, "GET", ("people", user_id), seen=seen)

    def change_person(
        self, user_id: int, body: ChangedPerson, *, seen: Shown | None = None
    ) -> PersonView:
        """Let somebody in, or no longer: their sessions and tokens end. For administrators."""
        return self._one(PersonView, "PATCH", ("people", user_id), body=body, seen=seen)

    def get_removal(self, user_id: int, *, seen: Shown | None = None) -> Removal:
        """What removing somebody would do. For administrators."""
        return self._one(Removal, "GET", ("people", user_id, "removal"), seen=seen)

    def remove_person(self, user_id: int, body: RemovedPerson) -> Removal:
        """Remove somebody for good: their name goes everywhere, what they did stays. For
        administrators.
        """
        return self._one(Removal, "POST", ("people", user_id, "removal"), body=body)
