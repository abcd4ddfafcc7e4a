"""The stores that a command opens: their connections are closed when it ends, also where the process lives on."""

from collections.abc import Mapping

import click

from services.operations.registry import SERVICES
from services.operations.stores import Store, Stores, store


def open_store(service: str, environ: Mapping[str, str]) -> Store:
    """Open the service's store; BadSetting when the environment names none, or a wrong one."""
    opened = store(service, environ)
    click.get_current_context().call_on_close(opened.database.engine.dispose)
    return opened


def open_stores(environ: Mapping[str, str]) -> Stores:
    """All three by the service's name; BadSetting as above."""
    return {service: open_store(service, environ) for service in SERVICES}
