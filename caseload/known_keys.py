"""Keys of a configuration file that nothing reads, each with the nearest that something does.

A misspelt key would otherwise be ignored, and its setting stay as it was without anybody knowing.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import BaseModel


def unknown_keys(given: Mapping[str, Any], shape: type[BaseModel]) -> list[str]:
    """One phrase for every key of a file that its shape does not have, in the file's order."""
    outermost = list(shape.model_fields)
    return [_phrase(path, known, outermost) for path, known in _strangers(given, shape, ())]


def _strangers(given: object, kind: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Sequence[str]]]:
    if isinstance(given, list):
        of = (*get_args(kind), None)[0]
        for one in given:
            yield from _strangers(one, of, path)
        return
    known = _keys(kind)
    if known is None or not isinstance(given, Mapping):
        return
    for key, value in given.items():
        if key in known:
            yield from _strangers(value, known[key], (*path, key))
        else:
            yield (*path, key), list(known)


def _keys(kind: Any) -> dict[str, Any] | None:
    """Every key a table of this kind may have, with the kind of its value; None where it may have any."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    named, of = (*get_args(kind), None, None)[:2]
    # A mapping over an enum has the enum's words for keys.
    if get_origin(kind) in (dict, Mapping) and isinstance(named, type) and issubclass(named, Enum):
        return {str(word.value): of for word in named}
    return None


def _phrase(path: tuple[str, ...], known: Sequence[str], outermost: Sequence[str]) -> str:
    *section, key = path
    near = get_close_matches(key, known, n=1)
    if near:
        return f"{'.'.join(path)} (the nearest there is: {'.'.join([*section, near[0]])})"
    above = get_close_matches(key, outermost, n=1) if section else []
    if above:
        return f"{'.'.join(path)} (the nearest there is: {above[0]}, which stands before the first [section])"
    return f"{'.'.join(path)} (nothing there is has a name like it)"
