"""The API, entered by its front door with real tokens: what it answers, and what it refuses."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from services.routing.actions.claim import claim
from services.routing.app import create_app
from services.routing.cases.models import Case, CaseRead, JournalEntry
from services.routing.queues.sorting import Sort
from services.routing.search.documents import use_key
from shared.events.intake import Answer
from shared.events.notify import MailAttachment
from shared.web import links, paging
from tests.builders import NOON, a_submission, an_attachment, received, supplemented
from tests.store.routing.casework import ERIK, EVA, LINK_KEY, PERMIT, command, everything, only, settings_of
from tests.store.routing.notifications import a_mail

API = "/routing/api/v1"


def turned_away(reason):
    """How many calls were turned away for this reason."""
    return REGISTRY.get_sample_value("arende_identity_rejected_total", {"service": "routing", "reason": reason}) or 0


@pytest.fixture
def database_url(tmp_path):
    """What the API answers does not depend on the kind of store: one of them will do here."""
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def client(store, organisations, clock, provider):
    """A client of routing's web app on the store."""
    return create_app(settings_of(store, provider.issuer), clock=clock).test_client()


class Caller:
    """An officer who calls the API."""

    def __init__(self, client, headers):
        self.client, self.headers = client, headers

    def get(self, path, **query):
        return self.client.get(API + path, headers=self.headers, query_string=query)

    def send(self, path, body=None, version=None, key=None):
        conditions = {"If-Match": f'"{version}"' if version else None, "Idempotency-Key": key}
        headers = self.headers | {name: value for name, value in conditions.items() if value}
        return self.client.post(API + path, json=body, headers=headers)

    def change(self, method, path, body=None, version=None):
        headers = self.headers | ({"If-Match": f'"{version}"'} if version else {})
        return self.client.open(API + path, method=method.upper(), json=body, headers=headers)

    def version(self, path):
        """The case's version now."""
        return int(self.get(path).headers["ETag"].strip('"'))


@pytest.fixture
def officer(client, provider, clock):
    """Makes callers: Anna, officer of TN and BN, unless the claims say otherwise."""
    return lambda **claims: Caller(client, provider.bearer(now=clock(), **claims))


@pytest.fixture
def anna(officer):
    """Anna, registrar too."""
    return officer(roles=["officer", "registrar"], boards=[])


def test_cases_are_searched_over_the_api(casework, anna, officer):
    first, second = casework.a_case(), casework.a_case()

    page = anna.get("/cases", q="tillbyggnad", limit=1)
    rest = anna.get("/cases", q="tillbyggnad", limit=1, cursor=page.json["next"])

    assert [each["number"] for each in (*page.json["items"], *rest.json["items"])] == [second.number, first.number]
    assert rest.json["next"] is None
    assert anna.send("/cases/searches", {"q": first.number}).json["items"][0]["id"] == str(first.id)
    assert officer(boards=["TN"]).get("/cases", q="tillbyggnad").json == {"items": [], "next": None}


def test_an_identity_number_is_searched_for_in_a_body_only(casework, anna):
    use_key(casework.store.sessions, LINK_KEY)
    answers = [Answer("owner", {"sv": "Ägare"}, {"sv": "19900101-2385"})]
    case = casework.a_case(answers=answers)

    rejected = anna.get("/cases", q="900101-2385")
    found = anna.send("/cases/searches", {"q": "900101-2385"})

    assert (rejected.status_code, rejected.json["type"]) == (422, "urn:arende:problem:identity-number-in-address")
    assert [each["number"] for each in found.json["items"]] == [case.number]


