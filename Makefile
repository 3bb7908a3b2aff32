# Two commands for everybody: make demo, make test. Both install what is missing.
PYTHON := .venv/bin/python
CATALOGUE ?=
ONLY ?=
LARGE ?=
# four files at a time: tests mostly wait for wires; whole libraries first, so that all four end together
TESTS := tests/system tests/hw_sim tests/kiosk tests/controller tests/drivers tests/deploy tests/gate \
	tests/circulation tests/test_architecture.py
# tests write durably thousands of times: where memory has room for their files, they wait for no disk
ROOMY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 6000000 { print "/dev/shm" }')
FUZZ_SECONDS ?= 600
ATHERIS := 3.0.0

.PHONY: demo test test-long fuzz check format bench lock setup

demo: ## play a whole library on this machine
	@deploy/bootstrap demo
	@.venv/bin/polka demo $(if $(CATALOGUE),--catalogue "$(CATALOGUE)")

test: ## every test but the long campaigns
	@deploy/bootstrap test
	@folder=$$(mktemp -d -p "$${TMPDIR:-$(or $(ROOMY),/tmp)}" pXXXX); chmod 711 "$$folder"; trap 'rm -rf "$$folder"' EXIT; \
	TMPDIR=$$folder $(PYTHON) -m pytest -m "not long" -n 4 --dist loadfile --no-loadscope-reorder $(TESTS)

test-long: ## the long campaigns as well
	@deploy/bootstrap test-long
	@$(PYTHON) -m pytest

check: ## format, lint, types, import contracts
	@deploy/bootstrap test
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

format: ## put the code into shape
	@deploy/bootstrap test
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

bench: ## speed as ratios in one run; ONLY=gate runs one group, LARGE=1 the worlds of a city
	@deploy/bootstrap test
	@$(PYTHON) -m tests.bench $(if $(ONLY),--only "$(ONLY)") $(if $(LARGE),--large)

lock: ## write requirements.lock anew from pyproject.toml
	@deploy/bootstrap test
	@.venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header \
		--extra kiosk --extra gate --extra controller --extra sim --extra postgres --extra dev \
		-o requirements.lock

fuzz: ## coverage-guided fuzzing of every tag decoder, FUZZ_SECONDS each (x86-64; installs atheris into .venv-fuzz)
	@test -x .venv-fuzz/bin/python || python3 -m venv .venv-fuzz
	@.venv-fuzz/bin/python -c 'import atheris' 2>/dev/null || .venv-fuzz/bin/python -m pip install --quiet atheris==$(ATHERIS)
	@for decoder in any 28560-3 28560-2 28560-4 3m; do \
		echo "fuzz: $$decoder for $(FUZZ_SECONDS) s"; \
		.venv-fuzz/bin/python -m tests.fuzz.tags $$decoder -max_total_time=$(FUZZ_SECONDS) -max_len=256 -verbosity=0 || exit 1; \
	done
