"""What a partner may send, as the reference page of FHIR tells it: from the table the API holds to."""

from collections.abc import Callable, Iterable
from typing import Any

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]


def what_is_sent(table: Table) -> str:
    """What becomes of an element that is sent."""
    from caseload.api.taken import REPLACED

    said = (
        "What a partner sends is kept and comes back, element by element as the tables say, or it is refused by its name (`NOT_KEPT`, "
        "in an update `NOT_CHANGEABLE`). Space around a text is not kept; a moment comes back in UTC. These alone are replaced, as "
        "FHIR lets a server do:\n"
    )
    replaced = table(("element", "by"), ((f"`{path}`", why) for path, why in REPLACED.items()))
    return f"\n## What is sent to this service\n\n{said}\n{replaced}"


def elements_taken(name: str, table: Table) -> str:
    """What may be sent of a resource, and changed of it; nothing for one that is only read."""
    from caseload.api.taken import CHANGED, TAKEN

    def part(said: str, taken: Iterable[Any]) -> str:
        rows = ((f"`{one.path}`", one.need, one.meaning, _how(one)) for one in taken)
        return f"\n{said}:\n\n{table(('element', 'needed', 'meaning', 'taken'), rows)}"

    if name == "Flag":
        return part("Sent with `$acknowledge`, in Parameters", TAKEN["Parameters"])
    made = part("What can be sent, one of each", TAKEN[name]) if name in TAKEN else ""
    return made + (part("What an update may change", CHANGED[name]) if name in CHANGED else "")


def _how(one: Any) -> str:
    return f"`{one.only}`" if one.only else f"at most {one.longest:,} characters" if one.longest else ""
