"""Who else has a case open, on the pages on which an officer looks through what they are about to do with it."""

from services.routing.presence.present import stay
from tests.browser.origin import beside_the_provider, serving
from tests.browser.routing_service import a_macro, a_routing_service, fault_report
from tests.store.routing.casework import ERIK
from tests.store.routing.desk_client import sign_in, somebody_at, token_of


def test_a_colleague_is_seen_before_a_decision_is_sent_and_before_a_macro_is_carried_out(tmp_path):
    service = a_routing_service(tmp_path)
    case = service.receive(fault_report(0))
    macro = a_macro(service, "Notera", ("note", {"text": {"sv": "Ringde."}}))
    stay(ERIK, case.id, case.sequence, sessions=service.store.sessions, now=service.clock())
    with serving(lambda origin: beside_the_provider(service.app(origin))) as origin, somebody_at(origin) as anna:
        seen = {"csrf_token": token_of(sign_in(anna)), "version": str(case.sequence), "key": "0" * 32}
        anna.post(f"/desk/cases/{case.id}/claims", data=seen)
        request = {"version": str(case.sequence + 1), "outcome": "atgardat", "reasons": "Lampan är bytt."}
        decision = anna.post(f"/desk/cases/{case.id}/decisions", data={**seen, **request, "key": "1" * 32})
        carried_out = anna.get(f"/desk/cases/{case.id}/macros/{macro.id}")

    assert "Granska svaret" in decision.text
    for page in (decision.text, carried_out.text):
        assert "Erik Eriksson har det här ärendet öppet." in page.split('id="presence"')[1]
