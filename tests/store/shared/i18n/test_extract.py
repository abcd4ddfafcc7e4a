"""`make texts`, on a small source of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.reading import ROOT

HEADER = 'msgid ""\nmsgstr ""\n"Language: sv\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'

CODE = """
from shared.web.languages import gettext, ngettext

STATES = {"queued": "In the queue, waiting"}


def words(count, state, limit):
    if count > limit:
        raise TooMany(f"There are more than {limit} of them.")
    heading = gettext("Cases")
    return heading, ngettext("%(num)d case", "%(num)d cases", count), gettext(STATES[state])


def problem():
    return Problem(404, "unknown", detail="There is no such case.")
"""


class Source:
    """A repository with one service, and what is shared."""

    def __init__(self, root: Path) -> None:
        self.shared, self.service = root / "shared" / "i18n" / "texts" / "sv.po", root / "services" / "desk"
        self.texts = self.service / "texts" / "sv.po"
        self.root = root
        for folder in (self.shared.parent, self.texts.parent, self.service / "templates"):
            folder.mkdir(parents=True)
        for module in ("__init__.py", "i18n/__init__.py", "i18n/extract.py", "i18n/source_texts.py"):
            shutil.copy(ROOT / "shared" / module, root / "shared" / module)
        self.shared.write_text(HEADER)
        self.texts.write_text(HEADER)
        (self.service / "pages.py").write_text(CODE)
        (self.service / "templates" / "page.html").write_text("<h1>{{ _('Desk') }}</h1>{{ _('Cases') }}")

    def make_texts(self) -> str:
        """Run it; what it writes on the terminal."""
        command = [sys.executable, "-m", "shared.i18n.extract"]
        return subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True).stdout

    def translate(self, **translations: str) -> None:
        """Write in the service's file, as a translator does."""
        entries = [f'\n# Checked.\nmsgid "{text}"\nmsgstr "{swedish}"\n' for text, swedish in translations.items()]
        self.texts.write_text(self.texts.read_text() + "".join(entries))


@pytest.fixture
def source(tmp_path):
    return Source(tmp_path)


def test_new_texts_come_without_a_translation_by_first_use_and_with_where_they_are_used(source):
    output = source.make_texts()

    assert output.splitlines()[1] == "services/desk/texts/sv.po: 4 texts, 4 without a translation"
    assert source.texts.read_text().split("\n\n")[1:] == [
        '#: services/desk/pages.py services/desk/templates/page.html\nmsgid "Cases"\nmsgstr ""',
        '#: services/desk/pages.py\n#, python-format\nmsgid "%(num)d case"\nmsgid_plural "%(num)d cases"\n'
        'msgstr[0] ""\nmsgstr[1] ""',
        '#: services/desk/pages.py\nmsgid "There is no such case."\nmsgstr ""',
        '#: services/desk/templates/page.html\nmsgid "Desk"\nmsgstr ""\n',
    ]


def test_translations_and_comments_stay(source):
    source.translate(Desk="Skrivbord")

    source.make_texts()

    assert (
        '# Checked.\n#: services/desk/templates/page.html\nmsgid "Desk"\nmsgstr "Skrivbord"' in source.texts.read_text()
    )


def test_a_text_that_nothing_shows_goes(source):
    source.translate(Inbox="Inkorg")

    source.make_texts()

    assert "Inkorg" not in source.texts.read_text()


def test_a_text_that_a_variable_holds_stays(source):
    source.translate(
        **{"In the queue, waiting": "Väntar i kön", "There are more than 30 of them.": "De är fler än 30."}
    )

    source.make_texts()

    assert "Väntar i kön" in source.texts.read_text()
    assert "De är fler än 30." in source.texts.read_text()


def test_the_message_of_a_library_stays_where_it_is_shared(source):
    source.shared.write_text(
        f'{HEADER}\nmsgid "Shorter than minimum length {{min}}."\nmsgstr "För kort: minst {{min}}."\n'
    )

    source.make_texts()

    assert '#: marshmallow.validate\n#, python-brace-format\nmsgid "Shorter than' in source.shared.read_text()


def test_what_is_shared_is_not_repeated(source):
    (source.shared.parents[1] / "pages.py").write_text('gettext("Desk")')
    source.make_texts()

    assert "Desk" in source.shared.read_text()
    assert "Desk" not in source.texts.read_text().replace("services/desk", "")


def test_making_them_twice_changes_nothing(source):
    source.make_texts()
    once = source.texts.read_text()

    source.make_texts()

    assert source.texts.read_text() == once
