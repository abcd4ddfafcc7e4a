"""The markup of message templates."""

import pytest

from services.notify.messages.markup import WIDTH, Block, blocks, one_line, plain, quote


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("Hej!", Block("paragraph", ["Hej!"])),
        ("# Skäl", Block("heading", ["Skäl"])),
        ("- ett\n- två", Block("list", ["ett", "två"])),
        ("> så här\n> och så", Block("quote", ["så här", "och så"])),
        (">", Block("quote", [""])),
        ("https://e.example.se/x", Block("link", ["https://e.example.se/x"])),
        ("#Skäl", Block("paragraph", ["#Skäl"])),
    ],
)
def test_a_block_is_known_by_its_first_characters(text: str, block: Block) -> None:
    assert blocks(text) == [block]


def test_blank_lines_separate_blocks() -> None:
    assert [block.kind for block in blocks("\n# A\n\n\n\nett\n\n- två\n")] == ["heading", "paragraph", "list"]


def test_plain_text_is_wrapped_and_links_are_not() -> None:
    link = "https://e.example.se/" + "x" * WIDTH

    text = plain(blocks(f"{'ord ' * 40}\n\n- {'ord ' * 40}\n\n{link}"))

    lines = text.splitlines()
    assert link in lines
    assert all(len(line) <= WIDTH for line in lines if line != link)
    assert any(line.startswith("- ord") for line in lines)


def test_what_a_person_wrote_stays_one_quote() -> None:
    assert [block.kind for block in blocks(quote("# Rubrik\n\n- ett\nhttps://x.example"))] == ["quote"]


def test_a_value_cannot_begin_a_block_of_its_own() -> None:
    assert one_line("ett\n\n# två") == "ett # två"
    assert one_line(quote("ett\ntvå")) == "> ett\n> två"
