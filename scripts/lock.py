"""`make lock`: the lock files anew, from requirements/*.in and package.json."""

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from assets import node_and_npm
from say import Stop, say

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = [
    *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"),
    *("--universal", "--python-version", "3.11"),
]


def main(arguments: list[str]) -> None:
    uv = shutil.which("uv") or shutil.which("uv", path=ROOT / ".venv" / "bin")
    if not uv:
        raise Stop("'make lock' needs uv: .venv/bin/python -m pip install uv")
    for name in ("build", "base", "dev", "compare"):
        say(f"requirements/{name}.txt")
        source, target = f"requirements/{name}.in", f"requirements/{name}.txt"
        same = ["--constraint", "requirements/base.txt"] if name == "dev" else []
        subprocess.run([uv, "pip", "compile", *OPTIONS, *same, *arguments, source, "-o", target], cwd=ROOT, check=True)
    say("package-lock.json")
    _, npm = node_and_npm()
    subprocess.run([*npm, "install", "--package-lock-only", "--loglevel=error"], cwd=ROOT, check=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Stop as stop:
        print(stop, file=sys.stderr)
        raise SystemExit(1) from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(error.returncode) from None
