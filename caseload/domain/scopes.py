"""What a program may be let do: SMART App Launch v2 scopes (HL7 FHIR SMART 2.x, "Scopes for requesting FHIR Resources").

A scope is `context/Resource.letters`: `system` for a program that acts for itself, `user` for one that acts for somebody
who let it in; the resource or a star; of c(reate) r(ead) u(pdate) d(elete) s(earch) those that are meant, in this order.
What a token is granted is what was asked for as far as the program may have it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

ANY = "*"
LETTERS = "cruds"
_SCOPE = re.compile(r"(system|user)/(\*|[A-Z][A-Za-z]{1,39})\.(?=[cruds])(c?r?u?d?s?)")


class Context(StrEnum):
    """For whom a program acts: for itself, or for somebody who let it in."""

    SYSTEM = "system"
    USER = "user"


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One scope; `letters` in the order of `LETTERS`."""

    context: Context
    resource: str
    letters: str

    def __str__(self) -> str:
        return f"{self.context.value}/{self.resource}.{self.letters}"

    @classmethod
    def parse(cls, text: str) -> "Scope":
        """ValueError for what is no scope of version 2; the older `.read` and `.write` are none."""
        found = _SCOPE.fullmatch(text)
        if found is None:
            raise ValueError("not a SMART v2 scope")
        return cls(Context(found[1]), found[2], found[3])

    def covers(self, resource: str, letter: str) -> bool:
        """Whether it lets one thing be done with one kind of resource."""
        return self.resource in (ANY, resource) and letter in self.letters


def parse_scopes(texts: Iterable[str]) -> tuple[Scope, ...]:
    """Scopes in a settled order, those of the same resource joined; ValueError where one is none."""
    joined: dict[tuple[Context, str], set[str]] = {}
    for scope in map(Scope.parse, texts):
        joined.setdefault((scope.context, scope.resource), set()).update(scope.letters)
    return tuple(sorted(Scope(*key, _ordered(letters)) for key, letters in joined.items()))


def granted(asked: Iterable[Scope], allowed: Iterable[Scope], context: Context) -> tuple[Scope, ...]:
    """What of the scopes asked for lies within those allowed, in one context. A star asked for becomes what is allowed."""
    allowed = tuple(allowed)
    both: set[str] = set()
    for one in (scope for scope in asked if scope.context is context):
        for other in (scope for scope in allowed if scope.context is context):
            common = _both(one, other)
            if common is not None:
                both.add(str(common))
    return _without_repeats(parse_scopes(both))


def may(scopes: Iterable[Scope], resource: str, letter: str) -> bool:
    """Whether one of the scopes lets this be done."""
    return any(scope.covers(resource, letter) for scope in scopes)


def _both(one: Scope, other: Scope) -> Scope | None:
    if ANY not in (one.resource, other.resource) and one.resource != other.resource:
        return None
    letters = _ordered(set(one.letters) & set(other.letters))
    resource = other.resource if one.resource == ANY else one.resource
    return Scope(one.context, resource, letters) if letters else None


def _without_repeats(scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
    """Leave out of each what the star says already."""
    star = {scope.context: set(scope.letters) for scope in scopes if scope.resource == ANY}
    left = []
    for scope in scopes:
        letters = set(scope.letters) if scope.resource == ANY else set(scope.letters) - star.get(scope.context, set())
        if letters:
            left.append(Scope(scope.context, scope.resource, _ordered(letters)))
    return tuple(left)


def _ordered(letters: set[str]) -> str:
    return "".join(letter for letter in LETTERS if letter in letters)
