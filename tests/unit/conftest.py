"""No test of `tests/unit` reaches for a socket, another process or a database."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.apart import apart

HERE = Path(__file__).parent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run what stands here apart from everything. pytest asks of every item, wherever it is."""
    if not item.path.is_relative_to(HERE):
        return (yield)
    with apart():
        return (yield)
