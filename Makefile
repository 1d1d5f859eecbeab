# wrappy: build, test and check. `make help` lists the targets.

GO      ?= go
SHELL   := /bin/bash

.PHONY: help build demo page page-digest page-pictures test test-long prepare contracts page-test generate generated lint mutation rego vulnerabilities bench bench-page bench-compare fuzz

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

build: ## build ./wrappy (the first build takes minutes: an EVM is inside)
	@echo "building wrappy; the first time takes minutes …"
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o wrappy ./cmd/wrappy

demo: ## the whole promise in one command
	@echo "building wrappy; the first time takes minutes and is silent …"
	@$(GO) run ./cmd/wrappy demo

prepare: ## install what the tests need (Debian, as root), or say what to type
	@missing=""; \
	command -v gcc >/dev/null || missing="$$missing gcc libc6-dev"; \
	command -v node >/dev/null || missing="$$missing nodejs"; \
	command -v npm >/dev/null || missing="$$missing npm"; \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium fonts-noto-core fonts-noto-color-emoji"; \
	command -v curl >/dev/null || missing="$$missing curl ca-certificates"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "installing$$missing"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "missing; type: sudo apt-get install$$missing"; exit 1; fi; fi

contracts: prepare ## compile, compare and test the contracts
	cd ledgerref/contracts && npm ci --no-audit --no-fund && npm test

page-test: prepare ## check and test the individual's page and its wallet
	cd web/me && npm ci --no-audit --no-fund && npm test

# What outsiders send, and what is read back from places that are not trusted, as package:target.
FUZZ ?= crypto:FuzzEnvelope crypto:FuzzKeyringFile vault:FuzzRecord vault:FuzzGrantObject consent:FuzzRecover consent:FuzzParseParts consent:FuzzShowSecret ledgerref:FuzzTyped fhir:FuzzFields policy:FuzzUnpack proof:FuzzCheckpoint internal/client:FuzzProblem internal/api:FuzzCursor internal/api:FuzzGrantDocument internal/api:FuzzFrames cmd/wrappy:FuzzConfig
FUZZTIME ?= 20s
# An EVM or OPA is inside of these: to build it so that coverage guides takes many times FUZZTIME.
UNGUIDED ?= policy ledgerref internal/client internal/api cmd/wrappy

fuzz: ## fuzz each target for FUZZTIME (20s); FUZZ=all takes every one there is
	@targets="$(FUZZ)"; \
	[ "$$targets" != all ] || targets=$$(grep -rE --include=*_test.go '^func Fuzz' . | sed -E 's#^\./(.*)/[^/]*:func (Fuzz[A-Za-z0-9]*).*#\1:\2#' | sort); \
	GO=$(GO) UNGUIDED="$(UNGUIDED)" tools/fuzz.sh $(FUZZTIME) $$targets

test: prepare ## run every test
	$(MAKE) --no-print-directory -j2 contracts page-test fuzz
	CGO_ENABLED=1 $(GO) test -race -timeout 75m ./...

# What takes hours: more of every random test, and every fuzz target.
test-long: FUZZ = all
test-long: FUZZTIME = 1h
test-long: UNGUIDED =
test-long: export WRAPPY_LONG = 1
test-long: contracts page-test fuzz ## run every test at length and fuzz every target for an hour (days)
	WRAPPY_LONG=1 CGO_ENABLED=1 $(GO) test -race -timeout 12h ./...

# Of the guards of gate, crypto and consent MUTANTS, drawn by MUTANT_SEED, are taken away one at a
# time; 0 for every one. MUTATE='-only ^crypto/' asks about some.
MUTANTS ?= 0
MUTANT_SEED ?= 1
sources = $(shell ls $(1)/*.go | grep -v -e _test.go -e doc.go | paste -sd,)
mutation: ## take guards away one at a time (an hour or more): 9 of 10 must be missed by a test
	$(GO) -C tools run ./mutate -C .. -n $(MUTANTS) -seed $(MUTANT_SEED) -known mutate/known.txt $(MUTATE) \
	  ./crypto,./vault=$(call sources,crypto) ./consent,./vault=$(call sources,consent) ./proof=$(call sources,proof) ./vault=$(call sources,vault)

generate: ## generate what is generated, except the contracts
	$(GO) generate ./openapi/...

page: ## build people's page into web/me/dist, which is committed
	cd web/me && npm ci --no-audit --no-fund --silent && node build.mjs && node ../show/build.mjs

page-digest: ## the digest of people's pages as they are committed, for 'wrappy verify page' (after make page: as built here)
	@$(GO) run ./cmd/wrappy version | sed -n 's/^pages //p'

page-pictures: ## make docs/pictures anew: what a phone shows (wants fonts: fonts-noto-core fonts-noto-color-emoji)
	PICTURES=$(CURDIR)/docs/pictures $(GO) test -count 1 -run '^TestPage$$' ./cmd/wrappy

generated: generate page ## fail when a generated file is stale
	@git diff --exit-code -- openapi web && [ -z "$$(git status --porcelain -- web)" ] || { echo "generated files are stale: run make generate page and commit"; exit 1; }

lint: ## golangci-lint with the layer table
	$(GO) tool -modfile=tools/lint/go.mod golangci-lint run --timeout 20m ./...

rego: ## opa check --strict over the default policy bundle
	$(GO) tool -modfile=tools/go.mod opa check --strict policy/bundle

vulnerabilities: ## govulncheck, where its database can be reached
	@if curl -fsS -m 15 -o /dev/null https://vuln.go.dev/index/modules.json 2>/dev/null; then \
	  $(GO) tool -modfile=tools/go.mod govulncheck ./...; \
	else echo "vulnerabilities: not checked: the vulnerability database cannot be reached from here"; fi

bench: build ## measure against docs/performance.md, or ONLY=part,part ROUNDS=5 SECONDS=10 PEOPLE=5000 MANY=1000000 CLIENTS=1,16,64,128 ATTACKS=PING PROFILE=folder
	BENCH=1 BENCH_ONLY=$(ONLY) BENCH_ROUNDS=$(ROUNDS) BENCH_SECONDS=$(SECONDS) BENCH_PEOPLE=$(PEOPLE) BENCH_MANY=$(MANY) BENCH_CLIENTS=$(CLIENTS) BENCH_ATTACKS='$(ATTACKS)' BENCH_PROFILE=$(abspath $(PROFILE)) \
	BENCH_PROGRAM=$(CURDIR)/wrappy BENCH_OUT=$(CURDIR)/bench.json $(GO) test -run '^TestBench$$' -count 1 -timeout 2h -v ./cmd/wrappy

bench-page: ## write the figures of bench.json into docs/performance.md
	BENCH=page BENCH_OUT=$(CURDIR)/bench.json $(GO) test -run '^TestBench$$' -count 1 ./cmd/wrappy

bench-compare: ## the Go benchmarks of this tree beside those of BASE=revision; PACKAGES="./policy ./vault" MATCH=Release
	GO=$(GO) tools/compare.sh "$(BASE)" "$(or $(MATCH),.)" $(or $(PACKAGES),./consent ./crypto ./fhir ./policy ./vault ./vault/dirstore ./vault/journal ./internal/api/strict)
