# indexgen: two commands do everything on a fresh Debian 12 with a Swift toolchain.
#   make demo   builds the program and a site from the sample packages, and says how to point clients at it
#   make test   installs the clients that it lacks and runs all tests
CONFIGURATION ?= release
DEMO ?= $(CURDIR)/.build/demo
PORT ?= 8080
BUILD_PACKAGES = libsqlite3-dev zlib1g-dev libbz2-dev liblzma-dev libzstd-dev gnupg nginx-light curl ca-certificates
TEST_PACKAGES = createrepo-c dnf rpm zypper apt-utils dpkg-dev python3-venv python3-yaml xz-utils zstd bzip2 strace
VENV = $(CURDIR)/.build/clients-venv
# apt needs root; sudo is used only where there is none.
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT = $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300
INDEXGEN = $(CURDIR)/.build/$(CONFIGURATION)/indexgen

.PHONY: build demo test deps test-deps install lint format clean

build: deps
	swift build -c $(CONFIGURATION) --product indexgen

deps:
	@missing=$$(dpkg-query -W -f '$${Package} $${db:Status-Status}\n' $(BUILD_PACKAGES) 2>/dev/null | awk '$$2 == "installed" { print $$1 }' | sort > .deps.have; \
	  printf '%s\n' $(BUILD_PACKAGES) | sort | comm -23 - .deps.have; rm -f .deps.have); \
	if [ -n "$$missing" ]; then $(APT) update && $(APT) install -y --no-install-recommends $$missing; fi

test-deps: deps
	@missing=$$(dpkg-query -W -f '$${Package} $${db:Status-Status}\n' $(TEST_PACKAGES) 2>/dev/null | awk '$$2 == "installed" { print $$1 }' | sort > .deps.have; \
	  printf '%s\n' $(TEST_PACKAGES) | sort | comm -23 - .deps.have; rm -f .deps.have); \
	if [ -n "$$missing" ]; then $(APT) update && $(APT) install -y --no-install-recommends $$missing; fi
	@[ -x $(VENV)/bin/uv ] || { python3 -m venv $(VENV) && $(VENV)/bin/pip install -q --disable-pip-version-check -U \
	  pip uv packaging setuptools wheel pyyaml ruamel.yaml createrepo-c==1.2.5; }

demo: build
	examples/demo.sh "$(INDEXGEN)" "$(DEMO)" "$(PORT)"

test: test-deps
	swift build --build-tests
	INDEXGEN_CLIENTS=1 INDEXGEN_CLIENTS_VENV=$(VENV) INDEXGEN_PYTHON=$(VENV)/bin/python \
	INDEXGEN_CREATEREPO_C="$$(ls $(VENV)/lib/python3*/site-packages/createrepo_c/data/bin/createrepo_c 2>/dev/null)" \
	INDEXGEN_SHARED="$${INDEXGEN_SHARED-$$([ -d ../shared/fixtures ] && cd ../shared && pwd)}" \
	swift test --skip-build

install: build
	install -D -m 755 $(INDEXGEN) $(DESTDIR)/usr/local/bin/indexgen
	install -d $(DESTDIR)/usr/local/share/indexgen/templates
	install -m 644 templates/pages/*.mustache $(DESTDIR)/usr/local/share/indexgen/templates

lint:
	swift format lint --strict --recursive Package.swift Sources Tests templates

format:
	swift format --in-place --recursive Package.swift Sources Tests templates

clean:
	rm -rf .build
