.DEFAULT_GOAL := help
SLUG ?=
RUN := .venv/bin/
FLOORS_0_TO_3 := src/mlsafety_grader/errors.py,src/mlsafety_grader/model.py,src/mlsafety_grader/course.py,src/mlsafety_grader/config.py,src/mlsafety_grader/scoring/*,src/mlsafety_grader/metrics/*

.PHONY: help setup demo demo-course build verify lint type test course-page stability bench bench-batch soak fuzz clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 10

setup: .venv/.installed  ## install everything into .venv, system packages included

.venv/.installed: pyproject.toml constraints.txt scripts/setup.sh
	@scripts/setup.sh

demo: setup  ## build a release, put it through the gate, grade seven real submissions, show the result
	$(RUN)mlsafety build adversaries
	$(RUN)mlsafety verify adversaries
	$(RUN)mlsafety samples adversaries --out out/demo/handed_in
	$(RUN)mlsafety grade dist/adversaries out/demo/handed_in --out out/demo/graded

demo-course: setup  ## build all, grade a generated class of 30 over the whole course, show the cohort
	$(RUN)mlsafety build
	$(RUN)mlsafety sample-class --students 30 --out out/course/handed_in
	$(RUN)mlsafety grade-course out/course/handed_in --out out/course/graded

build: setup  ## compile masters into dist/ (SLUG=... for one)
	$(RUN)mlsafety build $(SLUG)

verify: setup  ## compile and put through the gate (SLUG=... for one)
	$(RUN)mlsafety build $(SLUG)
	$(RUN)mlsafety verify $(SLUG)

lint: setup  ## style, format and the floors
	$(RUN)ruff check . && $(RUN)ruff format --check . && $(RUN)lint-imports

type: setup  ## types
	$(RUN)mypy

test: setup  ## all tests, with the branch coverage that floors 0 to 3 must have
	$(RUN)coverage erase
	$(RUN)pytest -n 2 --dist loadfile --cov --cov-report=
	$(RUN)coverage report --include='$(FLOORS_0_TO_3)' --fail-under=100 --skip-covered

course-page: setup  ## write docs/course.md and its figures anew from the assignments' files
	$(RUN)python scripts/course_page.py

stability: setup  ## try a built release (SLUG=...) under 20 release secrets: do verdicts depend on luck?
	$(RUN)python scripts/stability.py $(SLUG)

bench: setup  ## time what users wait for, side by side
	$(RUN)python scripts/bench.py

bench-batch: setup  ## time a class of 1,000 (BENCH_SUBMISSIONS=...): throughput, memory, restart, scaling
	$(RUN)python scripts/bench_batch.py

soak: setup  ## kill batches 200 times at random moments and compare with one that nobody killed
	KILLS=200 $(RUN)pytest tests/integration/test_kills.py

fuzz: setup  ## feed the trusted side mutated frames for ten minutes (make test does it for seconds)
	FUZZ_SECONDS=300 $(RUN)pytest tests/adversarial/test_wire_fuzz.py

clean:  ## remove what was built; .venv stays
	rm -rf dist out .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
