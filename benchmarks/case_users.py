"""People at their browsers, as a process of its own: each does one thing every few seconds until the time is up.

    python -m benchmarks.case_users PLAN.json > RESULT.json

A thing is what one click does: a page fetched, or a form sent and the page it leads to fetched. Time is counted from the
moment somebody would have clicked, so that a server that answers late is not asked less.
"""

import json
import random
import re
import sys
import threading
import time
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)


@dataclass
class Heard:
    """What came of one kind of thing: milliseconds, what went wrong, and how heavy its page was."""

    milliseconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    bytes_plain: int = 0
    bytes_packed: int = 0


class Person:
    """One member of staff with a browser that is signed in."""

    def __init__(
        self, plan: dict[str, Any], user: dict[str, Any], heard: dict[str, Heard], lock: threading.Lock
    ) -> None:
        self.plan, self.user, self.heard, self.lock = plan, user, heard, lock
        self.chance = random.Random(user["user_id"])
        self.connection: HTTPConnection | None = None
        self.form: tuple[str, str, dict[str, str]] | None = None

    def work(self, began: float) -> None:
        """Do things until the time is up: the first at a moment of one's own."""
        pause, until = self.plan["pause"], began + self.plan["warm_up"] + self.plan["seconds"]
        at = began + self.chance.uniform(0, pause)
        while at < until:
            time.sleep(max(0.0, at - time.monotonic()))
            kind, run = self.next_thing()
            page, wrong = b"", None
            try:
                page = run()
            except (OSError, HTTPException, AssertionError, LookupError) as error:
                self.connection = None
                wrong = f"{type(error).__name__}: {error}"[:200]
            if at >= began + self.plan["warm_up"]:
                self.note(kind, at, page, wrong)
            at += pause

    def next_thing(self) -> tuple[str, Any]:
        """A form that was opened is sent next; else something by the shares of the plan."""
        if self.form is not None:
            kind, url, fields = self.form
            self.form = None
            return f"{kind}: send", lambda: self.send(url, fields)
        shares = self.plan["shares"][self.user["kind"]]
        kind = self.chance.choices(list(shares), list(shares.values()))[0]
        return kind, getattr(self, f"do_{kind.replace(' ', '_')}")

    def note(self, kind: str, at: float, page: bytes, wrong: str | None) -> None:
        took = (time.monotonic() - at) * 1000
        with self.lock:
            heard = self.heard[kind]
            heard.milliseconds.append(took)
            if wrong is not None:
                heard.wrong.append(wrong)
            if len(page) > heard.bytes_plain:
                heard.bytes_plain, heard.bytes_packed = len(page), len(zlib.compress(page, 6))

    def do_plain(self) -> bytes:
        return self.get(f"/people/{self.chance.choice(self.user['people'])}")

    def do_today(self) -> bytes:
        return self.get("/")

    def do_person(self) -> bytes:
        return self.get(f"/people/{self.chance.choice(self.user['people'])}")

    def do_cases(self) -> bytes:
        return self.get("/cases")

    def do_review(self) -> bytes:
        return self.get(f"/review/{self.user['practice']}")

    def do_notices(self) -> bytes:
        return self.get("/notices")

    def do_search(self) -> bytes:
        page = self.get("/search")
        number = self.chance.choice(self.user["numbers"])
        fields = {**hidden_of(page.decode(), "/search"), "nhs_number": number}
        self.form = ("search", "/search", fields)
        return page

    def do_contact(self) -> bytes:
        person = self.chance.choice(self.user["people"])
        page = self.get(f"/people/{person}/contacts/new")
        today = time.localtime()  # a note of its own: the same words twice in an hour would be asked about
        fields = {
            **hidden_of(page.decode(), "/contacts/new"), "happened_on-day": today.tm_mday, "happened_on-month": today.tm_mon,
            "happened_on-year": today.tm_year, "mode": "telephone", "participants": "person", "outcome": "next_step_agreed",
            "note": f"Spoke for a while ({self.chance.randrange(10**9)}).", "next": "suggested",
        }  # fmt: skip
        self.form = ("contact", f"/people/{person}/contacts/new", fields)
        return page

    def do_task(self) -> bytes:
        if not self.user["tasks"]:
            return self.do_today()
        task = self.user["tasks"].pop()
        page = self.get(f"/tasks/{task}")
        self.form = ("task", f"/tasks/{task}/done", hidden_of(page.decode(), f"/tasks/{task}/done"))
        return page

    def get(self, url: str) -> bytes:
        status, _, page = self.ask("GET", url)
        assert status == 200, f"{status} for a page"
        return page

    def send(self, url: str, fields: dict[str, Any]) -> bytes:
        """Send a form; fetch the page it leads to."""
        status, to, page = self.ask("POST", url, urlencode(fields))
        assert status in (200, 302, 303), f"{status} for a form"
        return self.get(to) if to else page

    def ask(self, method: str, url: str, body: str | None = None) -> tuple[int, str | None, bytes]:
        headers = {"Cookie": self.user["cookie"], "Accept": "text/html"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self.plan['port']}{url}"
        if self.connection is None:
            self.connection = HTTPConnection("127.0.0.1", self.plan["port"], timeout=30)
        self.connection.request(method, url, body, headers)
        answer = self.connection.getresponse()
        page = answer.read()
        if answer.will_close:
            self.connection.close()
            self.connection = None
        return answer.status, answer.getheader("Location"), page


def hidden_of(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the page's form that posts there."""
    for head, inside in _FORM.findall(html):
        attributes = dict(_ATTRIBUTE.findall(head))
        target = attributes.get("action", "")
        if attributes.get("method", "").lower() == "post" and (not target or target.split("?")[0].endswith(action)):
            inputs = [dict(_ATTRIBUTE.findall(one)) for one in _INPUT.findall(inside)]
            return {one["name"]: unescape(one.get("value", "")) for one in inputs if one.get("type") == "hidden"}
    raise LookupError(f"no form that posts to {action}")


def main() -> None:
    """Carry out the plan named on the command line."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    heard: dict[str, Heard] = defaultdict(Heard)
    lock, began = threading.Lock(), time.monotonic() + 0.5
    people = [threading.Thread(target=Person(plan, user, heard, lock).work, args=(began,)) for user in plan["users"]]
    for person in people:
        person.start()
    for person in people:
        person.join()
    json.dump({kind: vars(one) for kind, one in heard.items()}, sys.stdout)


if __name__ == "__main__":
    main()
