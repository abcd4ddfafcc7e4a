"""How definitions are written: YAML in the style that people write, with notes for the texts that are yet to come."""

import yaml

SCHEMA_LINE = "# yaml-language-server: $schema=../../docs/schemas/eservice.schema.json\n"

Text = dict[str, str]

TO_WRITE: dict[str, Text] = {
    "summary": {
        "sv": "[En mening till listan över e-tjänster: vem den är för, och vad man gör här.]",
        "en": "[A sentence for the list of e-services: who it is for, and what one does here.]",
    },
    "intro": {
        "sv": "[Vad man behöver ha till hands, hur lång tid det tar.]\n\n[En tom rad börjar ett stycke.]\n",
        "en": "[What to have at hand, how long it takes.]\n\n[A blank line begins a paragraph.]\n",
    },
    "next_steps": {
        "sv": "[Vad som händer nu, vem som gör det och när man får svar.]",
        "en": "[What happens now, who does it and when to expect an answer.]",
    },
}


def is_to_be_written(text: str) -> bool:
    """Whether a text is only a note on what it is to be."""
    return text.startswith("[") and text.rstrip().endswith("]")


def yaml_of(content: object) -> str:
    """YAML as definitions are written: keys in their order, texts as they are."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Lists are indented, and a text of several paragraphs is a block."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
