"""A page's form filled in as a person would who takes the first of every choice, with what the test says instead."""

from fnmatch import fnmatch
from html.parser import HTMLParser

NEXT_WEEK = {"day": "12", "month": "10", "year": "2026"}


class _Forms(HTMLParser):
    """Every form of a page: its attributes, and its fields with the values they would send."""

    def __init__(self):
        super().__init__()
        self.forms, self._select, self._text = [], None, None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given, []))
        elif not self.forms:
            return
        elif tag == "input" and "name" in given:
            self._input(given)
        elif tag == "button" and "name" in given:
            self._add(given["name"], "button", given.get("value") or "")
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select is not None:
            self._add(self._select, "chosen option" if "selected" in given else "option", given.get("value") or "")
        elif tag == "textarea":
            self._add(given["name"], "text", "")

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None

    def _input(self, given):
        kind = given.get("type", "text")
        if kind in ("radio", "checkbox"):
            kind = f"chosen {kind}" if "checked" in given else kind
        self._add(given["name"], kind, given.get("value") or "")

    def _add(self, name, kind, value):
        self.forms[-1][1].append((name, kind, value))


def filled_form(html, action, given):
    """Where the form that posts to `action` goes (a star in it stands for anything), and what it would send.

    LookupError where the page has no such form.
    """
    reader = _Forms()
    reader.feed(html)
    for attributes, fields in reader.forms:
        target = (attributes.get("action") or "").split("?")[0]
        if attributes.get("method", "").lower() == "post" and fnmatch(target or action, action):
            return target or action, {**_filled(fields), **given}
    raise LookupError(f"no form that posts to {action}")


def _filled(fields):
    """Hidden fields as they are; of each choice what is chosen, else the first; dates next week; words where words go."""
    sent = {}
    for name, kind, value in fields:
        part = name.rsplit("-", 1)[-1]
        if kind == "hidden" or kind.startswith("chosen"):
            sent[name] = value
        elif kind in ("radio", "checkbox", "option") and value:
            sent.setdefault(name, value)
        elif kind in ("text", "email", "number") and name not in sent:
            sent[name] = value or NEXT_WEEK.get(part, "Some words")
    return sent