def test_standard_texts_are_written_by_editors_and_filled_in_for_a_case(casework, officer):
    editor, anna = officer(roles=["officer", "editor"]), officer()
    case = casework.a_case()
    text = {"name": "Hej", "action": "message", "text": {"sv": "Hej {submitter}, {case_number}."}}
    assert anna.send("/standard-texts", text).status_code == 403
    wrong = editor.send("/standard-texts", {**text, "text": {"sv": "Hej {namn}"}})
    assert (wrong.status_code, "{namn}" in wrong.text) == (422, True)

    made = editor.send("/standard-texts", text, key="k")
    assert editor.send("/standard-texts", text, key="k").json == made.json
    path = made.headers["Location"].removeprefix(API)
    changed = editor.change("put", path, text | {"name": "Hälsning"}, version=1)
    [filled] = anna.get(f"/cases/{case.id}/standard-texts").json["items"]
    shown = anna.get(path).json

    assert (made.status_code, changed.status_code) == (201, 200)
    assert (filled["name"], filled["text"]) == ("Hälsning", f"Hej Kim Karlsson, {case.number}.")
    assert [each["content"]["name"] for each in shown["versions"]] == ["Hälsning", "Hej"]
    assert editor.change("put", path, text).status_code == 428
    assert editor.change("delete", path, version=1).status_code == 412
    assert anna.change("delete", path, version=2).status_code == 403
    assert editor.change("delete", path, version=2).status_code == 204
    assert anna.get("/standard-texts").json["items"] == []


def test_cases_are_linked_and_decided_and_closed_at_once_over_the_api(casework, anna):
    one, other = casework.a_case(), casework.a_case()
    at = f"/cases/{one.id}"
    assert anna.send(f"{at}/links", {"number": "finns inte"}).status_code == 422
    linked = anna.send(f"{at}/links", {"number": other.number})
    assert anna.send(f"{at}/joins", {"number": other.number}, version=3).status_code == 422

    related = anna.get(f"{at}/related").json
    anna.send(f"{at}/claims")
    closed = anna.send(f"{at}/decisions", {"outcome": "bifall", "reasons": "PBL.", "close": True}, version=4)

    assert linked.status_code == 201
    [found] = related["linked"]
    assert (found["case"]["number"], found["link"]["kind"]) == (other.number, "related")
    assert (closed.status_code, closed.json["state"], closed.json["version"]) == (201, "closed", 6)


@pytest.mark.parametrize("cursor", ["x", paging.encode([3, 1]), paging.encode([0]), paging.encode([0, "1"])])
def test_a_search_goes_on_from_no_cursor_but_its_own(anna, cursor):
    assert anna.get("/cases", q="x", cursor=cursor).status_code == 400


def test_a_case_goes_from_queue_to_closed_over_the_api(casework, anna):
    casework.knows(EVA)
    case = casework.a_case()
    at = f"/cases/{case.id}"

    [queue] = [each for each in anna.get("/queues").json["items"] if each["queued"]]
    [listed] = anna.get(f"/queues/{queue['code']}/cases").json["items"]
    claimed = anna.send(f"/queues/{queue['code']}/claims")
    assert (listed["number"], claimed.status_code, claimed.json["number"]) == (case.number, 201, case.number)
    assert claimed.headers["Location"] == API + at

    seen = anna.get(at)
    assert seen.headers["ETag"] == claimed.headers["ETag"] == '"3"'
    requested = anna.send(f"{at}/supplement-requests", {"text": "Mer.", "answer_by": "2026-12-07"}, version=3)
    posted = anna.send(f"{at}/supplements", {"text": "Ritning.", "received_on": "2026-11-23"})
    noted = anna.send(f"{at}/notes", {"text": "Ringde."})
    written = anna.send(f"{at}/messages", {"text": "Hej!"})
    decision = {"outcome": "bifall", "reasons": "9 kap. 30 § PBL.", "decided_by": "Byggnadsnämnden"}
    decided = anna.send(f"{at}/decisions", decision, version=7)
    closed = anna.send(f"{at}/closures", version=8)
    reopened = anna.send(f"{at}/reopenings", {"reason": "Skrivfel."}, version=9)
    given = anna.send(f"{at}/assignments", {"officer_subject": "eva"}, version=10)
    moved = anna.send(f"{at}/transfers", {"queue": "gata", "reason": "Hör dit."}, version=11)

    answers = (requested, posted, noted, written, decided, closed, reopened, given, moved)
    assert [answer.status_code for answer in answers] == [201] * 9
    assert [answer.json["state"] for answer in answers] == [
        "awaiting_supplement",
        *["assigned"] * 3,
        "decided",
        "closed",
        *["assigned"] * 2,
        "queued",
    ]
    journal = anna.get(f"{at}/journal").json["items"]
    assert [entry["sequence"] for entry in journal] == list(range(1, 13))
    assert journal[2]["actor_name"] == "Anna Andersson"
    [decision] = anna.get(at).json["decisions"]
    assert (decision["decided_by"], decision["decided_on"]) == ("Byggnadsnämnden", "2026-11-23")
    assert decision["appeal"]["name"]["sv"] == "Länsstyrelsen i Dalarnas län"


