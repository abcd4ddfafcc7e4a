"""An officer may enter what came for the e-services of their own boards; the permit says who and for what."""

from dataclasses import replace

import pytest

from services.routing.app import create_app
from services.routing.arrivals.permits import enterable, permit
from services.routing.cases.errors import InvalidInput
from services.routing.desk import sessions
from services.routing.search.documents import places_of
from shared import arrival_permit
from shared.arrival_permit import ArrivalPermit
from shared.events.intake import Answer
from shared.events.payloads import plain
from shared.links import LinkInvalid
from shared.web.tokens import Identity
from tests.builders import NOON, an_arrival
from tests.store.routing.casework import ANNA, ERIK, EVA, LINK_KEY, settings_of

ALVDALEN = {"municipality": "2039", "eservice": "bygglov"}


@pytest.fixture
def database_url(tmp_path):
    """Permits are stored nowhere, and the pages show the same of any store."""
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def app(store, provider, clock):
    """The web app, which believes the provider's tokens."""
    return create_app(settings_of(store, provider.issuer), clock=clock)


@pytest.fixture
def desk(app, store, clock):
    """Gives Erik of a board, signed in at the desk."""

    def signed_in(board):
        client = app.test_client()
        erik = Identity("erik", "Erik Eriksson", "2039", frozenset({"officer"}), frozenset({board}))
        with client.session_transaction() as session:
            session["desk"] = sessions.begin(erik, sessions=store.sessions, now=clock())
        return client

    return signed_in


def test_an_officer_may_enter_for_the_eservices_of_their_boards_by_title(organisations):
    organisation = organisations["2039"]

    of_board, of_all = enterable(ERIK, organisation, "sv"), enterable(ANNA, organisation, "sv")

    assert "felanmalan" in of_board
    assert "bygglov" not in of_board
    assert {"felanmalan", "bygglov"} <= of_all.keys()
    assert enterable(replace(ERIK, boards=frozenset()), organisation, "sv") == {}
    assert list(of_all).index("bygglov") < list(of_all).index("felanmalan")


def test_the_permit_names_who_may_enter_for_which_eservice(organisations):
    signed = permit(EVA, organisations["2039"], "bygglov", key=LINK_KEY)

    assert arrival_permit.read(LINK_KEY, signed, **ALVDALEN) == ArrivalPermit("2039", "bygglov", "eva", "Eva Ek")
    with pytest.raises(LinkInvalid):
        arrival_permit.read(LINK_KEY, signed, **ALVDALEN | {"eservice": "felanmalan"})


@pytest.mark.parametrize("eservice", ["bygglov", "no_such"])
def test_there_is_no_permit_for_an_eservice_of_another_board(organisations, eservice):
    with pytest.raises(InvalidInput):
        permit(ERIK, organisations["2039"], eservice, key=LINK_KEY)


def test_the_desk_leads_to_the_forms_of_the_officers_boards(desk):
    erik = desk("TN")
    assert 'href="/desk/arrivals"' in erik.get("/desk/").text

    page = erik.get("/desk/arrivals").text

    assert 'formaction="/alvdalen/e-tjanster/felanmalan/registrera"' in page
    assert "/alvdalen/e-tjanster/bygglov/registrera" not in page


def test_the_api_gives_a_permit_for_an_eservice_of_the_officers_boards(app, provider):
    client, officer = app.test_client(), provider.bearer(boards=["TN"], now=NOON)

    given = client.post("/routing/api/v1/arrival-permits", json={"eservice": "felanmalan"}, headers=officer)
    refused = client.post("/routing/api/v1/arrival-permits", json={"eservice": "bygglov"}, headers=officer)
    nobody = client.post("/routing/api/v1/arrival-permits", json={"eservice": "felanmalan"})

    assert given.status_code == 200
    assert given.json["submissions"].endswith("/intake/api/v1/municipalities/alvdalen/submissions")
    signed = arrival_permit.read(LINK_KEY, given.json["permit"], municipality="2039", eservice="felanmalan")
    assert signed.officer_subject == "anna.andersson"
    assert (refused.status_code, nobody.status_code) == (422, 401)


def test_the_case_shows_how_it_came_and_who_entered_it(app, desk, provider, casework):
    entered, sent = casework.a_case(arrival=an_arrival()), casework.a_case()
    client, officer, erik = app.test_client(), provider.bearer(boards=["BN"], now=NOON), desk("BN")

    of_entered, of_sent = (
        client.get(f"/routing/api/v1/cases/{case.id}", headers=officer).json for case in (entered, sent)
    )

    assert of_entered["arrival"] == {"channel": "letter", "received_on": "2026-11-20", "entered_by": "Anna Andersson"}
    assert of_entered["deadline"]["counted_from"] == "2026-11-20"
    assert of_sent["arrival"] is None
    page = erik.get(f"/desk/cases/{entered.id}").text
    assert "Registrerat av Anna Andersson" in page
    assert "Kom med brev." in page
    assert "Registrerat av" not in erik.get(f"/desk/cases/{sent.id}").text


def test_a_place_that_is_not_stated_is_no_place():
    stated, missing = (
        plain(Answer("place", {"sv": "Plats"}, {"sv": text}, is_stated=is_stated))
        for text, is_stated in (("Dalgatan 3", True), ("Uppgift saknas", False))
    )

    assert places_of({"answers": [stated, missing]}) == ["Dalgatan 3"]
