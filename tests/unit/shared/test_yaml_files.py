"""YAML files: what cannot be read is an error with its line, and never the end of the process."""

import pytest

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
