"""`make soak MINUTES=10`: disruptions at random while an installation is used, and a ledger that must come out even.

Citizens submit, with photos at times, supplement and answer by mail; an officer decides; another system writes notes by
commands over the bus.

It is not a test: it runs for as long as asked, against a production installation of its own on this machine's servers.
"""

import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import make_url

from bench import scratch
from bench.installation import Installation, production
from bench.ports import free_port
from services.notify.delivery.models import NotificationState
from services.operations.registry import SERVICES
from services.routing.cases.journal import MAIL_RECEIVED
from services.routing.cases.state_machine import Action
from tests.proxies import FreezingProxy
from tests.system import ledger
from tests.system.disruptions import GARBAGE, Disruptions, small_disk, through
from tests.system.flow import Flow
from tests.system.other_ways import QUEUE, AnswersByMail, OtherSystem, Supplements
from tests.system.people import SLUG, Citizen, Officer
from tests.system.submissions import PNG, a_fault_report

CALM_SECONDS = (1.0, 6.0)  # between two disruptions
SETTLE_SECONDS = 300.0
LOST_LEASE = timedelta(seconds=60)  # longer than anything takes once nothing is disrupted
RECEIPT, DECISION = "Vi har tagit emot:", "Svar i ditt ärende"  # of the mails' subjects


@dataclass(frozen=True)
class Line:
    """One line of the ledger; it is even when what was found is what was expected."""

    what: str
    expected: int
    found: int

    @property
    def even(self) -> bool:
        """Whether it is."""
        return self.expected == self.found


@dataclass(frozen=True)
class Users:
    """Who used the installation, with what they sent."""

    flow: Flow
    system: OtherSystem
    answers: AnswersByMail
    supplements: Supplements


