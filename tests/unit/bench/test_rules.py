"""Rules are measured as routing has them today."""

import pytest

from bench import rules


def test_each_figure_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "RULES", 200)

    assert all(figure.value > 0 for figure in rules.measure())
