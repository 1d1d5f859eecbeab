# wrappy: build, test and check. `make help` lists the targets.

GO      ?= go
SHELL   := /bin/bash

.PHONY: help build demo test prepare contracts generate generated lint rego vulnerabilities bench fuzz

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

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
	command -v curl >/dev/null || missing="$$missing curl ca-certificates"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "installing$$missing"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "missing; type: sudo apt-get install$$missing"; exit 1; fi; fi

contracts: prepare ## compile, compare and test the contracts
	cd ledgerref/contracts && npm ci --no-audit --no-fund && npm run check && npm test

test: contracts ## run every test
	CGO_ENABLED=1 $(GO) test -race -timeout 40m ./...

generate: ## generate what is generated, except the contracts
	$(GO) generate ./openapi/...

generated: generate ## fail when a generated file is stale
	@git diff --exit-code -- openapi || { echo "generated files are stale: run make generate and commit"; exit 1; }

lint: ## golangci-lint with the layer table
	$(GO) tool -modfile=tools/lint/go.mod golangci-lint run --timeout 20m ./...

rego: ## opa check --strict over the default policy bundle
	$(GO) tool -modfile=tools/go.mod opa check --strict policy/bundle

vulnerabilities: ## govulncheck, where its database can be reached
	@if curl -fsS -m 15 -o /dev/null https://vuln.go.dev/index/modules.json 2>/dev/null; then \
	  $(GO) tool -modfile=tools/go.mod govulncheck ./...; \
	else echo "vulnerabilities: not checked: the vulnerability database cannot be reached from here"; fi

bench: ## the release path beside a bare Echo handler
	$(GO) test -run '^$$' -bench Release -benchtime 3s ./cmd/wrappy
