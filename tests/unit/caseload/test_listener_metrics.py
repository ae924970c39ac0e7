"""The figures of a listener, as Prometheus reads them."""

import pytest

from caseload.intake.hospital.metrics import NAMES, Metrics, write_metrics


@pytest.fixture
def metrics():
    told = Metrics()
    told.count("messages_total", feed="royal", outcome="taken")
    told.count("messages_total", 2, feed="royal", outcome="taken")
    told.count("messages_total", feed='odd "name"\n\\', outcome="refused")
    told.gauge("connections", 3)
    told.gauge("connections", 2)
    for seconds in (0.0005, 0.001, 0.3, 99):
        told.answered(seconds)
    return told


def test_counts_add_up_and_gauges_are_the_last(metrics):
    assert metrics.value("messages_total", feed="royal", outcome="taken") == 3
    assert metrics.value("messages_total") == 4
    assert metrics.value("connections") == 2


def test_the_text(metrics):
    text = metrics.text()
    lines = text.splitlines()
    assert 'caseload_hospital_messages_total{feed="royal",outcome="taken"} 3' in lines
    assert 'caseload_hospital_messages_total{feed="odd \\"name\\"\\n\\\\",outcome="refused"} 1' in lines
    assert "caseload_hospital_connections 2" in lines
    buckets = dict(line.rsplit(" ", 1) for line in lines if "_bucket" in line)
    assert [buckets[f'caseload_hospital_answer_seconds_bucket{{le="{most}"}}'] for most in ("0.001", "0.25", "0.5")] == [
        "2", "2", "3",
    ]  # fmt: skip
    assert buckets['caseload_hospital_answer_seconds_bucket{le="30"}'] == "3"
    assert buckets['caseload_hospital_answer_seconds_bucket{le="+Inf"}'] == "4"
    assert "caseload_hospital_answer_seconds_count 4" in lines
    assert "caseload_hospital_answer_seconds_sum 99.301500" in lines
    assert text.endswith("\n")
    for name, (kind, _meaning) in NAMES.items():
        assert f"# TYPE caseload_hospital_{name} {kind}" in lines


def test_the_line(metrics):
    assert metrics.line() == ("messages=4 refusals=0 applied=0 store_failures=0 received_messages=0")


def test_a_figure_nobody_has_named(metrics):
    with pytest.raises(KeyError):
        metrics.count("surprises_total")
    with pytest.raises(KeyError):
        metrics.gauge("surprises", 1)


def test_the_file_is_all_of_the_old_or_all_of_the_new(metrics, tmp_path):
    file = tmp_path / "caseload.prom"
    file.write_text("old")
    write_metrics(metrics, file)
    assert file.read_text() == metrics.text()
    assert [path.name for path in tmp_path.iterdir()] == ["caseload.prom"]
    with pytest.raises(OSError):  # noqa: PT011 - whatever the system says
        write_metrics(metrics, tmp_path / "none" / "file")
