"""A routing service with work waiting, for the desk's pages to be seen with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from services.routing.app import create_app
from services.routing.cases.models import Case
from services.routing.macros import edit
from services.routing.macros.edit import MacroContent
from services.routing.macros.models import Macro
from services.routing.macros.steps import Step
from services.routing.models import FailedEvent, Inbox, Outbox
from services.routing.organisation import loader
from services.routing.organisation.officers import Officer
from services.routing.rules import versions
from services.routing.settings import Settings
from services.routing.standard_texts.edit import TextContent, create
from services.routing.worker import handlers
from shared.bus.event_processor import EventProcessor, Tables
from shared.database import Database
from shared.events.intake import Answer, AnswerPosition, Attachment, Deadline, Handling, Outcome, SubmissionReceived
from tests.browser.origin import Wsgi
from tests.builders import NOON, HandClock, a_submission, received
from tests.stores import migrated

MUNICIPALITIES = Path("municipalities")
ESERVICES = Path("eservices")
REPORTED = (
    (
        "street_light",
        "Gatubelysning",
        "Street light",
        "Lampan utanför skolan är släckt sedan en vecka.",
    ),
    ("road", "Gata eller väg", "Street or road", "Ett djupt hål mitt i körbanan, strax före bron."),
    ("park", "Park eller lekplats", "Park or playground", "En gunga har lossnat i ena kedjan."),
    ("other", "Något annat", "Something else", "Det ligger en båt övergiven vid badplatsen."),
)
FAULT_HANDLING = Handling(
    board="TN",
    legal_regime="faktiskt_handlande",
    registration="halls_ordnad",
    outcomes=[
        Outcome("atgardat", {"sv": "Åtgärdat", "en": "Mended"}),
        Outcome("atgardas_ej", {"sv": "Åtgärdas inte", "en": "Will not be mended"}),
        Outcome("annan_vaghallare", {"sv": "Någon annan ansvarar", "en": "Someone else is responsible"}),
    ],
    deadline=Deadline(10, "working_days", {"sv": "kommunens servicelöfte", "en": "the municipality’s promise"}),
)
PLACES = ("Dalgatan 31, Älvdalen", "Särnavägen vid bron", "Idre, korsningen vid kyrkan", "Åsen, badplatsen")


@dataclass
class RoutingService:
    """The service's store and clock, and what a test may do beside the browser."""

    url: str
    store: Database
    clock: HandClock
    table: Any
    documents: Path

    def app(self, origin: str, *, issuer: str | None = None, **settings: Any) -> Wsgi:
        """The web app, as production has it; its OpenID provider is at the origin too, unless it is elsewhere."""
        chosen = Settings(
            database_url=self.url,
            broker_url="memory://",
            event_keys=(),
            public_url=origin,
            link_key="l" * 32,
            secret_key="s" * 32,
            oidc_issuer=issuer or origin,
            oidc_client_id="desk",
            oidc_client_secret="secret",
            documents=self.documents,
            **settings,
        )
        return create_app(chosen, clock=self.clock).wsgi_app

    def receive_all(self, submissions: Iterable[SubmissionReceived]) -> None:
        """Have the submissions registered, in their order."""
        events = [received(each, at=each.received_at) for each in submissions]
        tables = Tables(Outbox, Inbox, FailedEvent)
        EventProcessor("routing", self.store.sessions, tables, self.table, self.clock).handle(events)

    def receive(self, submission: SubmissionReceived) -> Case:
        """Have the submission registered; its case."""
        self.receive_all([submission])
        with self.store.sessions() as session:
            return session.scalars(select(Case).where(Case.submission_id == submission.submission_id)).one()

    def cases(self, **having: Any) -> Sequence[Case]:
        """The cases with these values, by number."""
        with self.store.sessions() as session:
            return session.scalars(select(Case).filter_by(**having).order_by(Case.number)).all()


def a_routing_service(folder: Path) -> RoutingService:
    """A service of its own with an empty store in the folder."""
    clock = HandClock()
    url = f"sqlite:///{folder}/routing.sqlite"
    store = migrated(url, "routing")
    organisations = {
        code: versions.adopt(each, sessions=store.sessions, now=clock())
        for code, each in loader.load(MUNICIPALITIES, ESERVICES).items()
    }
    documents = folder / "documents"
    documents.mkdir()
    return RoutingService(url, store, clock, handlers(lambda: organisations, clock), documents)


def a_standard_text(service: RoutingService, **changes: Any) -> None:
    """A standard text for replies to fault reports, beside those that are there."""
    content = TextContent(
        "Åtgärdat",
        "decide",
        {"sv": "Felet i {case_number} är åtgärdat.\n\n{officer}", "en": "{case_number} is mended.\n\n{officer}"},
        eservice="felanmalan",
        outcome="atgardat",
    )
    organisation = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
    somebody = Officer("eva", "Eva Ek", "2039", None)
    create(somebody, replace(content, **changes), organisation, sessions=service.store.sessions, now=service.clock())


def a_macro(
    service: RoutingService, name: str, *steps: tuple[str, dict[str, Any]], eservice: str | None = "felanmalan"
) -> Macro:
    """A macro for fault reports, or another e-service: each step an action with its values."""
    content = MacroContent(name, [Step(*each) for each in steps], eservice=eservice)
    organisation = loader.load(MUNICIPALITIES, ESERVICES)["2039"]
    somebody = Officer("eva", "Eva Ek", "2039", None)
    return edit.create(somebody, content, organisation, sessions=service.store.sessions, now=service.clock())


def fault_report(number: int, position: AnswerPosition | None = None, **changes: Any) -> SubmissionReceived:
    """One of many fault reports, the higher the number the older; every other one anonymous."""
    category, swedish, english, text = REPORTED[number % len(REPORTED)]
    photo = Attachment(uuid4(), "photo", "bild från platsen.jpg", "image/jpeg", 1_840_000, "0" * 64)
    return a_submission(
        eservice="felanmalan",
        email=None if number % 2 else "kim.karlsson@example.org",
        eservice_title={"sv": "Felanmälan gata, park och belysning", "en": "Report a fault"},
        title={"sv": f"Felanmälan: {swedish.lower()}", "en": f"Fault report: {english.lower()}"},
        received_at=NOON - timedelta(hours=9 * number),
        handling=FAULT_HANDLING,
        facts={"category": category},
        answers=[
            Answer("category", {"sv": "Vad gäller det?", "en": "What is it about?"}, {"sv": swedish, "en": english}),
            Answer(
                "place",
                {"sv": "Var är felet?", "en": "Where is the fault?"},
                {"sv": PLACES[number % len(PLACES)]},
                position=position,
            ),
            Answer("description", {"sv": "Beskriv felet", "en": "Describe the fault"}, {"sv": text}),
        ],
        attachments=[] if number % 3 else [photo],
        **changes,
    )


def building_permit(**changes: Any) -> SubmissionReceived:
    """An application that förvaltningslagen applies to, with a drawing."""
    extend = {"sv": "Bygga till", "en": "Extend"}
    return a_submission(
        answers=[
            Answer("property", {"sv": "Fastighet", "en": "Property"}, {"sv": "Älvdalen Holen 4:12"}),
            Answer("measure", {"sv": "Vad vill du göra?", "en": "What do you want to do?"}, extend),
        ],
        attachments=[Attachment(uuid4(), "site_plan", "situationsplan.pdf", "application/pdf", 412_000, "1" * 64)],
        **changes,
    )