def test_requests_and_deadline_are_worked_over_the_api(casework, anna):
    case = casework.a_case(handling=replace(a_submission().handling, deadline=PERMIT))
    at = f"/cases/{case.id}"
    anna.send(f"{at}/claims")
    for what, day in (("Ritning.", "2026-12-14"), ("Situationsplan.", "2026-12-07")):
        last = anna.send(f"{at}/supplement-requests", {"text": what, "answer_by": day}, version=anna.version(at))
        assert last.json["state"] == "awaiting_supplement"
    waiting = anna.get(at).json

    for request in waiting["supplement_requests"]:
        withdrawal = {"request_id": request["id"], "reason": "Fanns redan."}
        anna.send(f"{at}/supplement-request-withdrawals", withdrawal, version=anna.version(at))
    extension = {"amount": 4, "reason": "Yttrande."}
    extended = anna.send(f"{at}/deadline-extensions", extension, version=anna.version(at))
    delayed = anna.send(f"{at}/delays", {"reason": "Många ärenden."}, version=anna.version(at))
    early = anna.send(f"{at}/decision-requests", {"received_on": "2026-11-23"}, version=anna.version(at))
    none = anna.send(f"{at}/decision-request-rejections", {"reason": "Pågår."}, version=anna.version(at))

    assert (waiting["answer_by"], waiting["due_on"]) == ("2026-12-07", None)
    assert waiting["deadline"]["awaits_submitter"]
    assert [each["requested_by"] for each in waiting["supplement_requests"]] == ["Anna Andersson"] * 2
    assert [answer.status_code for answer in (extended, delayed, early, none)] == [201, 201, 422, 422]
    shown = anna.get(at).json
    assert [each["outcome"] for each in shown["supplement_requests"]] == ["withdrawn"] * 2
    assert (shown["due_on"], shown["deadline"]["extensions"]) == ("2027-03-01", 1)
    assert not shown["deadline"]["may_be_extended"]


def test_a_case_is_put_on_hold_tagged_and_given_a_priority_over_the_api(casework, anna):
    case = casework.a_case()
    at, listed = f"/cases/{case.id}", "/queues/bygglov/cases"
    until = {"until_day": "2026-12-04", "until_time": "08:30", "reason": "Väntar på remissvar."}

    tagged = anna.send(f"{at}/tags", {"tag": "Saknar sakägare"})
    urgent = anna.send(f"{at}/priorities", {"priority": "urgent", "reason": "Barn."}, version=anna.version(at))
    on_hold = anna.send(f"{at}/holds", until, version=anna.version(at))
    bad = anna.send(f"{at}/holds", until | {"until_day": "2026-11-01"}, version=anna.version(at))

    assert [answer.status_code for answer in (tagged, urgent, on_hold, bad)] == [201, 201, 201, 422]
    assert [each["pointer"] for each in bad.json["errors"]] == ["/until_day"]
    assert anna.get(listed).json["items"] == []
    [shown] = anna.get(listed, on_hold=True, tag="saknar-sakägare", sort="priority").json["items"]
    assert (shown["on_hold_until"], shown["priority"], shown["tags"]) == (
        "2026-12-04T07:30:00+00:00",
        "urgent",
        ["saknar-sakägare"],
    )
    [queue] = [each for each in anna.get("/queues").json["items"] if each["on_hold"]]
    assert (queue["queued"], queue["on_hold"]) == (0, 1)
    ended = anna.send(f"{at}/hold-endings", version=anna.version(at))
    removed = anna.send(f"{at}/tag-removals", {"tag": "saknar-sakägare"})
    assert [answer.status_code for answer in (ended, removed)] == [201, 201]
    [hold] = anna.get(at).json["holds"]
    assert (hold["reason"], hold["outcome"]) == ("Väntar på remissvar.", "ended")
    assert len(anna.get(listed).json["items"]) == 1


