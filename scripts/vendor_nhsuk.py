"""Cut the style sheet of NHS.UK frontend down to what the reports and the case app use, without anything it would fetch.

    npm pack nhsuk-frontend@10.6.1 && tar xzf nhsuk-frontend-10.6.1.tgz
    python scripts/vendor_nhsuk.py package

Writes stratify/report/static/nhsuk.css and caseload/static/nhsuk.css. A rule stays when every NHS.UK class it names
belongs to a component in KEPT or, for the case app, in IN_CASE_APP; web fonts and rules that point at image files
go. The licence (MIT) is kept beside each in NHSUK-LICENCE.txt. No script is taken: pages work without one.
"""

import re
import sys
from collections.abc import Set
from pathlib import Path

VERSION = "10.6.1"
ROOT = Path(__file__).resolve().parent.parent

KEPT = frozenset(
    "body body-s body-m body-l lede-text heading-xl heading-l heading-m heading-s heading-xs caption-xl "
    "width-container main-wrapper grid-row grid-column-full grid-column-two-thirds grid-column-one-third "
    "grid-column-one-half template template__body link list section-break skip-link contents-list card card-group "
    "table details inset-text warning-callout summary-list tag footer image u-visually-hidden u-margin-top-0 "
    "u-margin-bottom-0 u-margin-bottom-2 u-margin-bottom-4 u-nowrap u-secondary-text-colour".split()
)

IN_CASE_APP = frozenset(
    "body body-s body-m lede-text heading-xl heading-l heading-m heading-s heading-xs caption-l caption-m "
    "width-container main-wrapper grid-row grid-column-full grid-column-two-thirds grid-column-one-third "
    "grid-column-one-half template template__body link list skip-link table table-responsive details inset-text "
    "warning-callout summary-list tag footer header icon button button-group form-group fieldset label hint "
    "error-message error-summary input input-wrapper textarea select radios checkboxes date-input notification-banner "
    "breadcrumb back-link u-visually-hidden u-nowrap u-text-break-word u-secondary-text-colour".split()
) | {f"u-margin-{edge}-{size}" for edge in ("top", "bottom") for size in range(7)}

SHEETS = (
    (ROOT / "stratify" / "report" / "static" / "nhsuk.css", KEPT),
    (ROOT / "caseload" / "static" / "nhsuk.css", IN_CASE_APP),
)

_CLASS = re.compile(r"\.nhsuk-([a-z0-9-]+?)(?=__|--|[^a-z0-9_-]|$)")
_BLOCK_RULES = ("@media", "@supports", "@container")


def rules(css: str) -> list[tuple[str, str]]:
    """The rules of a style sheet, or of a block, as (what stands before the braces, what stands between them)."""
    found, depth, start, opened = [], 0, 0, 0
    for place, character in enumerate(css):
        if character == "{":
            opened = opened if depth else place
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                found.append((css[start:opened].split(";")[-1].strip(), css[opened + 1 : place]))
                start = place + 1
    return found


def selectors(prelude: str) -> list[str]:
    """The selectors of a rule, split at commas that are not inside brackets."""
    parts, depth = [""], 0
    for character in prelude:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _wanted(selector: str, kept: Set[str]) -> bool:
    return all(name in kept for name in _CLASS.findall(selector))


def _rule(prelude: str, block: str, kept: Set[str]) -> str:
    if prelude.startswith(_BLOCK_RULES):
        inner = prune(block, kept)
        return f"{prelude}{{{inner}}}" if inner else ""
    if prelude.startswith("@") or "url(" in block:
        return ""
    left = ",".join(selector for selector in selectors(prelude) if _wanted(selector, kept))
    return f"{left}{{{block}}}\n" if left else ""


def prune(css: str, kept: Set[str] = KEPT) -> str:
    """The style sheet with only the rules that name nothing but these components."""
    return "".join(_rule(prelude, block, kept) for prelude, block in rules(css))


def main(package: Path) -> int:
    """Write the pruned style sheets; returns the exit code."""
    css = (package / "dist" / "nhsuk" / f"nhsuk-frontend-{VERSION}.min.css").read_text(encoding="utf-8")
    notice = (
        f"/* NHS.UK frontend {VERSION}, a subset. MIT licence, see NHSUK-LICENCE.txt. Made by vendor_nhsuk.py. */\n"
    )
    for sheet, kept in SHEETS:
        sheet.write_text(notice + prune(css, kept), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
