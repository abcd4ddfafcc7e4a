"""The names that uploaded files are stored under."""

import pytest

from shared.files.receive import clean_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Nils\\plan.pdf", "plan.pdf"),
        ("pl\x00an\n.pdf", "plan.pdf"),
        ("gpj.\u202efdp", "gpj.fdp"),
        ("<plan>.pdf", "plan.pdf"),
        ("...", "fil"),
        ("", "fil"),
        ("å" * 500 + ".pdf", "å" * 116 + ".pdf"),
        (".pdf", "pdf"),
    ],
)
def test_names_are_cleaned(sent, kept):
    assert clean_name(sent) == kept