def test_mail_without_a_case_is_placed_and_dismissed_over_the_api(casework, anna, officer):
    case, stranger = casework.a_case(), officer(roles=["officer"], sub="erik")
    drawing = MailAttachment(uuid4(), "ritning.pdf", "application/pdf", 1000, "0" * 64)
    casework.receive(a_mail(None, attachments=[drawing]), a_mail(None, subject="Reklam"))

    listed = anna.get("/unplaced-mails").json
    assert (listed["total"], {each["subject"] for each in listed["items"]}) == (2, {"Sv: Ditt ärende", "Reklam"})
    listed["items"].sort(key=lambda each: each["subject"] == "Reklam")
    first, second = (f"/unplaced-mails/{each['id']}" for each in listed["items"])
    [file] = listed["items"][0]["attachments"]
    assert file["url"].startswith(f"https://e.example.se/notify/api/v1/mail-files/{drawing.id}?signature=")
    assert stranger.get("/unplaced-mails").status_code == 403
    for path, body in ((f"{first}/placement", {"case_number": case.number}), (f"{first}/dismissal", {"reason": "Nej"})):
        assert stranger.send(path, body).status_code == 403

    assert anna.send(f"{first}/placement", {"case_number": "BN 1999-1"}).status_code == 422
    placed = anna.send(f"{first}/placement", {"case_number": case.number})
    assert placed.json == {"case_id": str(case.id), "case_number": case.number}
    in_case = anna.get(f"/cases/{case.id}").json["attachments"][-1]
    assert (in_case["field"], in_case["sha256"]) == ("incoming-mail", "0" * 64)
    assert in_case["view_url"].startswith(f"https://e.example.se/notify/api/v1/mail-files/{drawing.id}?signature=")
    assert anna.send(f"{second}/dismissal", {"reason": " "}).status_code == 422
    assert anna.send(f"{second}/dismissal", {"reason": "Reklam"}).status_code == 204
    assert anna.send(f"{second}/dismissal", {"reason": "Reklam"}).status_code == 404
    assert anna.get("/unplaced-mails").json == {"items": [], "total": 0}


