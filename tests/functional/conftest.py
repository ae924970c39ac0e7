"""What the functional tests may be told on the command line."""


def pytest_addoption(parser):
    """`pytest tests/functional/test_every_page_in_a_browser.py --screenshots FOLDER` keeps a picture of every page."""
    parser.addoption("--screenshots", default=None, help="keep a picture of every page, at every width, in this folder")
    parser.addoption(
        "--every-width", action="store_true", help="ask axe-core at every width in every state of every page"
    )
