"""The markup of message templates: blocks with blank lines between, whose first characters show what they are.

`# heading`, `- list`, `> quote` of what a person wrote, a URL alone on a line; else it is a paragraph.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

WIDTH = 72
_MARKS = {"# ": "heading", "- ": "list", "> ": "quote", "http://": "link", "https://": "link"}
_INDENTS = {"list": ("- ", "  "), "quote": ("    ", "    ")}


@dataclass(frozen=True)
class Block:
    """A part of a message between blank lines, without its markup."""

    kind: str
    lines: list[str]


class _Quote(str):
    """What a person wrote, with the mark of a quote on each line."""


def blocks(body: str) -> list[Block]:
    """The blocks of a rendered template."""
    pieces = [piece.strip("\n").split("\n") for piece in body.split("\n\n") if piece.strip()]
    return [_block(lines) for lines in pieces]


def plain(blocks: Sequence[Block]) -> str:
    """The blocks as plain text; no line except a URL is longer than WIDTH."""
    return "\n\n".join(map(_plain_block, blocks)) + "\n"


def _block(lines: list[str]) -> Block:
    kind = next((kind for mark, kind in _MARKS.items() if f"{lines[0]} ".startswith(mark)), "paragraph")
    bare = lines if kind in ("link", "paragraph") else [line[2:] for line in lines]
    return Block(kind, bare)


def _plain_block(block: Block) -> str:
    first, rest = _INDENTS.get(block.kind, ("", ""))
    return "\n".join(line if block.kind == "link" else _wrapped(line, first, rest) for line in block.lines)


def _wrapped(line: str, first: str, rest: str) -> str:
    if len(first) + len(line) <= WIDTH and "\t" not in line:
        return f"{first}{line}".rstrip()
    return _filled(line, first, rest)


@lru_cache(maxsize=256)  # most long lines are the template's own, the same in every message
def _filled(line: str, first: str, rest: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def quote(text: str) -> str:
    """What a person wrote as one block, even where it looks like markup."""
    return _Quote("\n".join(f"> {line}" for line in text.strip().splitlines()))


def one_line(value: Any) -> Any:
    """A value put into a template, on one line so that it cannot begin a new block; a `quote` stays as it is."""
    return value if isinstance(value, _Quote) else " ".join(str(value).split())
