"""No test of `tests/unit` reaches for a socket, another process or a database."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.apart import apart

HERE = Path(__file__).parent

# Those that still do, to be moved to `tests/store` (`tests/house/test_layout.py` sees to it that this only shrinks).
NOT_YET_APART: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run what is not listed apart from everything."""
    if HERE not in item.path.parents or str(item.path.relative_to(HERE)) in NOT_YET_APART:
        return (yield)
    with apart():
        return (yield)
