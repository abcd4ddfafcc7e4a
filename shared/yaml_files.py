"""YAML files read with one safe loader, so that every error can name its line.

No aliases: a few of them can stand for more than a machine holds. Nothing nested deeper than DEEPEST, or larger than
LARGEST. No key twice: YAML's own reader takes the last without a word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shared.validation import flattened

DEEPEST = 100
LARGEST = 5_000_000  # bytes: room for twenty thousand routing rules
LONGEST_NAME = 60  # characters of a name that stands in the place of an error

NOT_A_TEXT, UNKNOWN_KEY = "Not a valid string.", "Unknown field"  # marshmallow's own words
_CURES_OF_VALUES = {  # by marshmallow's own words too
    "Not a valid list.": "Write it as [a, b], or each on a line of its own that begins with -.",
    "Not a valid boolean.": "Write true or false.",
    "Not a valid integer.": "Write a whole number, without quotes, spaces or decimals.",
    "Not a valid number.": "Write a number, without quotes or spaces, and with a point before decimals.",
    "Field may not be null.": "There is nothing after the colon.",
}
_READ_AS = {
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:timestamp": "a day",
}


@dataclass(eq=False)
class FileError(Exception):
    """What is wrong at a line of a file, in one line: `felanmalan.yaml:12: board: …`."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def summary(errors: Sequence[FileError]) -> str:
    """The first error, and how many more there are, in one line."""
    return f"{errors[0]} (and {len(errors) - 1} more)" if len(errors) > 1 else str(errors[0])


@dataclass(frozen=True)
class Document:
    """A YAML file whose top is a mapping: its content, where each part of it stands, and the text as it was read."""

    file: Path
    content: dict[str, Any]
    node: yaml.MappingNode
    text: bytes

    def error(self, path: Sequence[Any], message: str) -> FileError:
        """An error at the line of what the path names, or of the nearest thing around it that is there.

        Members of lists are called by their name or code where they have one: `pages.applicant.email.max_length`.
        """
        place = ".".join(self._called(path))
        return FileError(self.file, self._line(path), f"{place}: {message}" if place else message)

    def errors(self, messages: Any) -> list[FileError]:
        """A schema's messages about the content, each at its line, with a cure where one is likely."""
        return [self.error(path, f"{message}{self._cure(path, message)}") for path, message in flattened(messages)]

    def repeated_keys(self) -> list[FileError]:
        """An error for each key that stands in a mapping again."""
        return [
            FileError(self.file, line, f"{'.'.join(self._called(path))}: stands here twice")
            for path, line in _repeated_keys(self.node)
        ]

    def _called(self, path: Sequence[Any]) -> list[str]:
        """The path as people read it: members without a name fall away where one inside them has a name."""
        found: list[str] = []
        value: Any = self.content
        nameless: int | None = None  # how much of the path stands before the list of the last member without a name
        for step in path:
            value = _inside(value, step)
            name = _name_of(value) if isinstance(step, int) else None
            if name and nameless is not None:
                found, nameless = found[:nameless], None
            elif isinstance(step, int) and not name:
                nameless = len(found) - 1 if nameless is None else nameless
            found.append(name or str(step))
        return found

    def _cure(self, path: Sequence[Any], message: Any) -> str:
        """What to do about a text that YAML reads as something else: yes, no and on without quotes are truth values."""
        written = self._node(path)
        if str(message).startswith(UNKNOWN_KEY) and isinstance(written, yaml.ScalarNode) and not written.value:
            return " A text with a comma, in braces, must be in quotes."
        if message in _CURES_OF_VALUES:
            return f" {_CURES_OF_VALUES[message]}"
        if message != NOT_A_TEXT or not isinstance(written, yaml.ScalarNode):
            return ""
        kind = _READ_AS.get(written.tag, "no text")
        return f' YAML reads {written.value} as {kind}: write it in quotes, "{written.value}"'

    def _node(self, path: Sequence[Any]) -> yaml.Node | None:
        node: yaml.Node | None = self.node
        for step in path:
            node = next((value for name, _, value in _children(node) if name == step), None) if node else None
        return node

    def _line(self, path: Sequence[Any]) -> int:
        node: yaml.Node = self.node
        line = node.start_mark.line
        for step in path:
            inside = next(((key, value) for name, key, value in _children(node) if name == step), None)
            if inside is None:
                break
            key, node = inside
            line = key.start_mark.line
        return int(line) + 1