def test_reminders_sub_tasks_and_followers_are_kept_over_the_api(casework, anna, officer):
    case = casework.a_case()
    at = f"/cases/{case.id}"
    stranger = officer(boards=["TN"], sub="erik")
    remembered = {"text": "Ring.", "due_on": "2026-11-23", "private": True}
    task = {"text": "Mät.", "assignee_subject": "anna.andersson"}

    reminder = anna.send(f"{at}/reminders", remembered, key="k1")
    again = anna.send(f"{at}/reminders", remembered, key="k1")
    other = anna.send(f"{at}/reminders", remembered | {"text": "Annat."}, key="k1")
    subtask = anna.send(f"{at}/subtasks", task)
    assert [each.status_code for each in (reminder, again, other, subtask)] == [201, 201, 422, 201]
    assert reminder.json == again.json
    assert [each["text"] for each in anna.get("/reminders").json["items"]] == ["Ring."]
    assert anna.get(f"{at}/reminders").json["items"] == [reminder.json]
    assert anna.get(f"{at}/subtasks").json["items"] == [subtask.json]
    assert anna.get("/subtasks", limit=1).json["items"] == [subtask.json]
    for path, body in ((f"{at}/reminders", remembered), (f"{at}/subtasks", task)):
        assert (stranger.get(path).status_code, stranger.send(path, body).status_code) == (404, 404)

    assignment = f"/subtasks/{subtask.json['id']}/assignment"
    given = anna.send(assignment, {"assignee_subject": "anna.andersson"})
    assert (given.status_code, given.json) == (200, subtask.json)
    assert anna.send(assignment, {"assignee_subject": "ingen"}).status_code == 422
    assert stranger.send(assignment, {"assignee_subject": "anna.andersson"}).status_code == 404

    completed = f"/reminders/{reminder.json['id']}/completion", f"/subtasks/{subtask.json['id']}/completion"
    assert [anna.send(path).status_code for path in completed] == [204, 204]
    assert [anna.send(path).status_code for path in completed] == [404, 404]
    second = anna.send(f"{at}/reminders", remembered).json["id"]
    removed = [anna.client.delete(f"{API}/reminders/{second}", headers=anna.headers).status_code for _ in range(2)]
    assert removed == [204, 404]

    for _ in range(2):
        assert anna.client.put(f"{API}{at}/watch", headers=anna.headers).status_code == 204
    assert stranger.client.put(f"{API}{at}/watch", headers=stranger.headers).status_code == 404
    assert [each["name"] for each in anna.get(f"{at}/watchers").json["items"]] == ["Anna Andersson"]
    assert [each["id"] for each in anna.get("/watched-cases").json["items"]] == [str(case.id)]
    assert anna.client.delete(f"{API}{at}/watch", headers=anna.headers).status_code == 204
    assert anna.get("/watched-cases").json["items"] == []


@pytest.mark.parametrize("what", ["reminders", "subtasks"])
def test_what_is_to_be_finished_is_due_on_no_day_that_has_passed(casework, anna, what):
    task = {"text": "Mät."} | ({"assignee_subject": "anna.andersson"} if what == "subtasks" else {})
    path = f"/cases/{casework.a_case().id}/{what}"

    passed, today = (anna.send(path, task | {"due_on": day}) for day in ("2026-11-22", "2026-11-23"))

    assert (passed.status_code, today.status_code) == (422, 201)
    assert passed.json["errors"] == [{"pointer": "/due_on", "message": "Dagen får inte ha passerat."}]


def test_what_must_be_decided_can_be_listed_alone(casework, anna):
    permit = replace(a_submission().handling, deadline=PERMIT)
    late = casework.a_case(handling=permit, received_at=NOON - timedelta(days=73))
    casework.a_case(handling=permit, received_at=NOON - timedelta(days=70))
    casework.a_case(received_at=NOON - timedelta(days=71))

    [listed] = anna.get("/queues/bygglov/cases", must_be_decided=True).json["items"]

    assert (listed["number"], listed["on_expiry"]) == (late.number, "decide")


def test_a_case_is_shown_whole_with_why_it_is_here_and_links_to_its_files(casework, receive, anna):
    submission = a_submission(attachments=[an_attachment("plan.pdf")])
    receive(received(submission), supplemented(submission))
    case = only(casework.store, Case)

    shown = anna.get(f"/cases/{case.id}").json

    assert shown["why"]["sv"].startswith("Ärendet lades i kön Bygglov eftersom")
    assert shown["explanation"]["winner"]["name"] == "Bygglov"
    assert shown["submitter"]["name"] == "Kim Karlsson"
    assert shown["allowed"][:4] == ["claim", "assign", "transfer", "put_on_hold"]
    assert (shown["supplement_requests"], shown["deadline"]["due_on"]) == ([], "2027-02-01")
    [file] = shown["attachments"]
    address, _, signature = file["url"].partition("?signature=")
    assert address == f"https://e.example.se/intake/api/v1/attachments/{file['id']}"
    assert links.verify(LINK_KEY, signature, max_age=60) == file["id"]


