"""The fixtures of the cross-room tests, from the plugin that `make test` gives every run."""

from diemtua.testing.plugin import browser, officer_state, page, scratch_server

__all__ = ["browser", "officer_state", "page", "scratch_server"]
