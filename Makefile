# Every target works from a fresh clone on a machine with Go. What else a target needs (a C compiler for PostgreSQL's
# parser, PostgreSQL's server for demo and tests, PgBouncer to compare with) is installed by `deps` where apt-get can do it, and named otherwise.

GO       ?= go
FUZZTIME ?= 10s
BENCH_ROUNDS  ?= 5
BENCH_SECONDS ?= 5
BENCH_IDLE    ?= 5000
STATEMENTS ?= 10000
SEED     ?= 1
SOAK_MINUTES  ?= 10
PACKAGES := ./...

.PHONY: build demo test check bench microbench conformance noninterference soak fmt deps fuzz golden policies clean

build: deps
	$(GO) build -o bin/gatewright ./cmd/gatewright

# The whole product in one sitting: identity, policy, masking, refusal, approval, reload and audit against a real
# PostgreSQL. ARGS=--keep leaves it running for you to try.
demo: build
	bin/gatewright demo $(ARGS)

test: deps
	$(GO) vet $(PACKAGES)
	$(GO) test -timeout 14m $(PACKAGES)

# What CI runs on every change.
check: deps
	@out="$$(gofmt -l $$(git ls-files '*.go'))"; [ -z "$$out" ] || { echo "not gofmt-ed:"; echo "$$out"; exit 1; }
	$(GO) vet -tags conformance $(PACKAGES)
	$(GO) tool staticcheck -tags conformance $(PACKAGES)
	$(GO) test -race -shuffle on -timeout 40m $(PACKAGES)
	$(MAKE) --no-print-directory golden policies fuzz

# Rewrites what scripts expect, the example's catalog and the page of benchmarks, and fails if that changed anything.
golden:
	$(GO) test ./cmd/gatewright -run 'Script|Snapshot' -update
	$(GO) test ./cmd/benchmark -run Page -update
	git diff --exit-code -- testdata examples docs/errors.md docs/reference.md docs/benchmarks.md docs/benchmarks

# Every policy in the tree, as CI would hold yours: layout, validity, what is most likely a mistake, tests that show every rule and both sides of
# every term, and no change that the tests would not notice.
policies: build
	@for dir in examples/*/ policies/*/; do ls "$$dir"*.hcl >/dev/null 2>&1 || continue; \
		echo "$$dir"; \
		bin/gatewright fmt --check "$$dir" && bin/gatewright validate "$$dir" && bin/gatewright lint "$$dir" && \
		bin/gatewright test --coverage-min 100 --mutate --format github "$$dir" || exit 1; done

# A short run of every fuzz test in the tree.
fuzz: deps
	@$(GO) list $(PACKAGES) | while read -r pkg; do \
		for f in $$($(GO) test -list '^Fuzz' "$$pkg" | grep '^Fuzz'); do \
			echo "fuzz $$pkg $$f"; \
			$(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x "$$pkg" </dev/null || exit 1; \
		done; done

# A direct connection, PgBouncer and the gateway with everything on, measured in one run: about 20 minutes, on a machine
# with nothing else to do and some 12 GB of memory for the idle sessions' servers. Writes docs/benchmarks.md and its plots.
bench: deps
	$(GO) run ./cmd/benchmark -rounds $(BENCH_ROUNDS) -seconds $(BENCH_SECONDS) -idle $(BENCH_IDLE) -out docs

# The rooms' own benchmarks.
microbench: deps
	$(GO) test -run '^$$' -bench . -benchmem $(PACKAGES)

# The test suites of jackc/pgx and lib/pq, directly and through the gateway, compared test by test.
conformance: deps
	$(GO) test -tags conformance -count 1 -timeout 60m -v -run 'TestPgxSuite|TestLibPQSuite' ./cmd/gatewright

# Twin databases that differ only in masked values must give the same bytes through the gateway: for the corpus, and for
# STATEMENTS statements each of a grammar that aims at masked columns and of sqlsmith. SEED is where both begin. How it
# is done, and what it does not see, is in docs/noninterference.md.
test check noninterference: TOOLS = sqlsmith
noninterference: deps
	$(GO) test -count 1 -timeout 4h -v -run 'TestCorpus|TestNoninterference' ./cmd/gatewright -args -statements $(STATEMENTS) -made-seed $(SEED)

# Database, clients and gateway are killed at random moments (SOAK_SEED) under load: nothing hangs, nothing is written twice
# or lost, and the audit log misses no statement. `test` has some seconds of it.
soak: deps
	SOAK_MINUTES=$(SOAK_MINUTES) $(GO) test -count 1 -timeout 0 -v -run '^(TestSoak|TestCutAnywhere)$$' ./cmd/gatewright ./runtime/postgres

fmt:
	gofmt -w $$(git ls-files '*.go')

deps:
	@command -v $(GO) >/dev/null || { echo "Go is missing: https://go.dev/doc/install"; exit 1; }
	@need=""; \
	command -v $${CC:-gcc} >/dev/null || need="gcc libc6-dev"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || need="$$need postgresql postgresql-contrib"; \
	command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || need="$$need pgbouncer"; \
	for tool in $(TOOLS); do command -v $$tool >/dev/null || need="$$need $$tool"; done; \
	[ -z "$$need" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing: $$need"; \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $$need; \
	else \
		echo "Please install: $$need"; \
		echo "  on Debian or Ubuntu: sudo apt-get install $$need"; \
		exit 1; \
	fi

clean:
	rm -rf bin
