"""Routing's worker as a process of its own, which a certain note kills as too little memory would."""

import os
import signal
import threading
from dataclasses import replace
from typing import Any

from services.routing.actions.registry import DEFINITIONS
from services.routing.cases.state_machine import Action
from services.routing.settings import Settings
from services.routing.worker import loops
from shared.bus import commands
from shared.bus.commands import CommandConsumer
from shared.bus.supervisor import Supervisor

FATAL = "dödlig"


def run(settings: Settings) -> None:
    """Be the worker, as far as commands go, until the end."""
    commands.LONGEST_WAIT = 0.05
    note = DEFINITIONS[Action.NOTE]

    def perform(context: Any, on: Any, data: Any) -> Any:
        if data["text"] == FATAL:
            os.kill(os.getpid(), signal.SIGKILL)
        return note.perform(context, on, data)

    DEFINITIONS[Action.NOTE] = replace(note, perform=perform)
    stop = threading.Event()
    Supervisor(stop).start([each for each in loops(settings) if isinstance(each, CommandConsumer)])
    stop.wait()
