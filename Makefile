# make demo and make test work on a bare machine that has the Swift toolchain and make: they install the system
# libraries first. Standard output carries the result only (the log, the tests' report); all else goes to standard
# error, so that `make demo | jq -r .type` works.

MAKEFLAGS += --no-print-directory
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
INSTALL ?= install

WSTAP = .build/release/wstap

# What `make demo` analyses. Several files are merged by the time of their packets.
DEMO = \
  fixtures/plain-chat.pcap \
  fixtures/deflate-context-takeover.pcap \
  fixtures/refused-then-accepted-401.pcap \
  fixtures/frames-with-the-101.pcap \
  fixtures/closed-without-close-frame-1006.pcap \
  fixtures/not-a-websocket.pcap

LINTED = Sources Tests Package.swift $(wildcard Benchmarks/Package.swift Benchmarks/Sources Fuzzing/Package.swift Fuzzing/Sources)

# Homebrew's libpcap and zlib are not in pkg-config's default path.
ifeq ($(shell uname -s),Darwin)
BREW := $(shell brew --prefix 2>/dev/null)
export PKG_CONFIG_PATH := $(BREW)/opt/libpcap/lib/pkgconfig:$(BREW)/opt/zlib/lib/pkgconfig:$(PKG_CONFIG_PATH)
endif

# Said by `wstap --version`.
export WSTAP_GIT_DESCRIPTION := $(shell git describe --tags --always --dirty 2>/dev/null)

# Where `make install` puts what is not the program.
MANDIR = $(PREFIX)/share/man/man1
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d
DATADIR = $(PREFIX)/share/wstap

.PHONY: help demo test test-slow build docs install uninstall lint clean deps
.DEFAULT_GOAL := help

help:
	@echo 'make demo      build wstap and run it over captures of fixtures/; the log goes to standard output'
	@echo 'make test      build and run the tests'
	@echo 'make test-slow check README.md, the SQL, the generated files and make install by a release build'
	@echo 'make build     build $(WSTAP)'
	@echo 'make docs      make the man page, the completions, the SQL and docs/checks.md anew from what wstap tells of itself'
	@echo 'make install   build, and put wstap, its man page, completions and SQL below $$(DESTDIR)$$(PREFIX) ($(PREFIX))'
	@echo 'make uninstall remove those'
	@echo 'make lint      hold the sources against .swift-format'
	@echo 'make clean     remove what was built'
	@echo
	@echo 'demo and test first install libpcap, zlib, libzstd and liblz4 by apt-get or brew where they are missing.'

deps:
	@scripts/system-libraries

demo: deps
	@$(SWIFT) build -c release --product wstap 1>&2
	@$(WSTAP) $(DEMO)

# The end-to-end tests run the debug build of wstap that stands beside the test bundle.
test: deps
	@$(SWIFT) build 1>&2
	@$(SWIFT) test --disable-xctest

build:
	@scripts/system-libraries --check
	@$(SWIFT) build -c release --product wstap 1>&2

# What needs Python, packages of it, or more time than the tests. REQUIRE=--require: fail where a package of Python
# cannot be installed, instead of saying so.
test-slow: build
	@scripts/check-generated
	@scripts/check-install
	@scripts/check-readme
	@scripts/check-sql $(REQUIRE)

docs: build
	@scripts/make-manual >docs/wstap.1
	@scripts/make-sql >docs/sql/wstap.sql
	@scripts/make-checks >docs/checks.md
	@scripts/make-completions

install: build
	@$(INSTALL) -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(MANDIR)" "$(DESTDIR)$(BASHDIR)" "$(DESTDIR)$(ZSHDIR)" \
	  "$(DESTDIR)$(FISHDIR)" "$(DESTDIR)$(DATADIR)"
	@$(INSTALL) -m 755 $(WSTAP) "$(DESTDIR)$(PREFIX)/bin/wstap"
	@$(INSTALL) -m 644 docs/wstap.1 "$(DESTDIR)$(MANDIR)/wstap.1"
	@$(INSTALL) -m 644 docs/completions/wstap.bash "$(DESTDIR)$(BASHDIR)/wstap"
	@$(INSTALL) -m 644 docs/completions/_wstap "$(DESTDIR)$(ZSHDIR)/_wstap"
	@$(INSTALL) -m 644 docs/completions/wstap.fish "$(DESTDIR)$(FISHDIR)/wstap.fish"
	@$(INSTALL) -m 644 docs/sql/wstap.sql "$(DESTDIR)$(DATADIR)/wstap.sql"

uninstall:
	@$(RM) "$(DESTDIR)$(PREFIX)/bin/wstap" "$(DESTDIR)$(MANDIR)/wstap.1" "$(DESTDIR)$(BASHDIR)/wstap" \
	  "$(DESTDIR)$(ZSHDIR)/_wstap" "$(DESTDIR)$(FISHDIR)/wstap.fish" "$(DESTDIR)$(DATADIR)/wstap.sql"
	@if [ -d "$(DESTDIR)$(DATADIR)" ]; then rmdir "$(DESTDIR)$(DATADIR)" || true; fi

lint:
	@$(SWIFT) format lint --strict -r $(LINTED)

clean:
	@$(SWIFT) package clean
