"""Definition files read from a folder, each fault with its file and line.

`common/` is shared by all municipalities; a file in `<municipality>/` takes the place of the common one of the same
name. A bad file is left out, also as an override: nothing else is then offered in its place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError

from services.intake.definitions.definition import EService
from services.intake.definitions.schema import EServiceSchema

COMMON = "common"

Wrong = tuple[Sequence[Any], str]

_SCHEMA = EServiceSchema()


class _Loader(yaml.SafeLoader):
    """YAML whose faults all have their line, and no aliases: a few of them can stand for more than a machine holds."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not taken", problem_mark=self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value that is written; PyYAML lets out what Python says of days and numbers that there are not."""
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, ValueError) as fault:
            raise yaml.MarkedYAMLError(problem=str(fault), problem_mark=node.start_mark) from fault


@dataclass(frozen=True)
class Fault:
    """What is wrong with a definition, at a line of its file."""

    file: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Definitions:
    """The good definitions of a folder by municipality (or `common`) and code, and the faults of the others.

    A bad file's code is there, with None.
    """

    by_place: Mapping[str, Mapping[str, EService | None]]
    faults: Sequence[Fault]

    def of(self, slug: str) -> dict[str, EService]:
        """What a municipality may offer, by code."""
        return {code: eservice for code, eservice in sorted(self._chosen(slug).items()) if eservice is not None}

    def codes(self, slug: str) -> set[str]:
        """The codes of all there is for a municipality, good or bad."""
        return set(self._chosen(slug))

    def _chosen(self, slug: str) -> dict[str, EService | None]:
        return {**self.by_place.get(COMMON, {}), **self.by_place.get(slug, {})}


def load(folder: Path) -> Definitions:
    """Read every `<folder>/<place>/<code>.yaml`."""
    by_place: dict[str, dict[str, EService | None]] = {}
    faults: list[Fault] = []
    for file in sorted(folder.glob("*/*.yaml")):
        found, wrong = _read(file)
        by_place.setdefault(file.parent.name, {})[file.stem] = found
        faults += wrong
    return Definitions(by_place, faults)


def _read(file: Path) -> tuple[EService | None, list[Fault]]:
    try:
        loader = _Loader(file.read_bytes())
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            return None, [Fault(file, 1, "is not a mapping")]
        written, repeated = loader.construct_document(node), [*_repeated_keys(node)]
    except RecursionError:
        return None, [Fault(file, 1, "refers to itself")]
    except yaml.YAMLError as fault:
        return None, [Fault(file, _marked_line(fault), f"is not YAML: {_said(fault)}")]
    eservice, wrong = _checked(written, file.stem)
    wrong += [(path, "stands here twice") for path in repeated]
    return None if wrong else eservice, [Fault(file, _line(node, path), _told(path, what)) for path, what in wrong]


def _checked(written: Any, code: str) -> tuple[EService | None, list[Wrong]]:
    try:
        eservice: EService = _SCHEMA.load(written)
    except ValidationError as fault:
        return None, list(_flat(fault.messages))
    if eservice.code != code:
        return None, [(["code"], f"is {eservice.code}, but the file is {code}.yaml")]
    return eservice, []


def _repeated_keys(node: yaml.Node, path: Sequence[Any] = ()) -> Iterator[Sequence[Any]]:
    """YAML's own reader takes the last of two without a word."""
    inside = _steps(node)
    steps = [step for step, _ in inside]
    for step, value in inside:
        if steps.count(step) > 1:
            yield [*path, step]
        yield from _repeated_keys(value, [*path, step])


def _steps(node: yaml.Node) -> list[tuple[Any, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        return [(key.value, value) for key, value in node.value]
    return list(enumerate(node.value)) if isinstance(node, yaml.SequenceNode) else []


def _said(fault: yaml.YAMLError) -> str:
    """What PyYAML says, in a line."""
    return " ".join(str(getattr(fault, "problem", None) or fault).split())


def _marked_line(fault: yaml.YAMLError) -> int:
    mark = getattr(fault, "problem_mark", None)
    return int(mark.line) + 1 if mark else 1


def _flat(messages: Any, path: Sequence[Any] = ()) -> Iterator[Wrong]:
    """marshmallow's nested messages as paths and sentences."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, path if key == "_schema" else [*path, key])
    elif isinstance(messages, list):
        for message in messages:
            yield from _flat(message, path)
    else:
        yield path, str(messages)


def _told(path: Sequence[Any], what: str) -> str:
    return f"{'.'.join(map(str, path))}: {what}"


def _line(node: yaml.Node, path: Sequence[Any]) -> int:
    """The line of what the path names, or of the nearest thing around it that is there."""
    line = node.start_mark.line
    for step in path:
        inside = _inside(node, step)
        if inside is None:
            break
        key, node = inside
        line = key.start_mark.line
    return int(line) + 1


def _inside(node: yaml.Node, step: Any) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None
