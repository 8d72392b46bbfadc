# What a person wants, by name; meson does the work.
#
#   make demo     from a clone to a result: investigates a sample, hands over, verifies
#   make test     everything that must hold; the last line counts
#   make build    build/comity
#   make deps     what has to be installed, and installs it (as root or through sudo)
#   make bench    figures, beside tools people know; BENCH='--size full --write docs/performance.md'
#   make evaluate how often it is right, beside peers, on every capture with known truth: docs/evaluation.md
#   make fuzz     each fuzz target for FUZZ_SECONDS (10), with clang's libFuzzer
#   make install  PREFIX=/usr/local DESTDIR=
#   make clean

JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 10
BENCH ?=
EVALUATE ?=
PREFIX ?= /usr/local
COMITY_SHARED ?= ../shared
export COMITY_SHARED FUZZ_SECONDS JOBS

RELEASE = build/release

.PHONY: build demo test deps deps-test bench evaluate fuzz install clean
.DEFAULT_GOAL = build

deps:
	@tools/deps.sh build

deps-test:
	@tools/deps.sh build test

$(RELEASE)/build.ninja:
	@meson setup $(RELEASE) -Dtests=disabled --prefix=$(PREFIX) >build/setup.log 2>&1 || \
	    { cat build/setup.log; exit 1; }

build/.there:
	@mkdir -p build && touch $@

build: deps build/.there
	@$(MAKE) -s $(RELEASE)/build.ninja
	@ninja -C $(RELEASE) -j $(JOBS) src/cli/comity tools/gen/comity-gen >build/build.log 2>&1 || \
	    { cat build/build.log; exit 1; }
	@cp -f $(RELEASE)/src/cli/comity build/comity
	@cp -f $(RELEASE)/tools/gen/comity-gen build/comity-gen

demo: build
	@tools/demo.sh

test: deps-test
	@python3 tests/run

bench: build
	@tools/deps.sh bench || echo "going on with the tools that are there" >&2
	@ninja -C $(RELEASE) -j $(JOBS) benches >build/build.log 2>&1 || { cat build/build.log; exit 1; }
	@tests/bench/run $(BENCH)

evaluate: build
	@tools/deps.sh evaluate || echo "going on with the tools that are there" >&2
	@ninja -C $(RELEASE) -j $(JOBS) tests/evaluate/cues_tool tests/evaluate/signs_tool >build/build.log 2>&1 || { cat build/build.log; exit 1; }
	@tests/evaluate/run $(EVALUATE)

fuzz:
	@tools/deps.sh build test fuzz
	@tools/fuzz.sh

install: build
	@ninja -C $(RELEASE) -j $(JOBS) >build/build.log
	@meson install -C $(RELEASE) --no-rebuild

clean:
	rm -rf build
