"""No input costs much more processor time than an ordinary one of its size, at any endpoint of any service."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from time import process_time
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from services.intake.drafts.draft_key import DraftKey
from services.notify import app as notify_app
from services.routing import app as routing_app
from services.routing.bulk.order import Order, place
from services.routing.bulk.selections import ChosenCase, keep
from services.routing.cases.models import Case
from services.routing.cases.state_machine import Action
from services.routing.desk import sessions as desk_sessions
from services.routing.directory.absences import AbsenceRequest, enter_absence
from services.routing.directory.find import as_officer, known_officer
from services.routing.directory.hand_over import HandOverRequest, begin
from services.routing.directory.record import record
from services.routing.macros.edit import MacroContent
from services.routing.macros.edit import create as create_macro
from services.routing.macros.steps import Step
from services.routing.models import FailedEvent, Inbox, Outbox
from services.routing.organisation import loader
from services.routing.organisation.officers import Officer
from services.routing.organisation.organisation import Organisation
from services.routing.reminders import reminders
from services.routing.rules import versions
from services.routing.saved_filters.filters import QueueFilters
from services.routing.standard_texts.edit import TextContent, create
from services.routing.subtasks import subtasks
from services.routing.worker import handlers
from shared.bus.event_processor import EventProcessor, Tables
from shared.clock import utc_now
from shared.database import Database
from shared.web.identity import Identity
from shared.web.names import ANY
from tests.builders import HandClock, a_submission, an_attachment, received
from tests.notify import NOTIFICATION_ID, notify_settings
from tests.openid import Provider, a_provider
from tests.store.intake.harness import Intake
from tests.store.routing.casework import ANNA, ESERVICES, MUNICIPALITIES, only, settings_of
from tests.stores import migrated
from tests.system.submissions import a_building_permit_application, a_fault_report, a_proposal

RATIO = 30  # between the dearest input and an ordinary one
LEAST_SECONDS = 0.004  # of an ordinary request: what takes less is bound by the request itself
JSON_BYTES, FORM_BYTES, QUERY_BYTES, HEADER_BYTES, PATH_BYTES = 990_000, 480_000, 4_000, 8_000, 3_000
JSON, URLENCODED, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=B"
WORDS = "Lampan på gatan är släckt sedan i går kväll. "

MARKS = "e\u0301\u0323"
EVIL_TEXTS = {
    "combining marks": MARKS,
    "combining marks, thirty a letter": "e" + "\u0323\u0301" * 15,
    "decomposed letters": "a\u030a",
    "unseen characters": "\u200b",
    "joiners": "ی\u200c",
    "marks between unseen characters": "e\u0301\u200b",
    "bytes of another encoding": "\x96",
    "digits": "9",
    "digits and blanks": "1 ",
    "blanks": " ",
    "line ends": "\r\n",
    "at signs": "a@",
    "dots": "a.",
    "colons": "a:",
    "slashes": "/",
    "quotes": '\\"',
    "markup": '<&">',
    "placeholders": "%(label)s{min}",
}
HEADERS = (
    "Accept-Language",
    "Cookie",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Range",
    "Traceparent",
    "X-Forwarded-For",
    "X-Request-ID",
    "Content-Type",
)
HEADER_TEXTS = ('"', "a,", "a;", "a=1;", 'a="\\"', "a-b-c,", 'W/"1",', "sv;q=0.1,", "9", "1.1.1.1, ", "a.b.", "*0*=a;")


@dataclass(frozen=True)
class Input:
    """What is sent: the options of a request, and the name to report it by."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Service:
    """One service's app, an address of something real for each of its routes, and the names that it knows."""

    app: Flask
    arguments: Mapping[str, Any]
    names: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    inputs_of: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    answers: tuple[Mapping[str, Any], ...] = ()
    sign_in: Callable[[str], Mapping[str, Any]] = lambda _: {}

    def endpoints(self) -> Iterator[tuple[Rule, str]]:
        """Every route with each of its methods."""
        for rule in self.app.url_map.iter_rules():
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule, method

    def seconds(self, rule: Rule, method: str, sent: Input) -> float:
        """The processor time of a request."""
        return self.send(rule, method, sent)[0]

    def send(self, rule: Rule, method: str, sent: Input) -> tuple[float, TestResponse]:
        """The processor time of a request, and the answer. Whoever sends it is signed in."""
        given = {**self.arguments, **sent.arguments}
        path = self.app.url_map.bind("").build(rule.endpoint, {name: given[name] for name in rule.arguments}, method)
        options = {**sent.options, "headers": {**self.headers, **sent.options.get("headers", {})}}
        client = self.app.test_client()
        if begun := self.sign_in(rule.endpoint):
            with client.session_transaction() as session:
                session.update(begun)
        began = process_time()
        answer = client.open(path, method=method, **options)
        answer.close()
        return process_time() - began, answer


