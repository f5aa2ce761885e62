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

.PHONY: help demo test build install lint clean deps
.DEFAULT_GOAL := help

help:
	@echo 'make demo      build wstap and run it over captures of fixtures/; the log goes to standard output'
	@echo 'make test      build and run the tests'
	@echo 'make build     build $(WSTAP)'
	@echo 'make install   build, and copy wstap to $$(DESTDIR)$$(PREFIX)/bin (PREFIX=$(PREFIX))'
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

install: build
	@$(INSTALL) -d "$(DESTDIR)$(PREFIX)/bin"
	@$(INSTALL) -m 755 $(WSTAP) "$(DESTDIR)$(PREFIX)/bin/wstap"

lint:
	@$(SWIFT) format lint --strict -r $(LINTED)

clean:
	@$(SWIFT) package clean