def test_of_a_journal_that_was_changed_the_first_bad_entry_is_shown(casework, anna):
    case = casework.a_case()
    assert anna.get(f"/cases/{case.id}").json["journal_broken_at"] is None
    with casework.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER journal_never_update"))
        connection.execute(text("UPDATE journal SET at = '2026-11-20' WHERE sequence = 2"))

    assert anna.get(f"/cases/{case.id}").json["journal_broken_at"] == 2
    assert anna.get(f"/cases/{case.id}/journal").json["broken_at"] == 2


def test_an_action_on_a_case_whose_journal_was_added_to_is_refused_with_a_problem(casework, anna):
    case = casework.a_case()
    with casework.store.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO journal (case_id, sequence, municipality, at, action, state, data, hash) "
                "SELECT case_id, 3, municipality, at, action, state, data, hash FROM journal WHERE sequence = 2"
            )
        )

    answer = anna.send(f"/cases/{case.id}/notes", {"text": "Ringde."})

    assert (answer.status_code, answer.json["type"]) == (409, "urn:arende:problem:journal-broken")
    assert case.number in answer.json["detail"]


def test_a_case_in_a_state_that_is_not_known_is_shown_and_nothing_is_done_with_it(casework, anna):
    case = casework.a_case()
    with casework.store.sessions.begin() as session:
        session.get_one(Case, case.id).state = "suspended"

    shown = anna.get(f"/cases/{case.id}")
    answer = anna.send(f"/cases/{case.id}/notes", {"text": "Ringde."})

    assert (shown.status_code, shown.json["state"], shown.json["allowed"]) == (200, "suspended", [])
    assert (answer.status_code, answer.json["state"], answer.json["allowed"]) == (409, "suspended", [])


def test_opening_a_case_leaves_a_trace_of_who_read_it(casework, anna):
    anna.get(f"/cases/{casework.a_case().id}")

    assert only(casework.store, CaseRead).subject == "anna.andersson"


@pytest.mark.parametrize(
    ("path", "field", "day"),
    [
        ("supplement-requests", "answer_by", "2026-11-23"),
        ("supplement-requests", "answer_by", "2027-11-25"),
        ("supplements", "received_on", "2026-11-24"),
    ],
)
def test_a_day_that_cannot_be_is_an_error_together_with_what_else_is_wrong(casework, anna, path, field, day):
    case = casework.a_case()

    answer = anna.send(f"/cases/{case.id}/{path}", {"text": "", field: day}, version=2)

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json["errors"]} == {"/text", f"/{field}"}


def test_an_empty_queue_gives_nothing_to_claim(anna):
    answer = anna.send("/queues/bygglov/claims")

    assert (answer.status_code, answer.data) == (204, b"")


def test_a_stale_change_is_refused_with_the_version_as_it_is_now(casework, anna):
    case = casework.a_case()
    claim(command(case), **casework.store_and_time)

    answer = anna.send(f"/cases/{case.id}/decisions", {"outcome": "bifall", "reasons": "Skäl."}, version=2)

    assert (answer.status_code, answer.json["type"]) == (412, "urn:arende:problem:stale")
    assert answer.headers["ETag"] == '"3"'


@pytest.mark.parametrize(
    "path", ["releases", "assignments", "transfers", "supplement-requests", "decisions", "closures", "reopenings"]
)
def test_what_two_officers_may_do_at_once_needs_if_match(casework, anna, path):
    bodies = {
        "assignments": {"officer_subject": "eva"},
        "transfers": {"queue": "gata", "reason": "Hör dit."},
        "supplement-requests": {"text": "Mer.", "answer_by": "2026-12-07"},
        "decisions": {"outcome": "bifall", "reasons": "Skäl."},
        "reopenings": {"reason": "Skrivfel."},
    }

    answer = anna.send(f"/cases/{casework.a_case().id}/{path}", bodies.get(path))

    assert (answer.status_code, answer.json["type"]) == (428, "urn:arende:problem:precondition-required")


