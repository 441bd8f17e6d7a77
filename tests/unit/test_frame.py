import subprocess
import sys

CODE = """
import sys
import nlp.pipeline

print(*sorted({"typer", "weasel", "httpx", "sklearn", "natasha", "scipy.optimize"} & set(sys.modules)))
import spacy.cli

print(callable(spacy.cli.info))
"""


def test_the_engine_is_imported_without_what_only_command_lines_and_training_need() -> None:
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)

    assert told.stdout.splitlines() == ["", "True"]
