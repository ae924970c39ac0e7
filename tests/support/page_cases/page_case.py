"""One page in one state."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PageCase:
    """One page in one state. `send` fills in and sends the form of that action (part of it) first; `shows` must be on it."""

    state: str
    username: str | None
    path: str
    shows: str
    place: str = "work"
    send: tuple[str, dict[str, str]] | None = None
    status: int = 200
    then: tuple[str, dict[str, str]] | None = None


def refused(username: str, path: str, form: str, shows: str, **fields: str) -> PageCase:
    """The page after its form was sent with something wrong or missing."""
    return PageCase("error", username, path, shows, send=(form, fields), status=422)
