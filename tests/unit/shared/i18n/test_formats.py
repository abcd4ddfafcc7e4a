"""Texts, dates and numbers in a language."""

from datetime import UTC, datetime
from decimal import Decimal

from shared.i18n.formats import format_amount, format_date, format_datetime, format_number, localized


def test_dates_and_numbers_are_written_as_people_write_them():
    moment = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

    assert format_date(moment, "sv") == "24 november 2026"
    assert format_datetime(moment, "sv") == "24 november 2026 kl. 00:30"
    assert format_datetime(moment, "en") == "24 November 2026, 00:30"
    assert format_number(Decimal("1234.5"), "en") == "1,234.5"
    assert format_amount(1234.5, "en") == "1,234.50"
    assert format_amount(1234, "en") == "1,234"


def test_a_text_that_a_language_lacks_is_in_swedish():
    assert localized({"sv": "Bygglov", "en": "Building permit"}, "en") == "Building permit"
    assert localized({"sv": "Bygglov"}, "en") == "Bygglov"
    assert localized({"sv": "Bygglov", "en": ""}, "en") == "Bygglov"
