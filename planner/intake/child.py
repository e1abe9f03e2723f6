"""The process that touches a file from outside: `python -m planner.intake.child`.

It imports next to nothing of the program, limits itself, reads one file named on its standard
input (JSON: {"path", "form"}) and writes frames to its standard output: one tag byte, four bytes
of length (big endian), then UTF-8 text. Tags: S a sheet begins (its name), R rows (first row
number, then rows parted by RS with cells parted by US), F features (one JSON text a line), W what a
workbook holds unseen (JSON), H the name of a hidden sheet, P progress ("done total"), E end, X
refusal (JSON: [code, params]). Whatever else happens to this process, the parent takes the file as
refused.
"""

import contextlib
import json
import sys

from planner.intake.refused import Refused

MEMORY = 3 << 30  # bytes of address space
CPU_SECONDS = 60


def confine() -> None:
    """Limit memory, processor time and files of this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such module: size checks and the time limit remain
        return
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (limit, limit))


def send(tag: bytes, text: str) -> None:
    """Write one frame to standard output."""
    body = text.encode("utf-8", "replace")
    out = sys.stdout.buffer
    out.write(tag + len(body).to_bytes(4, "big") + body)
    out.flush()


def run() -> int:
    """Read the file named on standard input; the exit code is 0 also for a refusal."""
    try:
        order = json.loads(sys.stdin.buffer.read(1 << 16))
        confine()
        from planner.intake import sheets

        sheets.read(order["path"], order["form"], send)
        send(b"E", "")
    except Refused as refusal:
        send(b"X", json.dumps([refusal.code, refusal.params]))
    except MemoryError:
        send(b"X", '["too_large", {}]')
    except BaseException:  # a panic inside the Rust reader derives from BaseException
        send(b"X", '["damaged", {}]')
    return 0


if __name__ == "__main__":
    sys.exit(run())
