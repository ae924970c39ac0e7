"""A real browser (Debian's Chromium through Playwright) and what it finds wrong with a page."""

import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.patience import PATIENCE

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
"""The same engine under every name; the first has no windows to draw around the page, and takes a sixth less."""
NO_BROWSER = "no browser: apt-get install chromium"
WIDTHS = (320, 768, 1280)
MILLISECONDS = PATIENCE * 1000
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser while the block lasts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=MILLISECONDS)
        yield browser
        browser.close()


@dataclass
class Window:
    """One tab, and everything it said or asked for since it was opened or last looked at."""

    page: Any
    home: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, path: str) -> int:
        """Open an address of the application; the status of its answer."""
        return self.page.goto(self.home + path).status

    def sign_in(self, cookie: tuple[str, str] | None) -> None:
        """Whoever was signed in is so no longer, and whoever the cookie is of is instead."""
        self.page.context.clear_cookies()
        if cookie is not None:
            self.page.context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": self.home}])

    def forget(self) -> None:
        """Begin a new page's record."""
        self.said.clear()
        self.asked.clear()

    def press(self, words: str) -> None:
        """Click the button, else the link, with exactly these words, and wait until where it leads is there."""
        button, link = (self.page.get_by_role(role, name=words, exact=True) for role in ("button", "link"))
        button.or_(link).first.wait_for(state="attached")
        self.page.wait_for_load_state()
        (button if button.count() else link).first.click()
        self.page.wait_for_load_state()


def shows(page: Any, words: str, *, where: str = "main") -> bool:
    """Whether this part of the page says so: at once, or when the page that is on its way is there."""
    from playwright.sync_api import expect

    expect(page.locator(where)).to_contain_text(words, use_inner_text=True, timeout=MILLISECONDS)
    page.wait_for_load_state()
    return True


def holds(field: Any, value: str) -> bool:
    """Whether a field has this value: at once, or when the page that is on its way is there."""
    from playwright.sync_api import expect

    expect(field).to_have_value(value, timeout=MILLISECONDS)
    return True


def is_at(page: Any, address: str) -> bool:
    """Whether the page has an address that begins so, or comes to it: its own, or what was asked for after it."""
    from playwright.sync_api import expect

    expect(page).to_have_url(re.compile(re.escape(address) + r"(\?|$)"), timeout=MILLISECONDS)
    page.wait_for_load_state()
    return True


@contextmanager
def window(browser: Any, home: str, *, cookie: tuple[str, str] | None = None, scripts: bool = True) -> Iterator[Window]:
    """A fresh tab that shares nothing with any other; `cookie` signs it in."""
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(MILLISECONDS)
    opened = Window(context.new_page(), home)
    opened.page.on("console", lambda message: opened.said.append(f"{message.type}: {message.text}"))
    opened.page.on("pageerror", lambda error: opened.said.append(f"uncaught: {error}"))
    opened.page.on("request", lambda request: opened.asked.append(request.url))
    opened.sign_in(cookie)
    yield opened
    context.close()


def faults(
    opened: Window, *, expected_status: int = 200, picture: Path | None = None, axe_at: Collection[int] = WIDTHS
) -> list[str]:
    """Everything that is wrong with the page the window shows, at all widths; empty where nothing is.

    `axe_at` are the widths at which every rule of axe-core is asked: what a page fits into is looked at everywhere.
    A page that was refused (422, 409) is reported by Chromium on its console as a failed load; that line is expected.
    """
    opened.page.wait_for_load_state()
    found = [f"console {line}" for line in opened.said if not _expected(line, expected_status)]
    found += [f"asked elsewhere: {urlsplit(url).netloc}" for url in opened.asked if not _ours(url, opened.home)]
    _unfold(opened.page)
    for width in WIDTHS:
        opened.page.set_viewport_size({"width": width, "height": 900})
        rules = _axe(opened.page) if width in axe_at else []
        found += [f"{width} px: {fault}" for fault in (*_too_wide(opened.page, width), *rules)]
        if picture is not None:
            opened.page.screenshot(path=picture.with_name(f"{picture.name}-{width}.png"), full_page=True)
    opened.forget()
    return found


def _expected(line: str, status: int) -> bool:
    return line.startswith("debug: ") or (status >= 400 and f"status of {status}" in line)


def _ours(url: str, home: str) -> bool:
    return url.startswith((f"{home}/", "data:"))


def _unfold(page: Any) -> None:
    """What is folded is looked at as well."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")


def _too_wide(page: Any, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide <= width:
        return []
    widest = page.evaluate(
        "width => [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width)"
        ".slice(-1).map(one => one.outerHTML.slice(0, 160))",
        width,
    )
    return [f"{wide} px wide because of {widest}"]


_RULES = """
() => axe.run({ resultTypes: ["violations"] }).then(({ passes, violations }) => ({
  passes: passes.length,
  violations: violations.map(({ id, nodes }) => ({
    id, nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => ({ html, failureSummary })),
  })),
}))
"""


def _axe(page: Any) -> list[str]:
    """Every rule of axe-core, nothing switched off; only what is wrong need leave the page."""
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    response = page.evaluate(_RULES)
    assert response["passes"] > 10, "axe looked at nothing"
    return [
        f"axe {rule['id']}: {node['html'][:200]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in response["violations"]
        for node in rule["nodes"]
    ]
