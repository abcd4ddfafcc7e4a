"""The tree says the business: code grows inside a capability's folder, and a test stands where its subject does."""

from pathlib import Path

from tests.house.reading import ROOT, SERVICES

# What a service has beside its capabilities.
FLAT = {"__init__", "app", "worker", "settings", "context", "models", "error_handlers"}


def test_nothing_new_stands_flat_beside_the_app():
    found = {
        str(path.relative_to(ROOT))
        for service in SERVICES
        for path in ROOT.glob(f"services/{service}/*.py")
        if path.stem not in FLAT
    }

    assert found == set(), "belongs into a capability's folder"


def test_a_test_module_stands_under_the_same_path_as_what_it_tests():
    found = {
        str(path.relative_to(ROOT))
        for top in ("unit", "store")
        for path in ROOT.glob(f"tests/{top}/**/test_*.py")
        if not has_a_subject(path.relative_to(ROOT / "tests" / top))
    }

    assert found == set(), "belongs where its subject stands"


def has_a_subject(test: Path) -> bool:
    """Whether it stands in a capability's folder, or is named after a module where there are no capabilities."""
    source = ROOT / test.parent if test.parts[0] in ("shared", "bench") else ROOT / "services" / test.parent
    name = test.stem.removeprefix("test_")
    in_capability = len(test.parts) > 2 and (source / "__init__.py").exists()
    return in_capability or (source / f"{name}.py").exists() or (source / name).is_dir()
