"""No test of `tests/unit` reaches for a socket, another process or a database."""

from collections.abc import Generator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from tests.apart import apart

HERE = Path(__file__).parent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Set up what stands here apart from everything; when it ends, a session's fixtures may end too."""
    with _apart_if_here(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Run what stands here apart from everything."""
    with _apart_if_here(item):
        return (yield)


def _apart_if_here(item: pytest.Item) -> AbstractContextManager[None]:
    return apart() if item.path.is_relative_to(HERE) else nullcontext()
