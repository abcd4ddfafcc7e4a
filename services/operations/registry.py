"""The three services by name: what runs each of them. A service's code is imported when it is looked up, not before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from shared.bus.supervisor import Loop
from shared.settings import load

if TYPE_CHECKING:
    from flask import Flask

    from services.intake.settings import Settings as IntakeSettings
    from services.notify.settings import Settings as NotifySettings
    from services.routing.settings import Settings as RoutingSettings

SERVICES = ("intake", "routing", "notify")

SettingsT = TypeVar("SettingsT")
Environ = Mapping[str, str]


@dataclass(frozen=True)
class Service(Generic[SettingsT]):
    """The composition roots of one service: its web app, and its worker as loops or as a separate process."""

    name: str
    settings: type[SettingsT]
    create_app: Callable[[SettingsT], "Flask"]
    loops: Callable[[SettingsT], list[Loop]]
    main: Callable[[SettingsT], None]

    def load_settings(self, environ: Environ) -> SettingsT:
        """Its settings; BadSetting when one is missing or wrong, as in the other methods."""
        return load(self.settings, environ)

    def web_app(self, environ: Environ) -> "Flask":
        """Its web app."""
        return self.create_app(self.load_settings(environ))

    def worker_loops(self, environ: Environ) -> list[Loop]:
        """What its worker runs."""
        return self.loops(self.load_settings(environ))

    def run_worker(self, environ: Environ) -> None:
        """Run its worker until the process is stopped."""
        self.main(self.load_settings(environ))


def intake() -> "Service[IntakeSettings]":
    """Submissions, and what the citizen sees of them."""
    from services.intake import app, settings, worker  # noqa: PLC0415 - see the first line

    return Service("intake", settings.Settings, app.create_app, worker.loops, worker.main)


def routing() -> "Service[RoutingSettings]":
    """Cases, from their queues to a decision."""
    from services.routing import app, settings, worker  # noqa: PLC0415

    return Service("routing", settings.Settings, app.create_app, worker.loops, worker.main)


def notify() -> "Service[NotifySettings]":
    """Messages to submitters."""
    from services.notify import app, settings, worker  # noqa: PLC0415

    return Service("notify", settings.Settings, app.create_app, worker.loops, worker.main)


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
