"""Start Fairvisit: with a verb the command line, without one the window."""

import multiprocessing
import sys


def main(arguments: list[str]) -> int:
    """Run a verb headless, or open the window on a workspace."""
    from planner.cli import cli

    if arguments and (arguments[0] in cli.commands or arguments[0] == "--help"):
        cli(arguments, prog_name="fairvisit")
        return 0
    from ui.app import run

    return run(arguments)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