def repeated(text: str, size: int) -> str:
    """The text again and again, of so many bytes in UTF-8; what begins with a letter has it once where marks follow."""
    head = text[0] if text[1:].startswith("\u0301\u0323") else ""
    tail = text[len(head) :]
    return head + tail * (size // len(tail.encode()))


def evil_texts(size: int) -> Iterator[tuple[str, str]]:
    """Each kind of text, of that size."""
    for name, text in EVIL_TEXTS.items():
        yield name, repeated(text, size)


def evil_json(service: Service, rule: Rule) -> Iterator[Input]:
    """Bodies of JSON: each kind of text at every name that the body may have, by its schema, or else at every known."""
    names = json_names(service.app.view_functions[rule.endpoint]) or service.names
    for kind, text in evil_texts(JSON_BYTES // len(names)):
        yield json_body(f"{kind} in each member", dict.fromkeys(names, text))
    for submission in service.answers if rule.rule.endswith("/submissions") else ():
        yield from _evil_answers(submission)


def json_names(view: Any) -> list[str]:
    """The names that a view's body may have by its schema."""
    documented = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    schemas = [each["schema"] for each in documented if each["in"] == "json"]
    bodies = [each() if isinstance(each, type) else each for each in schemas]
    return [named.data_key or name for schema in bodies for name, named in schema.fields.items()]


def evil_json_structures() -> Iterator[Input]:
    """Bodies of JSON, whatever they are read for."""
    many = {f"{number:x}": 0 for number in range(JSON_BYTES // 10)}
    few = {f"{number:x}": 0 for number in range(990)}
    for name in ("answers", "attachments", "text"):
        for kind, value in (("names", many), ("values", [0] * (JSON_BYTES // 2)), ("few names", few)):
            yield json_body(f"tiny {kind} in {name}", {"eservice": "felanmalan", "answers": {}, name: value})
    yield json_body("tiny names", many)
    yield json_body("as many names as may be", few)
    yield json_body("as many files as may be", a_fault_report() | {"attachments": {"photo": ["x"] * 1900}})
    yield json_body("a long name", {repeated(MARKS, JSON_BYTES): 0})
    yield Input("deep nesting", {"data": b"[" * JSON_BYTES, "content_type": JSON})
    yield Input("nesting", {"data": b'{"a":' * 1000 + b"1" + b"}" * 1000, "content_type": JSON})
    yield Input("a long number", {"data": b'{"a":' + b"9" * JSON_BYTES + b"}", "content_type": JSON})
    yield Input("escapes", {"data": b'{"text":"' + b"\\u0301" * (JSON_BYTES // 6) + b'"}', "content_type": JSON})


def _evil_answers(submission: Mapping[str, Any]) -> Iterator[Input]:
    answers = submission["answers"]
    for kind, text in evil_texts(JSON_BYTES // len(answers)):
        evil = {
            name: dict.fromkeys(value, text) if isinstance(value, dict) else text for name, value in answers.items()
        }
        yield json_body(f"{kind} in each answer", {**submission, "answers": evil})
    long = {**submission, "answers": {**answers, repeated(MARKS, JSON_BYTES // 2): 0}}
    yield json_body("a long name of an answer", long)


def evil_forms(service: Service, rule: Rule) -> Iterator[Input]:
    """Forms as browsers send them: each kind of text in every input that the form may have.

    With any other, nothing of it is read. A form of no inputs has none to read.
    """
    taken = getattr(service.app.view_functions[rule.endpoint], "form_names", frozenset())
    own = service.inputs_of.get(rule.endpoint, service.inputs)
    known = dict(own) if taken is None else {name: service.inputs.get(name, "Hej") for name in taken}
    if not known:
        return
    for kind, text in evil_texts(FORM_BYTES // 3 // len(known)):
        yield Input(f"{kind} in each input", {"data": dict.fromkeys(known, text), "content_type": URLENCODED})
    for name in known:
        yield multipart(f"marks in the part {name}", [*(known | {name: repeated(MARKS, FORM_BYTES // 2)}).items()])
    if taken is None:
        yield multipart("kept files", [*known.items(), *(("photo.kept", str(UUID(int=n))) for n in range(250))])


def evil_form_structures(service: Service) -> Iterator[Input]:
    """Forms in both encodings, whatever they are read for."""
    for kind, text in evil_texts(FORM_BYTES // 3 // len(service.inputs)):
        yield multipart(f"{kind} in each part", [*dict.fromkeys(service.inputs, text).items()])
    yield Input("tiny names", {"data": b"a&" * (FORM_BYTES // 2), "content_type": URLENCODED})
    yield Input("fifty million bytes", {"data": b"a&" * 25_000_000, "content_type": URLENCODED})
    yield Input(
        "as many names as may be", {"data": b"&".join(b"%x=" % n for n in range(290)), "content_type": URLENCODED}
    )
    yield Input("escapes", {"data": b"text=" + b"%CC%81" * (FORM_BYTES // 6), "content_type": URLENCODED})
    yield multipart("tiny parts", [(f"{number:x}", "") for number in range(FORM_BYTES // 60)])
    yield multipart("as many parts as may be", [(f"{number:x}", "") for number in range(290)])
    yield multipart("many files", [(f'photo"; filename="{n}.pdf', "%PDF-1") for n in range(5_000)])
    yield multipart("options in a header", [('a"' + "; a=1" * (FORM_BYTES // 5), "")])
    yield multipart("options in each header", [(f'{n:x}"' + "; a=1" * 390 + '; b="', "") for n in range(200)])
    yield multipart("headers", [('a"\r\n' + "a: b\r\n" * (FORM_BYTES // 6) + 'b: "', "")])
    for kind, text in evil_texts(1_900):
        name = text.replace("\r", "").replace("\n", "").replace('"', "")
        yield multipart(f"{kind} in names of files", [(f'photo"; filename="{name}', "%PDF-1")] * 50)
    yield multipart("line ends", [("text", "\r\n" * (FORM_BYTES // 2))])
    yield multipart("boundaries that are none", [("text", "\r\n--BX" * (FORM_BYTES // 6))])


def evil_queries(service: Service) -> Iterator[Input]:
    """Queries, whatever they are read for."""
    yield from _evil_texts_in_query("known", (*service.names, *QUERY_NAMES))
    yield Input("tiny names in the query", {"query_string": "a&" * (QUERY_BYTES // 2)})
    yield Input("raw bytes in the query", {"environ_overrides": {"QUERY_STRING": "\xcc\x81" * (QUERY_BYTES // 2)}})


def evil_queries_taken(service: Service, rule: Rule) -> Iterator[Input]:
    """Queries of the very names that the address takes: with any other, nothing of it is read."""
    if names := getattr(service.app.view_functions[rule.endpoint], "query_names", None):
        yield from _evil_texts_in_query("taken", names)


def _evil_texts_in_query(which: str, names: Collection[str]) -> Iterator[Input]:
    for kind, text in evil_texts(QUERY_BYTES // len(names) // 3):
        yield Input(f"{kind} in each {which} name of the query", {"query_string": dict.fromkeys(names, text)})


def marks_in_queries(service: Service, rule: Rule) -> Iterator[Input]:
    """Marks in one name of the query after the other, of those that the address takes: any other is refused unread."""
    known = getattr(service.app.view_functions[rule.endpoint], "query_names", frozenset())
    for name in (each for each in QUERY_NAMES if known is ANY or each in known | {"lang"}):
        yield Input(f"marks in the query {name}", {"query_string": {name: repeated(MARKS, QUERY_BYTES // 3)}})


def evil_paths(name: str) -> Iterator[Input]:
    """Each kind of text at a name in the path."""
    for kind, text in evil_texts(PATH_BYTES):
        if "/" not in text:
            yield Input(f"{kind} in the path", {}, {name: text})


def texts_in_path(rule: Rule) -> list[str]:
    """The names in the path that take any text."""
    return [name for name in rule.arguments if type(rule._converters[name]).__name__ in TEXT_CONVERTERS]


QUERY_NAMES = ("lang", "next", "cursor", "limit", "number", "signature", "field", "name", "whose", "sort", "q")
TEXT_CONVERTERS = ("UnicodeConverter", "PathConverter")


def evil_headers() -> Iterator[Input]:
    """Headers as long as the server takes them."""
    for text in HEADER_TEXTS:
        evil = dict.fromkeys(HEADERS, repeated(text, HEADER_BYTES))
        yield Input(f"{text!r} in the headers", {"headers": evil})


def evil_tokens() -> Iterator[Input]:
    """Access tokens as long as the server takes them."""
    for text in HEADER_TEXTS:
        token = repeated(text, HEADER_BYTES)
        yield Input(f"{text!r} in Authorization", {"headers": {"Authorization": f"Bearer {token}"}})


def json_body(name: str, content: Any) -> Input:
    """A body of JSON."""
    return Input(name, {"data": orjson.dumps(content), "content_type": JSON})


def multipart(name: str, parts: list[tuple[str, str]]) -> Input:
    """A form in parts; a name may hold more of its header."""
    head = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = "".join(head.format(part, content) for part, content in parts)
    return Input(name, {"data": f"{body}--B--\r\n".encode(), "content_type": MULTIPART})


def with_answer(submission: Mapping[str, Any], name: str, answer: Any) -> dict[str, Any]:
    """The submission with another answer."""
    return {**submission, "answers": {**submission["answers"], name: answer}}


def ordinary(service: Service, sent: Input) -> Input:
    """An input of the same kind and size, as people send them."""
    options, size = dict(sent.options), len(orjson.dumps(str(sent.arguments)))
    if "data" in options:
        data = options["data"]
        size = len(data) if isinstance(data, bytes) else sum(len(value) for value in data.values())
    text = (WORDS * (size // len(WORDS) + 1))[:size]
    match options.get("content_type"):
        case "application/json":
            return json_body("", {"text": text[: size - 12]})
        case "application/x-www-form-urlencoded":
            return Input(
                "", {"data": dict(service.inputs) | {"text": text[: FORM_BYTES // 3]}, "content_type": URLENCODED}
            )
        case str():
            return multipart("", [*service.inputs.items(), ("text", text[: FORM_BYTES // 3])])
    if "headers" in options:
        return Input("", {"headers": {"X-Words": "Lampan "[:6] * (HEADER_BYTES // 6)}})
    return Input("", {"query_string": {"x": WORDS * (QUERY_BYTES // 3 // len(WORDS))}})


def dearest(service: Service) -> dict[str, float]:
    """What costs more than it may: endpoint and input, and how many times an ordinary input's time."""
    found: dict[str, float] = {}
    tried: set[Any] = set()
    for rule, method in service.endpoints():
        baselines: dict[tuple[str, int], float] = {}
        for sent in inputs(service, rule, method, tried):
            ratio = _ratio(service, rule, method, sent, baselines)
            if ratio > RATIO:
                found[f"{method} {rule.rule}: {sent.name}"] = round(ratio)
                break
    return found


def inputs(service: Service, rule: Rule, method: str, tried: set[Any]) -> Iterator[Input]:
    """Everything to try at an endpoint; what all of a blueprint read in the same way is tried at its first."""
    blueprint, is_api = rule.endpoint.rpartition(".")[0], "/api/" in rule.rule
    for name in texts_in_path(rule):
        yield Input("marks in the path", {}, {name: repeated(MARKS, PATH_BYTES)})
        if _is_first(tried, blueprint, name):
            yield from evil_paths(name)
    if method == "GET" and blueprint:
        yield from marks_in_queries(service, rule)
    yield from evil_queries_taken(service, rule)
    if method in ("POST", "PUT"):
        yield from evil_json(service, rule) if is_api else evil_forms(service, rule)
    is_first = _is_first(tried, blueprint, method)
    if _is_first(tried, method, service.app.view_functions[rule.endpoint].__module__):
        yield from evil_headers()
    if is_first:
        yield from evil_queries(service)
        yield from evil_tokens()
    if is_first and method in ("POST", "PUT"):
        yield from evil_json_structures() if is_api else evil_form_structures(service)


def _is_first(tried: set[Any], *what: str) -> bool:
    is_first = what not in tried
    tried.add(what)
    return is_first


def _ratio(service: Service, rule: Rule, method: str, sent: Input, baselines: dict[Any, float]) -> float:
    """How many times the time of an ordinary input; measured again where it seems too much: others use the machine.

    It is 0 where it is no more than the quickest ordinary input may be exceeded by: then none needs to be measured.
    """
    ratio = 0.0
    for _ in range(3):
        seconds = service.seconds(rule, method, sent)
        if seconds <= RATIO * LEAST_SECONDS:
            return 0.0
        ratio = seconds / _usual_seconds(service, rule, method, sent, baselines)
        if ratio <= RATIO:
            return ratio
    return ratio


def _usual_seconds(service: Service, rule: Rule, method: str, sent: Input, baselines: dict[Any, float]) -> float:
    """The time of an ordinary input of the same kind and size, at least LEAST_SECONDS."""
    usual = ordinary(service, sent)
    key = str(usual.options.get("content_type")), len(str(usual.options)) // 20_000
    if key not in baselines:
        baselines[key] = max(LEAST_SECONDS, *(service.seconds(rule, method, usual) for _ in range(2)))
    return baselines[key]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """An OpenID provider."""
    with a_provider() as provider:
        yield provider


@pytest.fixture
def clock() -> HandClock:
    """The time that tokens are valid at."""
    return HandClock(utc_now())


@pytest.fixture
def intake(tmp_path, clock) -> Service:
    """Intake, with a submission."""
    opened = Intake.opened(tmp_path, f"sqlite:///{tmp_path}/intake.sqlite", clock)
    opened.app.config["WTF_CSRF_METHODS"] = []
    reference = opened.submit(a_fault_report()).json["reference"]
    file_id = opened.upload().json["id"]
    opened.client().post("/alvdalen/e-tjanster/felanmalan", data=FORM_INPUTS)
    return Service(
        opened.app,
        {
            "slug": "alvdalen",
            "code": "felanmalan",
            "reference": reference,
            "attachment_id": file_id,
            "document_id": UUID(int=4),
            "filename": "x",
            "draft_id": DRAFT.id,
            "page": "fault",
        },
        names=("eservice", "language", "text", "attachments"),
        inputs=FORM_INPUTS,
        answers=(a_fault_report(), a_building_permit_application(), a_proposal()),
    )


DRAFT = DraftKey(UUID(int=3), "7K3M-9QXT-2WVC")
FORM_INPUTS = {
    "draft": str(DRAFT),
    "revision": "1",
    "code": DRAFT.code,
    "category": "street_light",
    "place.text": "Dalgatan 12",
    "place.latitude": "61,2",
    "description": "Släckt.",
    "noticed_on": "2026-11-20",
    "wants_answer": "yes",
    "email": "karin.lund@example.se",
    "key": str(UUID(int=1)),
    "text": "Mer.",
    "reference": "7K3M",
    "csrf_token": "x",
    "photo.kept": str(UUID(int=2)),
}


@pytest.fixture
def routing(tmp_path, clock, provider) -> Service:
    """Routing, with a case and an officer who is signed in."""
    database = migrated(f"sqlite:///{tmp_path}/routing.sqlite", "routing")
    read = loader.load(MUNICIPALITIES, ESERVICES)
    adopted = {code: versions.adopt(each, sessions=database.sessions, now=clock()) for code, each in read.items()}
    tables = Tables(Outbox, Inbox, FailedEvent)
    processor = EventProcessor("routing", database.sessions, tables, handlers(lambda: adopted, clock), clock)
    submission = a_submission(attachments=[an_attachment()])
    processor.handle([received(submission)])
    case = only(database, Case)
    hello = TextContent("Hej", "message", {"sv": "Hej {submitter}!"})
    text = create(ANNA, hello, adopted["2039"], sessions=database.sessions, now=clock())
    notes = MacroContent("Notera", [Step("note", {"text": {"sv": "Hej {submitter}!"}})])
    macro = create_macro(ANNA, notes, adopted["2039"], sessions=database.sessions, now=clock())
    app = routing_app.create_app(settings_of(database, provider.issuer), clock=clock)
    app.config["WTF_CSRF_METHODS"] = []
    officer = Identity.of_claims(OFFICER)
    of_directory = known_to_the_directory(database, officer, adopted[officer.municipality], clock())

    @cache
    def sign_in(endpoint: str) -> Mapping[str, Any]:
        """A session for each endpoint: one of them ends it."""
        return {"desk": desk_sessions.begin(officer, sessions=database.sessions, now=clock())}

    return Service(
        app,
        {
            "case_id": case.id,
            "code": case.queue,
            "search_id": "0" * 8,
            "path": "decisions",
            "attachment_id": submission.attachments[0].id,
            "document_id": UUID(int=4),
            "mail_id": UUID(int=5),
            "file_id": UUID(int=6),
            "text_id": text.id,
            "macro_id": macro.id,
            "filename": "x",
            **of_directory,
            **planned(database, ANNA_OF_DESK, case, adopted["2039"], clock()),
        },
        names=ACTION_NAMES,
        headers=provider.bearer(**OFFICER | {"roles": ROLES}),
        inputs={"version": "2", "key": "0" * 32, "step": "decide", **dict.fromkeys(ACTION_NAMES, "Hej")},
        inputs_of={
            "desk.run_macro": {"version": "2", "macro_version": "1", "steps": "1", "key": "0" * 32, "0-text": "Hej"},
            **dict.fromkeys(("desk.new_macro", "desk.macro"), INPUTS_OF_EDITOR),
        },
        sign_in=sign_in,
    )


INPUTS_OF_EDITOR = {
    **{"name": "Notera", "queue": "", "eservice": "", "version": "1", "key": "0" * 32, "do": "save", "added": "note"},
    **{"step-0-action": "note", "step-0-text-sv": "Hej {submitter}!"},
}


def known_to_the_directory(database: Database, identity: Identity, organisation: Organisation, now: datetime):
    """The officer, an absence and a hand-over of theirs, by the names that addresses have for them."""
    with database.sessions.begin() as session:
        record(session, identity, now.date())
        known = known_officer(session, identity.municipality, identity.subject)
    officer, store_and_time = as_officer(known, organisation), {"sessions": database.sessions, "now": now}
    absence = enter_absence(officer, known.id, AbsenceRequest(now.date(), None, None), **store_and_time)
    hand_over = begin(officer, known.id, HandOverRequest(None), organisation, **store_and_time)
    return {"officer_id": known.id, "absence_id": absence.id, "hand_over_id": hand_over.id}


def planned(
    database: Database, officer: Officer, case: Case, organisation: Organisation, now: datetime
) -> dict[str, UUID]:
    """What the officer has planned with a case, chosen and saved, by the names that addresses have for it."""
    store_and_time: dict[str, Any] = {"sessions": database.sessions, "now": now}
    chosen = [ChosenCase(case.id, case.sequence)]
    task = subtasks.add(
        officer, case.id, "Mät.", assignee_subject=officer.subject, organisation=organisation, **store_and_time
    )
    return {
        "subtask_id": task.id,
        "reminder_id": reminders.add(officer, case.id, "Ring.", now.date(), **store_and_time).id,
        "filter_id": QueueFilters(officer, case.queue, organisation, database.sessions).save("Alla", "", now).id,
        "selection_id": keep(officer, chosen, "/desk/", **store_and_time),
        "job_id": place(Order(officer, Action.NOTE, {"text": "Hej."}), chosen, **store_and_time).id,
    }


ANNA_OF_DESK = replace(ANNA, leads=True)
ACTION_NAMES = (
    "text",
    "reason",
    "reasons",
    "outcome",
    "presenter",
    "decided_by",
    "decided_on",
    "officer_subject",
    "first_day",
    "last_day",
    "deputy",
    "to",
    "queues",
    "eservices",
    "queue",
    "answer_by",
    "received_on",
    "request_id",
    "amount",
    "expected_on",
    "number",
    "close",
    *("name", "action", "sv", "en", "eservice", "standard_text"),  # of standard texts
    *("assignee_subject", "due_on", "private", "back", "until", "mail", "query", "view", "tag", "priority"),
    *("on_hold_until", "time", "cases", "case", "step", "version", "steps", "macro"),
)
ROLES = ["officer", "registrar", "editor"]
OFFICER = {"sub": "anna", "name": "Anna", "municipality": "2039", "roles": ROLES, "boards": []}


@pytest.fixture
def notify(tmp_path, clock, provider) -> Service:
    """Notify, with a mailbox."""
    url = f"sqlite:///{tmp_path}/notify.sqlite"
    migrated(url, "notify")
    (tmp_path / "mailbox").mkdir()
    folders = {"mailbox": tmp_path / "mailbox", "mail_files": tmp_path}
    settings = notify_settings(database_url=url, oidc_issuer=provider.issuer, **folders)
    app = notify_app.create_app(settings, clock=clock)
    return Service(
        app,
        {"notification_id": NOTIFICATION_ID, "mail_id": UUID(int=1), "file_id": UUID(int=1), "filename": "x"},
        names=("state", "message", "submission_id"),
        inputs={"text": "Tack."},
        headers=provider.bearer(),
    )


@pytest.mark.parametrize("name", ["intake", "routing", "notify"])
def test_who_tries_them_is_let_in_everywhere(name, request):
    service = request.getfixturevalue(name)

    for rule, method in service.endpoints():
        own = service.inputs_of.get(rule.endpoint, service.inputs)
        sent = Input("", {"data": own} if method == "POST" and "/api/" not in rule.rule else {})
        _, answer = service.send(rule, method, sent)
        refused = answer.status_code in (401, 403) or "/desk/sign-in?" in answer.headers.get("Location", "")
        assert not refused or rule.endpoint in ENTRANCES, (method, rule.rule, answer.status_code)


ENTRANCES = ("sign_in.complete",)  # refuses whoever has not begun to sign in


@pytest.mark.thorough
@pytest.mark.timeout(900)  # of a machine that does much else
@pytest.mark.parametrize("name", ["intake", "routing", "notify"])
def test_no_input_costs_much_more_than_an_ordinary_one_of_its_size(name, request):
    assert dearest(request.getfixturevalue(name)) == {}
