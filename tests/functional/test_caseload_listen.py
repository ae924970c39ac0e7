"""`caseload listen` and `caseload replay` as whoever runs them meets them."""

import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import hl7
import pytest
from hl7.client import MLLPClient
from sqlalchemy import select

from caseload.database import open_database
from caseload.migrations.running import upgrade
from caseload.secrets import Secrets
from caseload.settings import child_environment
from caseload.store import Store
from caseload.tables import HospitalMessage
from interfaces.hl7v2.mllp import framed
from tests.support.case_app import make_town
from tests.support.certificates import Authority
from tests.support.hl7_messages import message, sent
from tests.support.patience import PATIENCE, until
from tests.support.postgres import postgres_url
from tests.support.sqlite import sqlite_url
from tests.support.warm_command import one_warm_command

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret that only tests know, long enough"
FEEDS = """
version = "test"
[[feed]]
name = "royal"
provider_code = "RYX"
made_up_numbers = true
sender = [{ application = "ROYALPAS", facility = "RYX" }]
"""
COMMAND = [sys.executable, "-m", "caseload"]


@pytest.fixture
def config(tmp_path):
    """A folder of configuration with one feed."""
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder)
    (folder / "hospital_feeds.toml").write_text(FEEDS)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgres_url() as address:
        yield address


@pytest.fixture
def store(url):
    engine = open_database(url)
    upgrade(engine)
    yield Store(engine, Secrets.of(SECRET))
    engine.dispose()


@pytest.fixture
def environment(config):
    return child_environment(CARETIER_CONFIG=str(config), CARETIER_SECRET_KEY=SECRET)


@contextmanager
def listener(url, environment, *options):
    """The command while the block lasts, with where it listens."""
    command = [*COMMAND, "listen", "--port", "0", "--database", url, *map(str, options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        said = process.stdout.readline()
        found = re.fullmatch(r"Listening for HL7 v2 over MLLP(?: with TLS)? at (\S+):(\d+)\n", said)
        assert found, (said, process.communicate(timeout=PATIENCE))
        process.port = int(found[2])
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def caseload(environment, *arguments):
    """The command, in a process of its own whose modules are loaded already."""
    return one_warm_command("caseload.intake.hospital.replay")([*map(str, arguments)], "", environment)


def cold(environment, *arguments):
    """The command as a shell starts it."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment
    )


def acknowledged(port, raw):
    with MLLPClient("127.0.0.1", port) as client:
        return str(hl7.parse(client.send_message(raw).strip(b"\x0b\x1c\r")).segment("MSA")[1])


def states(store):
    with store.reading() as session:
        return session.execute(select(HospitalMessage.state).order_by(HospitalMessage.id)).scalars().all()


@pytest.mark.slow
def test_a_listener_from_its_ready_line_to_its_end(url, store, environment, tmp_path):
    town = make_town(store)
    figures = tmp_path / "caseload.prom"
    environment |= {"CARETIER_HOSPITAL_METRICS_SECONDS": "0.2"}
    known = message(pid={3: f"{town.nhs_numbers[1]}^^^NHS^NH", 5: "FAMILY1^GIVEN1"})
    with listener(url, environment, "--metrics", figures) as process:
        assert acknowledged(process.port, known.encode()) == "AA"
        assert acknowledged(process.port, sent(control_id="2", pid={7: "x"})) == "AE"
        assert until(lambda: "received" not in states(store))
        process.send_signal(signal.SIGTERM)
        said, log = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (0, "")
    assert states(store)[1] == "held"
    assert states(store)[0] != "received"
    assert 'caseload_hospital_messages_total{feed="royal",outcome="taken"} 1' in figures.read_text()
    for value in (town.nhs_numbers[1], "FAMILY1", "GIVEN1", "TESTPERSON", "A123456"):
        assert value not in log
        assert value not in figures.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_listener_that_speaks_tls_and_ends_with_the_keyboard(url, store, environment, tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.certify("listener")
    with listener(url, environment, "--tls-cert", certificate, "--tls-key", key, "--tls-ca", authority.file) as process:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 130


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--feed", "elsewhere"], 3, "Choose one of: royal."),
        (["--tls-cert", "none.pem"], 3, "--tls-key"),
        (["--tls-cert", "none.pem", "--tls-key", "none.key"], 3, "Check what --tls-cert"),
        (["--host", "192.0.2.1"], 5, "--host"),
        (["--metrics", "none/of/these"], 5, "Name a file in a folder of yours"),
    ],
)
@pytest.mark.slow
def test_options_that_cannot_be_used(url, store, environment, options, code, says):
    done = caseload(environment, "listen", "--port", "0", "--database", url, *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_installation_without_a_feed(url, store, environment, config):
    (config / "hospital_feeds.toml").write_text('version = "test"\n')
    for command in (["listen", "--port", "0"], ["replay", "none"]):
        done = caseload(environment, *command, "--database", url)
        assert done.returncode == 3
        assert "a feed in config/hospital_feeds.toml" in done.stderr


@pytest.mark.slow
def test_a_replay(url, store, environment, tmp_path):
    """On PostgreSQL by two processes."""
    make_town(store)
    file = tmp_path / "messages.hl7"
    file.write_bytes(b"".join(sent(control_id=f"C{n}") for n in range(20)))
    done = cold(environment, "replay", file, "--database", url, "--processes", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Messages: 20 taken, 0 here already, 0 refused.\nActed on now: 20 ")
    assert "received" not in states(store)
    again = caseload(environment, "replay", file, "--database", url)
    assert again.stdout == "Messages: 0 taken, 20 here already, 0 refused.\nActed on now: none.\n"


@pytest.mark.slow
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_replay_of_which_something_is_refused(url, store, environment, tmp_path):
    file = tmp_path / "messages.hl7"
    file.write_bytes(framed(sent()) + framed(sent(control_id="2", pid={7: "x"})))
    done = caseload(environment, "replay", file, "--database", url, "--feed", "royal")
    assert done.returncode == 1
    assert "Messages: 1 taken, 0 here already, 1 refused.\n  refused: 1 date\n" in done.stdout
    assert caseload(environment, "replay", tmp_path / "none", "--database", url).returncode == 1
