"""Start Fairvisit: with a verb the command line, without one the window."""

import multiprocessing
import sys


def leave_no_dump() -> None:
    """A program that crashes must not write what it had in memory, keys and names, to the disk."""
    try:
        import resource
    except ImportError:  # Windows asks before it writes a dump
        return
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def main(arguments: list[str]) -> int:
    """Run a verb headless, or open the window on a workspace."""
    leave_no_dump()
    if arguments == ["--read-outside-file"]:
        # The confined process of a frozen program (planner.intake.pipe starts it).
        from planner.intake.child import run as read_outside_file

        return read_outside_file()
    if arguments == ["--read-roads"]:
        from planner.geo.road_child import run as read_roads  # started by planner.geo.road_build

        return read_roads()
    # Each way in loads only what it needs: neither waits for the other's libraries.
    if arguments and (arguments[0] == "--help" or not arguments[0].startswith("-")):
        from planner.cli import cli

        cli(arguments, prog_name="fairvisit")
        return 0
    from ui.app import run

    return run(arguments)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
