"""The vendored style sheet: only what the reports may use, and nothing it would fetch."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "stratify" / "report" / "static"


@pytest.fixture(scope="module")
def vendor():
    spec = importlib.util.spec_from_file_location("vendor_nhsuk", ROOT / "scripts" / "vendor_nhsuk.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_vendored_style_fetches_nothing_and_carries_its_licence():
    style = (STATIC / "nhsuk.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@font-face|@import|https?:", style)
    assert "MIT licence" in style
    assert "Copyright (c) 2019 NHS.UK" in (STATIC / "NHSUK-LICENCE.txt").read_text(encoding="utf-8")


def test_pruning_the_vendored_style_again_changes_nothing(vendor):
    style = (STATIC / "nhsuk.css").read_text(encoding="utf-8").split("*/", 1)[1].strip()
    assert vendor.prune(style).strip() == style


def test_every_nhsuk_class_in_the_templates_is_kept(vendor):
    used = set()
    for template in (ROOT / "stratify" / "report" / "templates").glob("*.html"):
        used |= set(re.findall(r"nhsuk-([a-z0-9-]+?)(?=__|--|[^a-z0-9_-])", template.read_text(encoding="utf-8")))
    assert used <= vendor.KEPT


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".nhsuk-table{a:b}", ".nhsuk-table{a:b}"),
        (".nhsuk-hero{a:b}", ""),
        (".nhsuk-table,.nhsuk-hero .nhsuk-table{a:b}", ".nhsuk-table{a:b}"),
        ("h1{a:b}", "h1{a:b}"),
        ("@font-face{src:url(x)}h1{a:b}", "h1{a:b}"),
        (".nhsuk-table{background:url(/x.svg)}", ""),
        ("@media print{.nhsuk-hero{a:b}}", ""),
        ("@media print{.nhsuk-hero{a:b}h1{c:d}}", "@media print{h1{c:d}\n}"),
        ('@charset "UTF-8";h1{a:b}', "h1{a:b}"),
        ("h1:not(.nhsuk-hero,h2){a:b}", ""),
    ],
)
def test_rules_are_kept_or_cut(vendor, css, left):
    assert vendor.prune(css).strip() == left
