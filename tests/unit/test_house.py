"""House rules that a machine can hold."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from otklik.settings import Settings

HOUSE = Path(__file__).resolve().parents[2]
CUSTOMERS_PACKAGES = {
    "natasha",
    "pymorphy3",
    "scikit-learn",
    "spacy",
    "fastapi",
    "kafka-python",
    "psycopg",
    "rapidfuzz",
}


def tracked_files() -> list[Path]:
    """Files that git tracks and that are there; outside a checkout every file of the house."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=False)
    if listed.returncode:
        return [path for path in HOUSE.rglob("*") if path.is_file() and ".venv" not in path.parts]
    return [path for name in listed.stdout.decode().split("\0") if name and (path := HOUSE / name).is_file()]


def test_rooms_import_only_what_the_design_allows() -> None:
    """In a process of its own: import-linter switches the loggers of this one off."""
    call = "cli.lint_imports(config_filename='pyproject.toml', no_cache=True)"
    lint = f"from importlinter import cli; raise SystemExit({call})"
    told = subprocess.run([sys.executable, "-c", lint], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_the_customers_packages_are_dependencies() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[\[<>=;]", line)[0] for line in project["dependencies"]}
    assert named >= CUSTOMERS_PACKAGES


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-node.lock", "api/web/package-lock.json"])
def test_locks_name_no_host(lock: str) -> None:
    assert "://" not in re.sub(r'"url": "https://[^"]*"', "", (HOUSE / lock).read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-node.lock"])
def test_every_locked_package_is_pinned_by_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (HOUSE / lock).read_text(encoding="utf-8").strip())
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


def test_no_python_file_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(HOUSE)): lines
        for path in tracked_files()
        if path.suffix == ".py" and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_pickle_lies_in_the_repository() -> None:
    assert [path.name for path in tracked_files() if path.suffix in {".pkl", ".pickle", ".joblib"}] == []


def compose() -> dict[str, dict[str, dict[str, object]]]:
    loaded: dict[str, dict[str, dict[str, object]]] = yaml.safe_load(
        (HOUSE / "docker-compose.yml").read_text(encoding="utf-8")
    )
    return loaded


def test_compose_starts_every_part() -> None:
    assert set(compose()["services"]) >= {
        "postgres",
        "kafka",
        "migrate",
        "api",
        "nlp",
        "routing",
        "sla",
        "timers",
        "sender",
        "relay",
    }


def test_compose_sets_only_settings_that_exist() -> None:
    known = {"OTKLIK_" + name.upper() for name in Settings.model_fields}
    for name, service in compose()["services"].items():
        environment = service.get("environment", {})
        assert isinstance(environment, dict)
        wrong = {key for key in environment if key.startswith("OTKLIK_")} - known
        assert not wrong, f"service {name} sets {wrong}"


def test_compose_runs_only_commands_that_exist() -> None:
    from otklik.commands.root import command_names

    for service in compose()["services"].values():
        command = service.get("command")
        if isinstance(command, list) and "build" in service:
            assert command[0] in command_names()


def test_compose_volumes_are_declared() -> None:
    declared = set(compose()["volumes"])
    for service in compose()["services"].values():
        for mount in service.get("volumes", []):  # type: ignore[attr-defined]
            assert mount.split(":")[0] in declared


def test_every_setting_is_documented() -> None:
    text = (HOUSE / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`OTKLIK_{name.upper()}`" in text, f"{name} is missing in docs/settings.md"
        assert field.description
        assert field.description in text, f"docs/settings.md describes {name} otherwise than the code"


def test_every_command_is_documented() -> None:
    from otklik.commands.root import command_names

    text = (HOUSE / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in command_names() if f"`otklik {name}" not in text] == []


def test_no_document_carries_a_path_of_a_developers_machine() -> None:
    machine_path = re.compile(r"(?<![\w.])/(?:work|root|farm)/")
    named = [
        str(path.relative_to(HOUSE))
        for path in tracked_files()
        if path.suffix in {".md", ".py", ".toml", ".yml", ".json", ".lock", ".txt", ""}
        and path != Path(__file__)
        and machine_path.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert named == []


def test_the_changelog_speaks_of_this_version() -> None:
    version = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## {version}" in (HOUSE / "CHANGELOG.md").read_text(encoding="utf-8")
