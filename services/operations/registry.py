"""The three services by name, none imported before it is asked for."""

from importlib import import_module
from typing import Any

SERVICES = ("intake", "routing", "notify")


def part(service: str, module: str) -> Any:
    """A module of a service: `part("intake", "app")`."""
    return import_module(f"services.{service}.{module}")
