"""The set-up behind `make`: brings the environment to what the lock files say, then runs what was asked.

Runs on a bare Python 3.11: nothing but the standard library is imported here. Each step leaves a stamp with
the hash of what it was made from, so a second run does only what has changed.
"""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CACHE = ROOT / ".cache"

sys.path.insert(0, str(ROOT / "scripts"))

import assets  # noqa: E402
from say import Stop, say  # noqa: E402


def digest(*paths: Path, extra: str = "") -> str:
    content = hashlib.sha256(extra.encode())
    for path in paths:
        content.update(path.read_bytes())
    return content.hexdigest()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups in one checkout would undo each other's work."""
    CACHE.mkdir(exist_ok=True)
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (CACHE / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is running in this folder; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def environment() -> None:
    """The virtual environment, with a Python that works."""
    if PYTHON.exists():
        alive = subprocess.run([PYTHON, "-c", ""], capture_output=True, check=False)
        if alive.returncode == 0:
            return
        say("The Python of .venv no longer works; making it anew.")
    else:
        say(f"Making the Python environment in .venv (Python {sys.version.split()[0]}).")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False)
    if made.returncode:
        hint = " On Debian or Ubuntu: apt install python3-venv." if "ensurepip" in made.stdout + made.stderr else ""
        raise Stop(f"The Python environment could not be made.{hint}\n{(made.stderr or made.stdout).strip()}")


def packages(level: str) -> None:
    """What requirements/<level>.txt locks, by hash."""
    build, lock = ROOT / "requirements" / "build.txt", ROOT / "requirements" / f"{level}.txt"
    wanted = digest(build, lock)
    stamp = VENV / f"diemtua-{level}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    pins = [line for line in lock.read_text().splitlines() if re.match(r"[a-z0-9]", line)]
    say(f"Installing up to {len(pins)} Python packages; the first time takes a minute or two.")
    pip("install", "--require-hashes", "-r", str(build), "-r", str(lock), total=len(pins))
    stamp.write_text(wanted)
    if level == "dev":  # which contains base, in the same versions
        (VENV / "diemtua-base").write_text(digest(build, lock.with_name("base.txt")))


def pip(*arguments: str, total: int = 0) -> None:
    command = [
        str(PYTHON),
        "-m",
        "pip",
        *arguments,
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
    ]
    seen = 0
    tail: list[str] = []
    terminal = sys.stdout.isatty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            tail = [*tail, line.rstrip()][-15:]
            if total and line.startswith(("Collecting ", "Requirement already satisfied: ")):
                seen += 1
                if terminal:
                    print(f"\r  {seen} of {total} looked at ", end="", flush=True)
                elif seen % 10 == 0:
                    say(f"  {seen} of {total} looked at.")
            elif total and line.startswith("Installing collected packages"):
                print("\r" * terminal, end="")
                say("  All fetched; putting them in place.")
    if process.returncode:
        raise Stop("Python packages could not be installed; the last lines of pip:\n  " + "\n  ".join(tail))


def project() -> None:
    """The project itself, editable, so that `diemtua` is a program of the environment."""
    wanted = digest(ROOT / "pyproject.toml", extra=str(ROOT))
    stamp = VENV / "diemtua-project"
    if stamp.exists() and stamp.read_text() == wanted and (VENV / "bin" / "diemtua").exists():
        return
    say("Installing the program itself.")
    pip("install", "--no-build-isolation", "--no-deps", "--no-index", "--editable", str(ROOT))
    stamp.write_text(wanted)


def messages() -> None:
    """Compiled translations; only stale ones cost a Python process."""
    for catalogue in (ROOT / "src" / "diemtua").glob("locale*/*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            run(PYTHON, "scripts/messages.py", "compile")
            return


def run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def ready(level: str) -> None:
    with one_at_a_time():
        environment()
        packages(level)
        project()
        assets.place(dev=level == "dev")
        messages()


def replace_by(*command: str | Path) -> None:
    """The asked program takes this process's place: signals and exit codes are its own."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(command[0], [str(part) for part in command])


def main() -> None:
    what, *arguments = sys.argv[1:] or ["up"]
    if what == "up":
        ready("base")
        replace_by(VENV / "bin" / "diemtua", "up", *arguments)
    elif what == "lock":
        replace_by(sys.executable, "scripts/lock.py", *arguments)
    elif what in {"test", "check"}:
        ready("dev")
        replace_by(PYTHON, f"scripts/{what}.py", *arguments)
    elif what == "bench":
        ready("dev")
        replace_by(PYTHON, "bench/run.py", *arguments)
    elif what == "messages":
        ready("dev")
        run(PYTHON, "scripts/messages.py", "extract", *arguments)
        replace_by(PYTHON, "scripts/messages.py", "compile")
    else:
        raise Stop(f"There is nothing called '{what}' to do.")


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        print(stop, file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
