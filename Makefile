# Everything goes through these; each only calls a script, so that the same can be run by hand.
.DEFAULT_GOAL := help
.PHONY: help run dev check fmt test test-api e2e bench deny clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, and serve a demo on 127.0.0.1:3000
	@scripts/run

dev: ## the same as a debug build, built again whenever a file changes
	@scripts/dev

check: ## formatting and lints, in seconds after the first time
	@scripts/check

fmt: ## format the Rust sources
	@cargo fmt --all

test: ## every check: formatting, lints, tests on SQLite and PostgreSQL, journeys in Chromium
	@scripts/test

test-api: ## hold the running API to its own description, with requests that follow it and that break it
	@scripts/test-api

e2e: ## only the journeys in Chromium, on a debug build
	@scripts/test e2e

bench: ## measure speed and size, each figure beside its goal
	@scripts/bench

deny: ## licences, banned crates and sources of all dependencies
	@scripts/deny

clean: ## delete what was built; data and installed tools stay
	rm -rf target node_modules end2end/test-results end2end/playwright-report
