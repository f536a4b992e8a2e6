"""What `law check` says of one file."""

from __future__ import annotations

from pathlib import Path

from registry.law.report import Report, check_files


def check_file(path: Path) -> Report:
    """The report on this file, judged together with the shipped law."""
    return check_files([path])[path]
