"""`caseload serve` is back within seconds after a crash because it loads nothing that it does not need to answer."""

import subprocess
import sys

import pytest

NOT_NEEDED = {
    "alembic", "authlib", "duckdb", "lightgbm", "matplotlib", "numpy", "pandas", "pyarrow", "requests", "scipy", "sklearn",
    "weasyprint", "xlsxwriter",
}  # fmt: skip
SERVING = """
import sys
from caseload import commands, serving
from caseload.opening import opened_store, set_up
from caseload.settings import settings_with

settings = settings_with(database_url=sys.argv[1])
if sys.argv[2:]:
    set_up(settings)
else:
    def answer(app, **options):
        assert app.test_client().get("/healthz").status_code == 200
        print(*{name.partition(".")[0] for name in sys.modules})

    serving.serve_app = answer
    commands.serve(database=sys.argv[1])
"""


@pytest.mark.slow
def test_serving_loads_nothing_it_does_not_need(tmp_path):
    command = [sys.executable, "-c", SERVING, f"sqlite:///{tmp_path}/case.sqlite"]
    subprocess.run([*command, "set up"], check=True)
    served = subprocess.run(command, check=True, capture_output=True, text=True)
    loaded = set(served.stdout.split())
    assert "flask" in loaded
    assert loaded & NOT_NEEDED == set()
