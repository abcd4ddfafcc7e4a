"""The three services by name: what runs each of them.

Of a service's code what is needed is imported when it is needed: a worker loads no web app, nothing is loaded where a
setting is wrong, and `arende web`, which becomes gunicorn, loads next to nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from shared.settings import load

if TYPE_CHECKING:
    from flask import Flask

    from services.intake.settings import Settings as IntakeSettings
    from services.notify.settings import Settings as NotifySettings
    from services.routing.settings import Settings as RoutingSettings
    from shared.bus.supervisor import Loop

SERVICES = ("intake", "routing", "notify")

SettingsT = TypeVar("SettingsT")
GivenT_contra = TypeVar("GivenT_contra", contravariant=True)
Environ = Mapping[str, str]


class App(Protocol[GivenT_contra]):
    """A service's module `app`."""

    def create_app(self, settings: GivenT_contra, /) -> "Flask":
        """Its web app."""


class Worker(Protocol[GivenT_contra]):
    """A service's module `worker`."""

    def loops(self, settings: GivenT_contra, /) -> "list[Loop]":
        """What it runs."""

    def main(self, settings: GivenT_contra, /) -> None:
        """Run them until the process is stopped."""


@dataclass(frozen=True)
class Service(Generic[SettingsT]):
    """The composition roots of one service: its web app, and its worker as loops or as a separate process."""

    name: str
    settings: type[SettingsT]
    app: Callable[[], App[SettingsT]]
    worker: Callable[[], Worker[SettingsT]]

    def load_settings(self, environ: Environ) -> SettingsT:
        """Its settings; BadSetting when one is missing or wrong, as in the other methods."""
        return load(self.settings, environ)

    def web_app(self, environ: Environ) -> "Flask":
        """Its web app."""
        settings = self.load_settings(environ)
        return self.app().create_app(settings)

    def worker_loops(self, environ: Environ) -> "list[Loop]":
        """What its worker runs."""
        settings = self.load_settings(environ)
        return self.worker().loops(settings)

    def run_worker(self, environ: Environ) -> None:
        """Run its worker until the process is stopped."""
        settings = self.load_settings(environ)
        self.worker().main(settings)


def intake() -> "Service[IntakeSettings]":
    """Submissions, and what the citizen sees of them."""
    from services.intake.settings import Settings  # noqa: PLC0415 - see the first lines

    def app() -> App[Settings]:
        from services.intake import app  # noqa: PLC0415

        return app

    def worker() -> Worker[Settings]:
        from services.intake import worker  # noqa: PLC0415

        return worker

    return Service("intake", Settings, app, worker)


def routing() -> "Service[RoutingSettings]":
    """Cases, from their queues to a decision."""
    from services.routing.settings import Settings  # noqa: PLC0415

    def app() -> App[Settings]:
        from services.routing import app  # noqa: PLC0415

        return app

    def worker() -> Worker[Settings]:
        from services.routing import worker  # noqa: PLC0415

        return worker

    return Service("routing", Settings, app, worker)


def notify() -> "Service[NotifySettings]":
    """Messages to submitters."""
    from services.notify.settings import Settings  # noqa: PLC0415

    def app() -> App[Settings]:
        from services.notify import app  # noqa: PLC0415

        return app

    def worker() -> Worker[Settings]:
        from services.notify import worker  # noqa: PLC0415

        return worker

    return Service("notify", Settings, app, worker)


def service(name: str) -> "Service[IntakeSettings] | Service[RoutingSettings] | Service[NotifySettings]":
    """The service with the name; ValueError when there is none."""
    match name:
        case "intake":
            return intake()
        case "routing":
            return routing()
        case "notify":
            return notify()
    raise ValueError(f"there is no service {name!r}")