def test_an_action_that_the_state_does_not_allow_is_refused_with_what_it_does(casework, anna):
    answer = anna.send(f"/cases/{casework.a_case().id}/closures", version=2)

    assert (answer.status_code, answer.json["state"]) == (409, "queued")
    assert answer.json["allowed"] == [
        "claim",
        "assign",
        "transfer",
        *("put_on_hold", "end_hold", "set_priority", "add_tag", "remove_tag"),
        "note",
        "correct_address",
        "receive_supplement",
        "withdraw_supplement_request",
        "request_decision",
        "declare_conflict",
        "withdraw_conflict",
        "link",
        "unlink",
        "join",
    ]


def test_the_same_request_twice_is_one_action(casework, anna):
    case = casework.a_case()

    first, again = (anna.send(f"/cases/{case.id}/notes", {"text": "Ringde."}, key="k1") for _ in range(2))
    other = anna.send(f"/cases/{case.id}/notes", {"text": "Skrev."}, key="k1")

    assert (first.status_code, first.json, first.headers["ETag"]) == (201, again.json, again.headers["ETag"])
    assert (other.status_code, other.json["type"]) == (422, "urn:arende:problem:idempotency-key-used")
    assert len(everything(casework.store, JournalEntry, case_id=case.id)) == 3


@pytest.mark.parametrize(
    ("path", "body", "pointers"),
    [
        ("notes", {"text": "   "}, ["/text"]),
        ("notes", {"text": 1}, ["/text"]),
        ("notes", {"text": "x" * 20_001}, ["/text"]),
        ("notes", {}, ["/text"]),
        ("notes", {"text": "x", "mer": 1}, ["/mer"]),
        ("transfers", {"queue": "ingen", "reason": ""}, ["/reason"]),
        ("transfers", {"queue": "ingen", "reason": "Hör dit."}, ["/queue"]),
        ("supplement-requests", {"text": "Mer.", "answer_by": "2026-13-01"}, ["/answer_by"]),
        ("supplement-requests", {"text": "Mer.", "answer_by": "2026-11-23"}, ["/answer_by"]),
        ("supplements", {"text": "Ritning.", "received_on": "2026-11-24"}, ["/received_on"]),
        ("decisions", {"outcome": "kanske", "reasons": "Skäl."}, ["/outcome"]),
        ("decisions", {"outcome": "bifall"}, ["/reasons"]),
        ("decisions", {"outcome": "bifall", "reasons": "Skäl.", "decided_on": "2026-11-24"}, ["/decided_on"]),
        ("decisions", {"outcome": "bifall", "reasons": "Skäl.", "decided_by": " "}, ["/decided_by"]),
        ("assignments", {}, ["/officer_subject"]),
        ("assignments", {"officer_subject": "ingen"}, ["/officer_subject"]),
        ("assignments", {"officer_subject": "erik"}, ["/officer_subject"]),
    ],
)
def test_wrong_values_are_errors_at_their_place_and_nothing_is_written(casework, anna, path, body, pointers):
    casework.knows(ERIK)
    case = casework.a_case()
    claim(command(case), **casework.store_and_time)

    answer = anna.send(f"/cases/{case.id}/{path}", body, version=3)

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert sorted(error["pointer"] for error in answer.json["errors"]) == pointers
    assert casework.now(case).sequence == 3


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "nonsens"},
        {"cursor": "WyIyMDI2LTExLTIzIiwiMjAyNi0xMS0yM1QxMTowMDowMCIsIngiXQ"},
        {"cursor": paging.encode(["2026-11-23", "2026-01-01T00:00:00", str(UUID(int=7)), "BN", 2026, 1, ""])},
        {"cursor": paging.encode(["2026-11-23", "0001-01-01T00:00:00+14:00", str(UUID(int=7)), "BN", 2026, 1, ""])},
        {"cursor": paging.encode(["2026-11-23", "2026-01-01T00:00:00Z", 5, "BN", 2026, 1, ""])},
        {"cursor": paging.encode(["2026-11-23", "2026-01-01T00:00:00Z", str(UUID(int=7)), "B\0", 2026, 1, ""])},
        {"cursor": paging.encode(["2026-11-23", "2026-01-01T00:00:00Z", str(UUID(int=7)), "BN", 2**40, 1, ""])},
        {"cursor": paging.encode(["2026-11-23", "2026-01-01T00:00:00Z", str(UUID(int=7)), "BN", 2026, 1, 1])},
        {"limit": "0"},
        {"limit": "x"},
        {"state": "x"},
        {"officer": "x"},
        {"sort": "x"},
        {"sort": "number", "state": "closed"},
    ],
)
def test_a_nonsensical_query_is_refused(anna, query):
    assert anna.get("/queues/bygglov/cases", **query).status_code in (400, 422)


