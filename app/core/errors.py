"""The errors that the domain raises, each with a message that a person can act on.

They know nothing of HTTP or of the command line: `app.web.errors` and `app.cli` map them.
"""


class CalmError(Exception):
    """Something that a person asked for can't be done; the message says why, in plain words."""


class NotFound(CalmError):
    """The thing does not exist, or the actor may not know that it does."""


class NotAllowed(CalmError):
    """The actor's role does not include this."""


class NotIdentified(CalmError):
    """Nobody is behind what was shown: a token that is unknown, revoked or too old."""


class Refused(CalmError):
    """A rule of the domain forbids it now: a wrong answer called golden, a sixth hint."""


class Conflict(CalmError):
    """Somebody else was first, or the page was stale."""


class TooMany(CalmError):
    """Too many tries in a short time; `seconds` are what is left of the wait."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Invalid(CalmError):
    """What was sent can't be read as what was asked for."""


class ProviderDown(CalmError):
    """Who vouches for people can't be reached, or says what can't be read."""


class MailError(CalmError):
    """A mail could not be handed over; `retryable` where that may pass by itself."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


class ModelError(CalmError):
    """A model could not be reached or failed; the message never holds a key.

    `retryable` where that may pass by itself; `after` are the seconds that the server asked for
    until then.
    """

    def __init__(self, message: str, *, retryable: bool, after: float | None = None) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.after = after
