"""The pages of standard texts without a browser."""

import re

from tests.browser.origin import beside_the_provider, serving
from tests.browser.routing_service import a_routing_service, a_standard_text
from tests.store.routing.desk_client import sign_in, somebody_at


def test_the_versions_have_names_where_codes_are_kept(tmp_path):
    service = a_routing_service(tmp_path)
    a_standard_text(service, queue="gata")
    with serving(lambda origin: beside_the_provider(service.app(origin))) as origin, somebody_at(origin) as anna:
        sign_in(anna, "anna.andersson")
        at = re.search("/desk/standard-texts/[0-9a-f-]{36}", anna.get("/desk/standard-texts").text)[0]
        page = anna.get(at).text.split("<h2>Versioner</h2>")[1]

    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))
    assert "Kö: Gata och väg · E-tjänst: Gör en felanmälan" in shown
    assert "Svara · Utfall: Åtgärdat" in shown