@pytest.mark.parametrize("sort", ["deadline", "-deadline", "age", "newest"])
def test_closed_cases_are_listed_by_deadline_and_age(anna, sort):
    assert anna.get("/queues/bygglov/cases", state="closed", sort=sort).status_code == 200


def test_pages_are_followed_by_cursor(casework, anna):
    for _ in range(3):
        casework.a_case()

    first = anna.get("/queues/bygglov/cases", limit=2).json
    second = anna.get("/queues/bygglov/cases", limit=2, cursor=first["next"]).json

    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)


@pytest.mark.parametrize("sort", Sort)
def test_a_cursor_of_another_order_begins_somewhere(casework, anna, sort):
    casework.a_case()
    strange = paging.encode(["2026-11-23", "2026-01-01T00:00:00Z", str(UUID(int=7)), "BN", 2026, 1, "ingen"])

    assert anna.get("/queues/bygglov/cases", sort=sort, cursor=strange).status_code == 200


def test_cases_of_another_board_or_municipality_are_not_there(casework, officer):
    case = casework.a_case()
    strangers = [
        officer(boards=["TN"]),
        officer(boards=[]),
        officer(municipality="2409", roles=["officer", "registrar"], boards=[]),
    ]

    for stranger in strangers:
        assert stranger.get(f"/cases/{case.id}").status_code == 404
        assert stranger.get(f"/cases/{case.id}/journal").status_code == 404
        assert stranger.get("/queues/bygglov/cases").status_code == 404
        assert stranger.send("/queues/bygglov/claims").status_code == 404
        assert stranger.send(f"/cases/{case.id}/notes", {"text": "Nyfiken."}).status_code == 404
        assert stranger.send(f"/cases/{case.id}/closures", version=2).status_code == 404
        assert "bygglov" not in [queue["code"] for queue in stranger.get("/queues").json["items"]]


def test_a_case_that_is_not_there_is_not_found(anna):
    assert anna.get(f"/cases/{uuid4()}").status_code == 404
    assert anna.get("/cases/inget-id").status_code == 404


def test_without_token_role_or_served_municipality_nobody_comes_in(client, officer):
    assert client.get(f"{API}/queues").status_code == 401
    assert officer(roles=[]).get("/queues").status_code == 403
    before = turned_away("municipality")
    assert officer(municipality="0180").get("/queues").status_code == 403
    assert turned_away("municipality") == before + 1


def test_the_api_documents_itself(client):
    paths = client.get(f"{API}/openapi.json").json["paths"]

    decide = paths[f"{API}/cases/{{case_id}}/decisions"]["post"]
    assert {parameter["name"]: parameter["required"] for parameter in decide["parameters"]} == {
        "Idempotency-Key": False,
        "If-Match": True,
    }
    assert {"201", "401", "403", "404", "409", "412", "422", "428"} <= set(decide["responses"])
