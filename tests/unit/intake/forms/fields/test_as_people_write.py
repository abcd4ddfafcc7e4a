"""What people write and paste is cleaned and read; what may be read in two ways, or in none, is asked about."""

import pytest

from tests.unit.intake.forms.fields.fields import answered, error_of, load

READ = {
    "bank_account": [("123 456 789-0", "1234567890"), ("12345", "12345"), ("１２３４５６７", "1234567")],
    "text": [
        ("\u200bAnna\u00ad Lind\ufeff", "Anna Lind"),
        ("Anna\u00a0 Lind\u2028", "Anna Lind"),
        ("\u202aAnna\u202c\ufffc", "Anna"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("2020\x962025", "2020–2025"),
    ],
    "textarea": [("ett\x0btvå\rtre", "ett\ntvå\ntre"), ("rad\u2029\tindrag ", "rad\n\tindrag")],
    "email": [
        ("<kim@example.se>,", "kim@example.se"),
        ("mailto:kim@example.se?subject=Hej", "kim@example.se"),
        ("Kim Karlsson <mailto:kim@example.se>;", "kim@example.se"),
        ("kim@example.se.", "kim@example.se"),
        ("“kim@example.se”", "kim@example.se"),
        ("\u200ekim@example.se\u200b", "kim@example.se"),
        ("kim‑k@example.se", "kim-k@example.se"),
    ],
    "tel": [
        ("+46 (0)70-123 45 67", "+46 70-123 45 67"),
        ("+46(0)701234567", "+46 701234567"),
        ("(070) 123 45 67", "070 123 45 67"),
        ("070–123\u00a045\u202f67", "070-123 45 67"),
        ("tel:+46701234567", "+46701234567"),
        ("070-123 45 67,", "070-123 45 67"),
    ],
    "number": [("1\u00a0234,5", 1234.5), ("−3", -3), ("–3", -3), ("１２", 12), ("12\u200b", 12)],
    "money": [
        ("1 234,50", 1234.5),
        ("1\u00a0234,50\u00a0kr", 1234.5),
        ("1.234,50 kr", 1234.5),
        ("1,234.50 SEK", 1234.5),
        ("SEK 1234", 1234),
        ("kr. 99", 99),
        ("1234567", 1234567),
        ("1.234.567", 1234567),
        ("1 234 567,8", 1234567.8),
        ("100:-", 100),
        ("100,-", 100),
        ("12:50", 12.5),
        ("12.50 kronor", 12.5),
        ("−12,5", -12.5),
        ("0", 0),
    ],
    "date": [
        ("2026–11–20", "2026-11-20"),
        ("2026‑11‑20", "2026-11-20"),
        (" 2026 - 11 - 20 ", "2026-11-20"),
        ("20261120", "2026-11-20"),
        ("2026/1/2", "2026-01-02"),
        ("2026.11.20", "2026-11-20"),
    ],
    "month": [
        ("2027-01", "2027-01"),
        ("2027-1", "2027-01"),
        ("202701", "2027-01"),
        ("01/2027", "2027-01"),
        ("1 2027", "2027-01"),
        ("januari 2027", "2027-01"),
        ("Jan. 2027", "2027-01"),
        ("October 2027", "2027-10"),
        ("maj 2027", "2027-05"),
        ("sept 2027", "2027-09"),
    ],
    "time": [
        ("08:30", "08:30"),
        ("8.30", "08:30"),
        ("0830", "08:30"),
        ("830", "08:30"),
        ("kl 8", "08:00"),
        ("kl.8", "08:00"),
        ("klockan 18,15", "18:15"),
        ("23\u00a0:\u00a059", "23:59"),
    ],
    "url": [
        ("example.se", "https://example.se"),
        ("HTTP://Example.SE/Sida", "http://example.se/Sida"),
        ("räksmörgås.se", "https://xn--rksmrgs-5wao1o.se"),
        ("example.se:8080/a", "https://example.se:8080/a"),
        ("<https://example.se/å ?>,".replace(" ", ""), "https://example.se/%C3%A5"),
        ("https://example.se/%C3%A5?q=a|b#c", "https://example.se/%C3%A5?q=a%7Cb#c"),
        ("https://example.se/a–b", "https://example.se/a%E2%80%93b"),
    ],
    "property": [
        ("Åsen 3:14", "Åsen 3:14"),
        ("Åsen\u00a03 : 14.", "Åsen 3:14"),
        ("Norr–Åsen 3:14", "Norr-Åsen 3:14"),
    ],
    "identity_number": [
        ("19861209–2380", "198612092380"),
        ("861209‑2380", "198612092380"),
        ("556016\u00a00680", "5560160680"),
        ("\u202d556016-0680\u202c.", "5560160680"),
        ("８６１２０９－２３８０", "198612092380"),
        ("121212+1212", "191212121212"),
    ],
    "yes_no": [("yes", True), ("no", False)],
}

REJECTED = {
    "bank_account": [
        ("1234", "bank_account"),
        ("SE45 5000 0000 0583 9825 7466", "bank_account"),
        ("mitt", "bank_account"),
    ],
    "text": [("a\ufffdb", "characters"), ("\x07", "required"), ("x" * 201, "too_long"), ("x" * 10_000, "too_long")],
    "email": [
        ("a@example.se, b@example.se", "email"),
        ("A <a@example.se>, B <b@example.se>", "email"),
        ("<>", "email"),
        ("mailto:", "email"),
        (".kim@example.se", "email"),
    ],
    "tel": [("()", "required"), ("(+)", "telephone"), ("070", "telephone"), ("ring mig", "telephone")],
    "number": [("", "type"), ("1,2,3", "type"), ("1" * 400, "type"), ("½", "type")],
    "money": [
        ("1.234", "money"),
        ("1,234", "money"),
        ("12 34", "money"),
        ("1 234.567,5", "money"),
        ("1,5 dollar", "money"),
        ("kr", "money"),
        ("", "money"),
        ("9" * 14, "money"),
        ("1e5", "money"),
    ],
    "date": [("20 november", "date"), ("20-11-2026", "date"), ("2026-02-30", "date"), ("2026-1-", "date")],
    "month": [("januari", "month"), ("2027-13", "month"), ("ma 2027", "month"), ("0000-01", "month")],
    "time": [("24:00", "time"), ("8:60", "time"), ("åtta", "time"), ("8:3", "time"), ("12345", "time")],
    "url": [
        ("javascript:alert(1)", "url"),
        ("ftp://example.se", "url"),
        ("https://", "url"),
        ("https://user:secret@example.se", "url"),
        ("example", "url"),
        ("http://127.0.0.1/", "url"),
        ("https://example.se/a b", "url"),
        ("https://[::1]/", "url"),
        ("https://example.se:port/", "url"),
        (f"https://{'a.' * 900}se", "url"),
        (f"https://example.se/{'å' * 1000}", "too_long"),
    ],
    "identity_number": [
        ("121212 1212", "number_century"),
        ("19861209-0008", "number_serial"),
        ("8612092380 x", "number_format"),
    ],
    "yes_no": [("perhaps", "type"), ("", "type")],
}


def cases(by_type):
    return [(type_name, *case) for type_name, several in by_type.items() for case in several]


@pytest.mark.parametrize(("type_name", "written", "read"), cases(READ))
def test_what_people_write_is_read(type_name, written, read):
    field = load(type_name)

    answer = answered(field, written)

    assert answer == read
    assert type(answer) is type(read) or isinstance(answer, float)


@pytest.mark.parametrize(("type_name", "written", "code"), cases(REJECTED))
def test_what_cannot_be_read_for_sure_is_an_error(type_name, written, code):
    assert error_of(load(type_name), written) == code


@pytest.mark.parametrize(
    ("type_name", "when", "written", "code"),
    [
        ("date", "past", "2026-11-24", "future"),
        ("date", "future", "2026-11-22", "past"),
        ("month", "past", "2026-12", "future"),
        ("month", "future", "2026-10", "past"),
    ],
)
def test_what_is_past_or_future_is_no_other(type_name, when, written, code):
    assert error_of(load(type_name, when=when), written) == code


@pytest.mark.parametrize("when", ["past", "future"])
def test_today_and_this_month_are_past_and_future(when):
    assert answered(load("date", when=when), "2026-11-23") == "2026-11-23"
    assert answered(load("month", when=when), "november 2026") == "2026-11"


def test_an_amount_is_within_its_limits():
    field = load("money", minimum=0, maximum=100)

    assert [error_of(field, text) for text in ("−1", "100,01")] == ["range", "range"]
    assert field.display(99.5)["en"] == "99.50\u00a0SEK"
