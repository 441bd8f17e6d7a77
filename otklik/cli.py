"""The command `otklik`: every command is a module of otklik.commands, imported only when it is called."""

from __future__ import annotations

import sys


def main() -> int:
    """Entry point of the console script."""
    from otklik.commands.root import run_command_line

    return run_command_line(sys.argv[1:])
