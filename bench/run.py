"""`make bench` begins here: the same as `python -m bench` from the root of the checkout."""

import os
import sys
from pathlib import Path

os.chdir(Path(__file__).resolve().parent.parent)
os.execv(sys.executable, [sys.executable, "-m", "bench", *sys.argv[1:]])
