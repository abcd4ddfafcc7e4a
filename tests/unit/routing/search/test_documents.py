"""Which of a case's answers are the place that it is about."""

from services.routing.search.documents import places_of


def test_an_address_that_things_are_sent_to_is_no_place_of_the_case():
    """A notice of a food establishment asks for the invoice address before that of the establishment."""
    fields = ("invoice_address", "post_address", "operators.1.invoice_address")
    sent_to = [answer(field, "Box 3, Mora") for field in fields]

    assert places_of({"answers": [*sent_to, answer("address", "Dalgatan 12, Älvdalen")]}) == ["Dalgatan 12, Älvdalen"]


def answer(field: str, value: str) -> dict[str, object]:
    """An answer as events have it."""
    return {"field": field, "value": {"sv": value}}
