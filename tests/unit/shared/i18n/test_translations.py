"""Translations from `.po` files, without a request."""

from shared.i18n.translations import Languages

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Hello %(name)s"
msgstr "Hej %(name)s"
"""


def test_a_folders_texts_are_translated_and_an_unknown_language_gets_the_source(tmp_path):
    (tmp_path / "sv.po").write_text(PO)
    known = Languages(tmp_path)

    assert known.gettext("sv", "Hello %(name)s", name="Åsa") == "Hej Åsa"
    assert known.gettext("fi", "Hello %(name)s", name="Åsa") == "Hello Åsa"
    assert known.codes == ("sv", "en")


def test_a_librarys_message_is_recognised_with_its_values_in():
    known = Languages()

    assert known.message("sv", "Shorter than minimum length 3.") == "För kort: minst 3."
    assert known.message("sv", "Must be one of: a {b}, c.") == "Ska vara något av: a {b}, c."
    assert known.message("sv", "Something else.") == "Something else."
    assert known.message("en", "Shorter than minimum length 3.") == "Shorter than minimum length 3."
