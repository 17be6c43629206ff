"""The fixtures of the cross-room tests, from the plugin that `make test` gives every run."""

from diemtua.conftest import files, quiet_caches, samples, staff
from diemtua.testing.plugin import browser, officer_state, page, scratch_server, state_of

__all__ = [
    "browser",
    "files",
    "officer_state",
    "page",
    "quiet_caches",
    "samples",
    "scratch_server",
    "staff",
    "state_of",
]
