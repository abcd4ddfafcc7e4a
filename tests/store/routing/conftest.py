"""Routing's store and how to fill it, for tests that stand here."""

from tests.unit.routing.conftest import alvdalen, clock, desk, hear, organisations, store  # noqa: F401
