"""The page for programs: what it says to copy is run, as it is, against this office."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from html import unescape
from pathlib import Path
from re import DOTALL, findall

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.factories import Town


def test_every_sample_answers_when_it_is_copied_and_run(town: Town, app: Flask, tmp_path: Path) -> None:
    number = town.certified()
    page = app.test_client().get("/programs").text
    samples = {key: unescape(text) for key, text in findall(r'<pre [^>]*id="([\w-]+)"[^>]*><code>(.*?)</code>', page, DOTALL)}
    assert {key.split("-")[1] for key in samples} == {"curl", "python", "java", "excel"} and number in samples["batch-java"]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = town.office.settings.public_base_url.rstrip("/")
    try:
        for key, text in samples.items():
            name, kind = key.split("-")
            code = text.replace(base, f"http://127.0.0.1:{server.server_port}")
            wanted = "in_force" if name != "changes" else "1 " if kind == "python" else number
            if kind == "python":
                assert wanted in _run(sys.executable, "-I", "-c", code), key
            elif kind == "curl" and shutil.which("curl"):
                assert wanted in _run("sh", "-c", code), key
            elif key == "batch-java" and shutil.which("java"):
                (tmp_path / "Batch.java").write_text(code, encoding="utf-8")
                assert wanted in _run("java", "-XX:TieredStopAtLevel=1", str(tmp_path / "Batch.java")), key
    finally:
        server.shutdown()
        server.server_close()


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode:
        pytest.fail(done.stderr)
    return done.stdout
