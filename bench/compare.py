"""Other programs to compare with, in an environment of their own: what they need is no part of the product."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from .engines import say

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".cache" / "compare"
LOCK = ROOT / "requirements" / "compare.txt"


def python() -> Path | None:
    """The Python of that environment, made when it is missing; None where it cannot be made."""
    path, stamp = HOME / "bin" / "python", HOME / "stamp"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if path.exists() and stamp.exists() and stamp.read_text() == wanted:
        return path
    say("Installing what is only compared with (some minutes the first time) …")
    venv.create(HOME, clear=True, with_pip=True)
    done = subprocess.run(
        [path, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", LOCK],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        say(f"It could not be installed, so nothing is compared: {(done.stderr.strip().splitlines() or [''])[-1]}")
        return None
    stamp.write_text(wanted)
    return path


def ask(script: str, given: Any) -> Any:
    """What `bench/<script>` answers (JSON) to `given` under that Python; None where there is none."""
    path = python()
    if path is None:
        return None
    done = subprocess.run(
        [path, ROOT / "bench" / script], input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True
    )
    sys.stdout.flush()
    return json.loads(done.stdout)
