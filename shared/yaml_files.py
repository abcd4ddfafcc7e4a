"""YAML files read with one safe loader, so that every error can name its line.

No aliases: a few of them can stand for more than a machine holds. Nothing nested deeper than DEEPEST, or larger than
LARGEST. No key twice: YAML's own reader takes the last without a word.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shared.validation import flattened

DEEPEST = 100
LARGEST = 5_000_000  # bytes: room for twenty thousand routing rules


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
        """An error at the line of what the path names, or of the nearest thing around it that is there."""
        place = ".".join(map(str, path))
        return FileError(self.file, self._line(path), f"{place}: {message}" if place else message)

    def errors(self, messages: Any) -> list[FileError]:
        """A schema's messages about the content, each at its line."""
        return [self.error(path, str(message)) for path, message in flattened(messages)]

    def repeated_keys(self) -> list[FileError]:
        """An error for each key that stands twice in one mapping."""
        return [self.error(path, "stands here twice") for path in _repeated_keys(self.node)]

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


def _repeated_keys(node: yaml.Node, path: Sequence[Any] = ()) -> Iterator[Sequence[Any]]:
    children = _children(node)
    times = Counter(name for name, _, _ in children)
    for name, _, value in children:
        if times[name] > 1:
            yield [*path, name]
        yield from _repeated_keys(value, [*path, name])


def _children(node: yaml.Node) -> list[tuple[Any, yaml.Node, yaml.Node]]:
    """What is inside: its name or number, the node that marks its line, and its value."""
    if isinstance(node, yaml.MappingNode):
        return [(key.value, key, value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [(number, value, value) for number, value in enumerate(node.value)]
    return []


def _in_one_line(error: Exception) -> str:
    return " ".join(str(getattr(error, "problem", None) or error).split())


def _marked_line(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return int(mark.line) + 1 if mark else 1
