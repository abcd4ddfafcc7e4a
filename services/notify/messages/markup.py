"""The little markup of message templates: blank lines part the blocks, and a block is what its first line begins with.

`# heading`, `- list`, `> somebody's own words`, an address on a line of its own; else it is a paragraph.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 72
_MARKS = {"# ": "heading", "- ": "list", "> ": "quote", "http://": "link", "https://": "link"}
_INDENTS = {"list": ("- ", "  "), "quote": ("    ", "    ")}


@dataclass(frozen=True)
class Block:
    """A piece of a letter between blank lines, its markup taken off."""

    kind: str
    lines: list[str]


class _OwnWords(str):
    """What somebody wrote, already marked line by line."""


def blocks(body: str) -> list[Block]:
    """The blocks of a rendered template."""
    pieces = [piece.strip("\n").split("\n") for piece in body.split("\n\n") if piece.strip()]
    return [_block(lines) for lines in pieces]


def plain(blocks: Sequence[Block]) -> str:
    """The blocks as plain text, no line but an address longer than WIDTH."""
    return "\n\n".join(map(_told, blocks)) + "\n"


def _block(lines: list[str]) -> Block:
    kind = next((kind for mark, kind in _MARKS.items() if f"{lines[0]} ".startswith(mark)), "paragraph")
    bare = lines if kind in ("link", "paragraph") else [line[2:] for line in lines]
    return Block(kind, bare)


def _told(block: Block) -> str:
    first, rest = _INDENTS.get(block.kind, ("", ""))
    return "\n".join(line if block.kind == "link" else _wrapped(line, first, rest) for line in block.lines)


def _wrapped(line: str, first: str, rest: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def quote(text: str) -> str:
    """Somebody's own words as one block, whatever they look like."""
    return _OwnWords("\n".join(f"> {line}" for line in text.strip().splitlines()))


def one_line(value: Any) -> Any:
    """A value put into a template, kept from beginning a line, and so a block, of its own; `quote`s stay."""
    return value if isinstance(value, _OwnWords) else " ".join(str(value).split())
