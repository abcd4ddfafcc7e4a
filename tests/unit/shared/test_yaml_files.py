"""YAML files: what cannot be read is an error with its line, and never the end of the process."""

import pytest
import yaml

from shared import yaml_files


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: 1\nb: [1, 2", "3: is not YAML: did not find expected ',' or ']': is a bracket missing?"),
        ("a: b: c", "1: is not YAML: mapping values are not allowed in this context: a text with a colon must be in "
                    "quotes, and lines indented as those above"),
        ("a:\n\tb: 1", "2: is not YAML: found character that cannot start any token: a text that begins so must be in "
                       "quotes, and lines begin with spaces, not tabs"),
        ("a: &a 1\nb: *a", "2: is not YAML: aliases are not taken"),
        ("a: 1\nb: " + "[" * 100_000, "2: is not YAML: is nested too deep"),
        ("a: 1\nb: " + "{a: " * 100_000, "2: is not YAML: is nested too deep"),
        ("a: 1\nb: 2026-13-45", "2: is not YAML: month must be in 1..12"),
        ("- a", "1: is not a mapping"),
    ],
)  # fmt: skip
def test_an_error_names_its_line(tmp_path, text, error):
    file = tmp_path / "some.yaml"
    file.write_text(text)

    with pytest.raises(yaml_files.FileError) as raised:
        yaml_files.read(file)

    assert str(raised.value) == f"{file}:{error}"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    file = tmp_path / "some.yaml"
    file.write_bytes(b"a: 1\n" + b"#" * yaml_files.LARGEST)

    with pytest.raises(yaml_files.FileError, match=r":1: is larger than 5,000,000 bytes$"):
        yaml_files.read(file)


def test_the_quick_reader_is_used_where_pyyaml_has_it():
    assert not yaml.__with_libyaml__ or issubclass(yaml_files._Loader, yaml.CSafeLoader)


def test_a_key_that_stands_again_is_an_error_there(tmp_path):
    file = tmp_path / "some.yaml"
    file.write_text("a:\n  - name: x\n    b: 1\n    b: 2\n    b: 3\n")

    assert [(each.line, each.message) for each in yaml_files.read(file).repeated_keys()] == [
        (4, "a.x.b: stands here twice"),
        (5, "a.x.b: stands here twice"),
    ]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("pages", 0, "title"), "pages.first.title"),
        (("pages", 0, "sections", 1, "fields", 0, "hint"), "pages.first.street.hint"),
        (("pages", 0, "sections", 1, "fields", 0, "options", 1, "label"), "pages.first.street.options.no.label"),
        (("pages", 0, "sections", 1, "fields", 1, "text"), "pages.first.sections.1.fields.1.text"),
        (("pages", 0, "sections", 1, "show_if"), "pages.first.sections.1.show_if"),
        (("pages", 1, "title"), "pages.1.title"),
        (("pages", 7, "title"), "pages.7.title"),
        ((), ""),
    ],
)
def test_members_of_lists_are_called_by_their_names(tmp_path, path, place):
    file = tmp_path / "some.yaml"
    options = "options: [{code: a}, {code: 'no'}]"
    section = f"{{fields: [{{name: street, {options}}}, {{type: text}}]}}"
    file.write_text(f'pages:\n  - {{code: first, sections: [{{}}, {section}]}}\n  - {{code: "a\\nb"}}\n')

    assert yaml_files.read(file).error(path, "x").message == (f"{place}: x" if place else "x")
