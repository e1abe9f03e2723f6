"""A certificate of deletion as files: a PDF to hand over, and the same as JSON beside it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from planner.actions.purge import Certificate, certificate_lines
from planner.store.envelope import write_whole


def certificate_json(one: Certificate) -> dict[str, Any]:
    """The fields as JSON says them; the moment with its offset (UTC)."""
    return asdict(one) | {"at": one.at.isoformat(timespec="seconds")}


def write_certificate(one: Certificate, out: Path, language: str) -> Path:
    """The certificate as PDF at `out` and as JSON beside it; the PDF's path. OSError, PlannerError
    ("store.disk_full", "store.read_only")."""
    from planner.export.certificate import certificate  # loads the PDF library

    certificate(certificate_lines(one), one.at, out, language)
    told = json.dumps(certificate_json(one), ensure_ascii=False, indent=1)
    write_whole(out.with_suffix(".json"), told.encode())
    return out
