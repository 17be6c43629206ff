# What a developer or an administrator types. A machine needs Python 3.11 or newer, make and git.
# Words for the program itself go in ARGS:  make up ARGS="--port 9000"   make test ARGS="-k dates"

.DEFAULT_GOAL := help
.PHONY: help up test check bench messages lock clean

# The first Python that is new enough runs the set-up; PYTHON=… chooses another.
define run
@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if command -v "$$python" >/dev/null 2>&1 \
		&& "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		exec "$$python" scripts/bootstrap.py $(1) $(ARGS); \
	fi; \
done; \
echo "Điểm Tựa needs Python 3.11 or newer, and none was found. Install one, or name it: make $(1) PYTHON=/path/to/python3" >&2; \
exit 1
endef

help: ## these lines
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

up: ## set up what is missing, then serve the demonstration province on http://127.0.0.1:8000
	$(call run,up)

test: ## the whole suite on SQLite and on PostgreSQL, real processes and a real Chromium
	$(call run,test)

check: ## lint, types, floors, migrations, templates, translations, locks
	$(call run,check)

bench: ## the speed table, on a million records
	$(call run,bench)

messages: ## collect the strings to translate into src/diemtua/locale, and compile them
	$(call run,messages)

lock: ## write the lock files anew from requirements/*.in and package.json (needs uv)
	$(call run,lock)

clean: ## remove what set-up and tests made; data in var/ stays
	rm -rf .venv .cache node_modules src/diemtua/static/vendor src/*.egg-info build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src scripts tests bench -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
