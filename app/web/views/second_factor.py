"""The second factor of a person: off, to be confirmed with a picture, or on."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import segno
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.actions.second_factor import address_of_secret, codes_left, is_on
from app.db.tables import User


@dataclass(frozen=True)
class SecondFactorView:
    """`picture` and `secret` are there while it is to be confirmed; `codes` are new, in clear."""

    on: bool
    left: int = 0
    picture: Markup | None = None
    secret: str = ""
    codes: tuple[str, ...] = ()
    problem: str = ""


def second_factor_view(
    session: Session, person: User, codes: Sequence[str] = (), problem: str = ""
) -> SecondFactorView:
    """How it stands for a person."""
    address = address_of_secret(session, person) or ""
    return SecondFactorView(
        on=is_on(session, person.id),
        left=codes_left(session, person.id),
        picture=_picture(address) if address else None,
        secret=_grouped(parse_qs(urlsplit(address).query)["secret"][0]) if address else "",
        codes=tuple(codes),
        problem=problem,
    )


def _picture(address: str) -> Markup:
    """A QR code as SVG: black on white in the dark too, for that is what apps read."""
    code = segno.make(address, micro=False, error="m")
    svg = code.svg_inline(scale=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return Markup(svg)


def _grouped(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
