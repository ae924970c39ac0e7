"""A snapshot is made with the configuration of the fit: its code lists and its units."""

from datetime import date

import pytest

from stratify import snapshot


class Asked(Exception):
    """Stops at the call that is looked at."""


def test_a_snapshot_is_made_with_the_code_lists_of_the_fit(monkeypatch, tmp_path):
    def build_features(zone, index_date, *, connection, names, config):
        raise Asked(config)

    monkeypatch.setattr(snapshot, "build_features", build_features)
    with pytest.raises(Asked) as stopped:
        snapshot.read_snapshot(None, date(2026, 1, 1), ["age_years"], None, tmp_path)
    assert stopped.value.args == (tmp_path,)
