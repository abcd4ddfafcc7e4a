"""A definition whose form asks what the documentation of the field types asks: a question of every type."""

from pathlib import Path

import yaml

from services.intake.forms.fields.registry import FIELD_TYPES
from tests.house.reading import ROOT


def write_every_type(folder: Path) -> Path:
    """Write the fault report with one more section, in a folder for e-services below this one, which is the result.

    What the fault report asks already by the same name is left as it is. What may be a fact is one.
    """
    written = yaml.safe_load((ROOT / "eservices/common/felanmalan.yaml").read_text())
    sections = [section for page in written["pages"] for section in page["sections"]]
    asked = {field.get("name") for section in sections for field in section["fields"]}
    examples = [
        yaml.safe_load(kind.EXAMPLE) | {"fact": not kind.may_hold_personal_data} for kind in FIELD_TYPES.values()
    ]
    fields = [each for each in examples if each["name"] not in asked]
    written["pages"][-1]["sections"].append({"heading": {"sv": "Allt", "en": "All"}, "fields": fields})
    (folder / "eservices/common").mkdir(parents=True)
    (folder / "eservices/common/felanmalan.yaml").write_text(yaml.safe_dump(written, allow_unicode=True))
    return folder / "eservices"
