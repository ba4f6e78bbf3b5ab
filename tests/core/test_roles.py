"""Roles and scopes: a token reaches no further than either."""

from typing import get_args

import pytest

from app.core.errors import NotAllowed
from app.core.roles import SCOPE_OF, SCOPES, Actor, Role, Scope


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("needed", get_args(Role))
def test_a_token_does_what_both_its_owner_and_its_scope_allow(
    role: Role, scope: Scope, needed: Role
) -> None:
    person = Actor(kind="person", name="ann", id=1, role=role)
    with_token = person.model_copy(update={"token": 7, "scopes": frozenset({scope})})
    assert with_token.may(needed) == (person.may(needed) and SCOPE_OF[needed] == scope)


def test_an_administrator_with_a_narrow_token_is_held_to_it() -> None:
    admin = Actor(kind="person", name="ann", id=1, admin=True, scopes=frozenset({"read"}))
    assert admin.may("viewer")
    assert not admin.administers
    with pytest.raises(NotAllowed, match="a token needs the scope manage"):
        admin.require("lead", "change the project")


def test_what_was_done_with_a_token_is_signed_with_it() -> None:
    person = Actor(kind="person", name="ann", id=1)
    assert person.signature == {"kind": "person", "name": "ann", "id": 1}
    assert person.model_copy(update={"token": 7}).signature["token"] == 7
