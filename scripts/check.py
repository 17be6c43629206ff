"""`make check`: every check, two at a time, all of them to the end; fails when one has failed."""

import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

STEPS: dict[str, list[str | Path]] = {
    "types (mypy)": [BIN / "mypy"],
    "lint (ruff)": [BIN / "ruff", "check", "."],
    "format (ruff)": [BIN / "ruff", "format", "--check", "."],
    "floors (import-linter)": [BIN / "lint-imports", "--no-cache"],
    "migrations": [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
    "templates": [sys.executable, "scripts/check_templates.py"],
    "translations": [sys.executable, "scripts/messages.py", "check"],
    "locks": [sys.executable, "scripts/check.py", "--locks"],
}


def locks() -> list[str]:
    """Lock files name versions and hashes, and no address: any mirror serves as well."""
    wrong = []
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text()
        wrong += [
            f"{path.name}: {line}"
            for line in text.splitlines()
            if re.search(r"://|--(extra-)?index|--find-links", line)
        ]
        entries = re.split(r"\n(?=[a-z0-9])", text.strip())
        wrong += [f"{path.name}: {entry.split()[0]} has no hash" for entry in entries if "--hash=sha256:" not in entry]
    lock = (ROOT / "package-lock.json").read_text()
    if '"resolved"' in lock:
        wrong.append("package-lock.json holds 'resolved' addresses: 'npm install' with this folder's .npmrc")
    if lock.count('"integrity"') < lock.count('"node_modules/'):
        wrong.append("package-lock.json has a package without its integrity hash")
    for name in ("base", "dev"):
        source = (ROOT / "requirements" / f"{name}.in").read_text()
        pinned = (ROOT / "requirements" / f"{name}.txt").read_text().lower()
        for wanted in re.findall(r"^([A-Za-z0-9._-]+)", source, re.MULTILINE):
            if not wanted.startswith("-") and not re.search(
                rf"^{re.escape(wanted.lower())}(\[[^]]*\])?==", pinned, re.M
            ):
                wrong.append(f"{name}.txt does not lock {wanted} of {name}.in: run 'make lock'")
    return wrong


def run(step: tuple[str, list[str | Path]], var: str) -> tuple[str, int, str, float]:
    name, command = step
    began = time.monotonic()
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "diemtua.config.settings",
        "DIEMTUA_VAR": var,
        "PYTHONUNBUFFERED": "1",
    }
    env.pop("DATABASE_URL", None)
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        return name, 1, f"could not run: {error}", 0
    return name, done.returncode, done.stdout, time.monotonic() - began


def main() -> int:
    failed = []
    with tempfile.TemporaryDirectory(prefix="diemtua-check-") as var, ThreadPoolExecutor(2) as pool:
        for name, code, output, seconds in pool.map(lambda step: run(step, var), STEPS.items()):
            print(f"{'FAIL' if code else 'ok  '} {name} ({seconds:.1f} s)", flush=True)
            if code:
                failed.append(name)
                print("     " + output.strip().replace("\n", "\n     "), flush=True)
    print(
        f"{len(STEPS) - len(failed)} of {len(STEPS)} checks are good"
        + (f"; not: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    if "--locks" in sys.argv:
        found = locks()
        print("\n".join(found))
        raise SystemExit(1 if found else 0)
    raise SystemExit(main())