def soak(minutes: float, seed: int) -> bool:
    """Whether the ledger came out even; it and what happened are printed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        disk = stack.enter_context(small_disk(folder / "disk"))
        databases = {service: stack.enter_context(scratch.database()) for service in SERVICES}
        broker = stack.enter_context(scratch.broker())
        proxies = {
            "stores": stack.enter_context(_proxy(databases["intake"])),
            "broker": stack.enter_context(_proxy(broker)),
        }
        behind = {service: through(proxies["stores"], url) for service, url in databases.items()}
        lmtp = {"NOTIFY_LMTP": f"127.0.0.1:{free_port()}"}
        running = stack.enter_context(production(folder / "disk", behind, through(proxies["broker"], broker), lmtp))
        direct = {f"{service.upper()}_DATABASE_URL": url for service, url in databases.items()}
        watched = replace(running, environ=running.environ | direct | {"ARENDE_BROKER_URL": broker})
        disruptions = Disruptions(watched, random.Random(seed), proxies, disk)
        system = OtherSystem(watched)
        system.make_known()
        with system:
            with (
                Flow(watched, _with_photo_at_times, calm=0.4) as flow,
                _decisions(watched),
                AnswersByMail(watched) as answers,
                Supplements(watched, flow) as supplements,
            ):
                happened = _disrupt(disruptions, minutes)
            users = Users(flow, system, answers, supplements)
            lines = _settled(disruptions, users, garbage=happened[GARBAGE])
    for what, times in sorted(happened.items()):
        print(f"{times:6}  {what}")
    for line in lines:
        print(f"{line.what:50} expected {line.expected:6}  found {line.found:6}  {'even' if line.even else 'NOT EVEN'}")
    return all(line.even for line in lines)


@contextmanager
def _proxy(url: str) -> Iterator[FreezingProxy]:
    address = make_url(url)
    proxy = FreezingProxy(address.host or "127.0.0.1", address.port or {"amqp": 5672}.get(address.drivername, 5432))
    with proxy.serving():
        yield proxy


def _with_photo_at_times(citizen: Citizen) -> dict[str, Any]:
    """Each third report comes with a photo, sent until it is received."""
    if random.random() > 1 / 3:
        return a_fault_report()
    while True:
        try:
            answer = citizen.client.post(
                citizen.api(SLUG, "attachments"),
                params={"eservice": "felanmalan", "field": "photo"},
                files={"file": ("lampa.png", PNG, "image/png")},
            )
            if answer.is_success:
                return a_fault_report() | {"attachments": {"photo": [answer.json()["id"]]}}
        except httpx.TransportError:
            pass
        time.sleep(0.1)


@contextmanager
def _decisions(installation: Installation) -> Iterator[None]:
    """An officer decides case after case meanwhile, whatever of it fails."""
    over = threading.Event()

    def decide() -> None:
        officer = Officer(installation)
        while not over.wait(0.1):
            try:
                _decide_next(officer)
            except (httpx.HTTPError, ValueError):
                over.wait(1)

    thread = threading.Thread(target=decide)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _decide_next(officer: Officer) -> None:
    claimed = officer.client.post(
        officer.installation.url("/routing/api/v1/queues/belysning/claims"), headers={"Idempotency-Key": str(uuid4())}
    )
    if claimed.status_code == 201:
        result = claimed.json()
        officer.perform({"id": result["case_id"], "version": result["version"]}, "decisions", outcome="atgardat")


def _disrupt(disruptions: Disruptions, minutes: float) -> Counter[str]:
    """Each of them once in every round, in another order."""
    until = time.monotonic() + 60 * minutes
    happened: Counter[str] = Counter()
    left: list[str] = []
    while time.monotonic() < until:
        time.sleep(disruptions.chance.uniform(*CALM_SECONDS))
        every = disruptions.all()
        left = left or disruptions.chance.sample(list(every), len(every))
        name = left.pop()
        print(f"{time.strftime('%T')} {name}", file=sys.stderr)
        every[name]()
        happened[name] += 1
    return happened


def _settled(disruptions: Disruptions, users: Users, *, garbage: int) -> list[Line]:
    """The ledger once it is even, or as it is when it has had its time."""
    for process in disruptions.installation.processes.values():
        process.wait_until_ready()
    give_up_at = time.monotonic() + SETTLE_SECONDS
    while True:
        ledger.let_old_leases_run_out(disruptions.installation, taken_for=LOST_LEASE)
        lines = [
            *_cases_and_receipts(disruptions.installation, users.flow),
            *_other_ways(disruptions.installation, users),
            *_mails(disruptions, users.flow),
            *_rest(disruptions, garbage),
        ]
        if all(line.even for line in lines) or time.monotonic() > give_up_at:
            return lines
        time.sleep(1)


def _cases_and_receipts(installation: Installation, flow: Flow) -> list[Line]:
    known = ledger.submissions(installation)
    accepted = {known[reference] for reference in flow.references if reference in known}
    cases, receipts = ledger.cases(installation), ledger.receipts(installation)
    sent = len(flow.references)
    return [
        Line("submissions accepted, of those sent", len(flow.keys), sent),
        Line("submissions stored", sent, ledger.stored_by(installation, flow.keys)),
        Line("references, each another's", sent, len(accepted)),
        Line("cases, one for each", sent, sum(cases[each] for each in accepted)),
        Line("submissions without exactly one case", 0, sum(cases[each] != 1 for each in accepted)),
        Line("receipts, one for each", sent, sum(receipts[each] for each in accepted)),
        Line("submissions without exactly one receipt", 0, sum(receipts[each] != 1 for each in accepted)),
    ]


def _other_ways(installation: Installation, users: Users) -> list[Line]:
    """Commands by the case that each was about, and by their ids; mails and supplements by what they say."""
    replies = dict(users.system.replies)
    given, noted = ledger.cases_in(installation, QUEUE), ledger.notes_by_systems(installation)
    mails = ledger.texts_in_journals(installation, MAIL_RECEIVED)
    supplements = ledger.texts_in_journals(installation, Action.RECEIVE_SUPPLEMENT)
    sent, more = users.answers.answered, users.supplements.received
    lost = len(users.answers.rejected) + ledger.unplaced(installation)
    return [
        Line("cases given to another system, each noted once", len(given), sum(noted[each] == 1 for each in given)),
        Line("notes of another system, one for each command", len(replies), noted.total()),
        Line(
            "commands performed, the same reply each time",
            len(replies),
            sum("state" in each[0] and all(other == each[0] for other in each) for each in replies.values()),
        ),
        Line("answers by mail, each once in its case", len(sent), sum(mails[each] == 1 for each in sent)),
        Line("answers by mail in all", len(sent), mails.total()),
        Line("answers by mail that were rejected or wait", 0, lost),
        Line("supplements with a file, stored", len(more), ledger.supplements(installation, more)),
        Line("supplements, each once in its case", len(more), sum(supplements[each] == 1 for each in more)),
        Line("supplements in all", len(more), supplements.total()),
    ]


def _mails(disruptions: Disruptions, flow: Flow) -> list[Line]:
    """By Message-ID what was sent, and once; by what the mails themselves say, one of each kind for a submission."""
    installation = disruptions.installation
    notified = ledger.notifications(installation)
    mails = ledger.mails(installation)
    by_id = Counter(mail.notification for mail in mails)
    about = Counter((mail.reference, mail.subject) for mail in {mail.notification: mail for mail in mails}.values())
    decided = ledger.decided(installation)
    decision_mails = Counter(each.submission for each in notified.values() if each.message == "decided")
    return [
        Line(
            "notifications delivered",
            len(notified),
            sum(each.state == NotificationState.DELIVERED for each in notified.values()),
        ),
        Line("mails, one for each notification", len(notified), len(by_id.keys() & notified.keys())),
        Line("mails of no notification", 0, len(by_id.keys() - notified.keys())),
        Line("receipt mails, by their text", len(flow.references), sum(RECEIPT in subject for _, subject in about)),
        Line("decision mails, by their text", decided.total(), sum(DECISION in subject for _, subject in about)),
        Line(
            "decisions without exactly one notification",
            0,
            len(decided - decision_mails) + len(decision_mails - decided),
        ),
        Line("mails of one kind about a submission, too many", 0, sum(number - 1 for number in about.values())),
        Line(
            "mails sent again, but for those under way at a kill",
            0,
            sum(number - 1 for each, number in by_id.items() if each not in disruptions.again),
        ),
    ]


def _rest(disruptions: Disruptions, garbage: int) -> list[Line]:
    installation = disruptions.installation
    whole = ledger.attachments(installation)
    return [
        Line("attachments whole, of those claimed", len(whole), sum(whole.values())),
        Line("events not published", 0, ledger.events_on_their_way(installation)),
        Line(
            "failed events: the garbage alone",
            garbage * len(SERVICES),
            sum(ledger.failed_events(installation).values()),
        ),
        Line("processes that did not stop in time", 0, disruptions.slow_stops),
    ]


if __name__ == "__main__":
    minutes = float(sys.argv[1])
    seed = int(os.environ.get("SEED") or time.time())
    print(f"SEED={seed}", file=sys.stderr)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    sys.exit(not soak(minutes, seed))
