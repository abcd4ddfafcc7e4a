"""YAML files: what cannot be read is an error with its line, and never the end of the process."""

import pytest
import yaml

from shared import yaml_files


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: 1\nb: [1, 2", "3: is not YAML: did not find expected ',' or ']'"),
        ("a: &a 1\nb: *a", "2: is not YAML: aliases are not taken"),
        ("a: 1\nb: " + "[" * 100_000, "2: is not YAML: is nested too deep"),
        ("a: 1\nb: " + "{a: " * 100_000, "2: is not YAML: is nested too deep"),
        ("a: 1\nb: 2026-13-45", "2: is not YAML: month must be in 1..12"),
        ("- a", "1: is not a mapping"),
    ],
)
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
