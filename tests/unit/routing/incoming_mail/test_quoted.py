"""What a mail quotes is folded away; what somebody wrote never is."""

import pytest

from services.routing.incoming_mail.quoted import mail_text


@pytest.mark.parametrize(
    "begins",
    [
        "Den mån 23 nov. 2026 kl 12:00 skrev Älvdalens kommun <svar@alvdalen.example>:",
        "On Mon, 23 Nov 2026 at 12:00, Älvdalens kommun wrote:",
        "-----Ursprungligt meddelande-----",
        "________________________________",
        "Från: Älvdalens kommun\nSkickat: den 23 november 2026 12:00",
        "> Vi behöver mer från dig\n> för att gå vidare",
    ],
)
def test_what_is_quoted_begins_where_mail_programs_say_so(begins: str) -> None:
    text = mail_text(f"Hej!\n\nMåtten är 4 × 6.\n\n{begins}\n> Hej")

    assert text.written == "Hej!\n\nMåtten är 4 × 6."
    assert text.quoted.startswith(begins)


@pytest.mark.parametrize("text", ["", "Hej!", "> allt är citat", "Den 3 maj kommer jag.", "On Monday I wrote to you."])
def test_nothing_is_folded_where_nothing_or_all_would_be(text: str) -> None:
    assert mail_text(text) == (text, "")