def read(file: Path) -> Document:
    """Read a file whose top is a mapping. Raises FileError, also when it cannot be read."""
    try:
        return parse(_bounded(file), file)
    except OSError as error:
        raise FileError(file, 1, f"cannot be read ({error.strerror})") from error


def parse(text: bytes, file: Path) -> Document:
    """The document whose text is known already, as that of `file`. Raises FileError."""
    try:
        _reject_what_could_crash_the_parser(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise FileError(file, 1, "is not a mapping")
        return Document(file, loader.construct_document(node), node, text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FileError(file, _marked_line(error), f"is not YAML: {_in_one_line(error)}") from error


def _bounded(file: Path) -> bytes:
    with file.open("rb") as opened:
        text = opened.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise FileError(file, 1, f"is larger than {LARGEST:,} bytes")
    return text


def _reject_what_could_crash_the_parser(text: bytes) -> None:
    """Aliases, and a depth at which libyaml's reader brings the whole process down."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not taken", problem_mark=_mark(event))
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem="is nested too deep", problem_mark=_mark(event))


def _mark(event: yaml.Event) -> Any:
    return event.start_mark


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # libyaml, where PyYAML has it
    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value. PyYAML lets exceptions of impossible days and numbers through: here they become YAML errors."""
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, ValueError) as error:
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error


def _repeated_keys(node: yaml.Node, path: Sequence[Any] = ()) -> Iterator[tuple[Sequence[Any], int]]:
    """The path of each key that stands in a mapping again, and its line."""
    seen = set()
    for name, key, value in _children(node):
        if name in seen:
            yield [*path, name], int(key.start_mark.line) + 1
        seen.add(name)
        yield from _repeated_keys(value, [*path, name])


def _children(node: yaml.Node) -> list[tuple[Any, yaml.Node, yaml.Node]]:
    """What is inside: its name or number, the node that marks its line, and its value."""
    if isinstance(node, yaml.MappingNode):
        return [(key.value, key, value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [(number, value, value) for number, value in enumerate(node.value)]
    return []


def _inside(value: Any, step: Any) -> Any:
    """What is there in a mapping or a list; None where it is not."""
    try:
        return value[step]
    except (LookupError, TypeError):
        return None


def _name_of(member: Any) -> str | None:
    names = (member.get("name"), member.get("code")) if isinstance(member, dict) else ()
    return next((each for each in names if isinstance(each, str) and _may_stand_in_a_line(each)), None)


def _may_stand_in_a_line(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def _in_one_line(error: Exception) -> str:
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    return next((f"{problem}: {cure}" for part, cure in _CURES.items() if part in problem), problem)


# By a part of libyaml's message, or of that of PyYAML's own reader: the mistake that it is likely to be.
_CURES = {
    "mapping values are not allowed": "a text with a colon must be in quotes, and lines indented as those above",
    "cannot start any token": "a text that begins so must be in quotes, and lines begin with spaces, not tabs",
    "could not find expected ':'": "is a colon missing, or a line not indented as those above?",
    "did not find expected key": "is a line not indented as those above, or a quotation mark missing?",
    "did not find expected '-' indicator": "is a line not indented as those above?",
    "expected <block end>": "is a line not indented as those above, or a quotation mark missing?",
    "expected ',' or '}'": "is a text with a comma or a colon in braces without quotes, or a brace missing?",
    "expected ',' or ']'": "is a bracket missing?",
    "unexpected end of stream": "is a quotation mark missing?",
}


def _marked_line(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return int(mark.line) + 1 if mark else 1
