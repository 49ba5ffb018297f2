# libquote: `make help` lists the targets. config=debug|release|asan|ubsan|tsan|cover|fuzz|fault, CC=gcc|clang.

config ?= release
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
DESTDIR ?=
MODEL ?= corpus/models/bracket.stl
CORPUS ?=
FUZZ_SECONDS ?= 60
TRUTH ?= build/slicer-truth
MODELS ?= $(TRUTH)/models

VERSION := $(shell sed -n 's/^.define LQ_VERSION_STRING "\(.*\)"/\1/p' include/libquote.h)
SOVERSION := 0

# ---- flags --------------------------------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Werror
# -ffp-contract=off: sums must have the same bits on every CPU. -fno-math-errno: a square root is one instruction.
# Aliasing: arrays grow through void **.
CFLAGS_ALL := -std=c17 -D_GNU_SOURCE -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno -fno-strict-aliasing -pthread -MMD -MP $(WARNINGS)
CFLAGS_debug := -O0 -g
CFLAGS_release := -O2 -g -DNDEBUG
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_ubsan := -O1 -g -fsanitize=undefined -fno-sanitize-recover=all
CFLAGS_tsan := -O1 -g -fsanitize=thread
CFLAGS_cover := -O0 -g --coverage
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -DNDEBUG
CFLAGS_fault := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -DLQI_FAULT
ifeq ($(config),fuzz)
CC := clang
endif
CFLAGS_CONFIG := $(CFLAGS_$(config))
ifeq ($(CFLAGS_CONFIG),)
$(error config=$(config) is not one of debug release asan ubsan tsan cover fuzz fault)
endif
LIBS := -lexpat -lz -ldeflate -lxxhash -ljansson -lm
LIBS_PRIVATE := $(LIBS) -pthread
# The command carries them itself: loading five libraries takes longer than reading a small file.
LIBS_INSIDE := -Wl,-Bstatic -lpng $(filter-out -lm,$(LIBS)) -Wl,-Bdynamic -lm -pthread
AR := $(if $(filter %-gcc,$(CC)),$(CC:%gcc=%ar),ar)

# Crossing to another machine: a compiler of that name, with the libraries that scripts/arm64_sysroot.sh unpacks.
ARM64_CC := aarch64-linux-gnu-gcc
ARM64_SYSROOT := build/arm64-sysroot
ifeq ($(CC),$(ARM64_CC))
CFLAGS_ALL += -isystem $(ARM64_SYSROOT)/usr/include -isystem $(ARM64_SYSROOT)/usr/include/aarch64-linux-gnu
CFLAGS_CONFIG += -L$(ARM64_SYSROOT)/usr/lib/aarch64-linux-gnu \
  -Wl,-rpath-link,$(ARM64_SYSROOT)/usr/lib/aarch64-linux-gnu:$(ARM64_SYSROOT)/lib/aarch64-linux-gnu
endif

OBJ := build/obj/$(config)-$(CC)
ifeq ($(config)-$(CC),release-gcc)
OUT := build
else
OUT := build/$(config)-$(CC)
endif

# ---- what is built ------------------------------------------------------------------------------------------------

LIB_SRC := $(sort $(wildcard libquote/*/*.c))
LIB_JSON := $(sort $(wildcard libquote/*/*.json))
LIB_OBJ := $(LIB_SRC:%.c=$(OBJ)/%.o) $(LIB_JSON:%=$(OBJ)/%.o)
CLI_OBJ := $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard bindings/cli/*.c)))
CORPUS_OBJ := $(patsubst %.c,$(OBJ)/%.o,$(filter-out corpus/make_models.c,$(sort $(wildcard corpus/*.c))))
SUPPORT_OBJ := $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard tests/support/*.c)))
UNIT_TESTS := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/unit/test_*.c)))
SERVER_TESTS := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/server/test_*.c)))
API_TESTS := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/api/test_*.c)))
SERVER_OBJ := $(patsubst %.c,$(OBJ)/%.o,$(filter-out server/app/% server/ctl/%,$(sort $(wildcard server/*/*.c)))) \
  $(OBJ)/server/openapi.v1.yaml.o
QUOTED_OBJ := $(SERVER_OBJ) $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard server/app/*.c)))
QUOTECTL_OBJ := $(SERVER_OBJ) $(patsubst %.c,$(OBJ)/%.o,$(sort $(wildcard server/ctl/*.c)))
SERVER_TESTS := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/server/test_*.c)))
SERVER_LIBS := -lpng -lfcgi -lsqlite3 -lcurl -lresolv -lcrypto $(LIBS_PRIVATE)
FUZZ_TARGETS := $(patsubst fuzz/fuzz_%.c,%,$(sort $(wildcard fuzz/fuzz_*.c)))
FUZZ_REPLAYS := $(FUZZ_TARGETS:%=$(OUT)/fuzz/replay_%)

RATE ?= 1000
SECONDS ?= 10
PORT ?= 8080
VAR ?= var
CONFIG ?=

.PHONY: service api-page service-tests score-estimate fit-estimate help run check check-all check-arm64 check-avx512 check-isa check-corpus bench bench-publish check-instructions count-instructions fuzz fuzz-build serve install clean format lint deps all tests tests-c bench-server
.DEFAULT_GOAL := all

all: $(OUT)/libquote.a $(OUT)/libquote.so $(OUT)/quote $(OUT)/libquote.pc ## build the library and the command line

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'
	@echo '  config=debug|release|asan|ubsan|tsan|cover|fuzz|fault  CC=gcc|clang  MODEL=file  CORPUS=folder  PREFIX=/usr/local'

run: deps ## install what is missing, build, quote a real part (MODEL=file for yours)
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@$(OUT)/quote "$(MODEL)"
	@$(OUT)/quote render "$(MODEL)" -o $(OUT)/picture.png --ground white

check: deps ## install what is missing, build, run all tests
	@scripts/deps.sh service
	@$(MAKE) --no-print-directory -j$$(nproc) all tests service service-tests
	@OUT=$(OUT) CORPUS="$(CORPUS)" bash tests/run.sh

check-all: deps ## the tests under sanitizers, the second compiler and valgrind
	@bash tests/run_all.sh

check-arm64: deps ## cross-build for 64-bit ARM, run the tests in an emulator, compare the answers
	@scripts/deps.sh arm64
	@scripts/arm64_sysroot.sh $(ARM64_SYSROOT)
	@$(MAKE) --no-print-directory -j$$(nproc) config=release CC=gcc all
	@$(MAKE) --no-print-directory -j$$(nproc) config=release CC=$(ARM64_CC) all tests-c
	@SYSROOT=$(ARM64_SYSROOT) bash tests/arm64.sh build build/release-$(ARM64_CC)

check-avx512: deps ## run what needs AVX-512 in an emulated machine that has it (minutes)
	@scripts/deps.sh avx512
	@$(MAKE) --no-print-directory -j$$(nproc) all tests-c $(OUT)/make_mesh
	@bash tests/avx512.sh $(OUT) build/avx512

check-isa: deps ## the same answers from every instruction set and number of threads: files, then the C tests (minutes)
	@$(MAKE) --no-print-directory -j$$(nproc) all tests-c $(OUT)/make_mesh
	@OUT=$(OUT) bash tests/isa/run.sh

check-corpus: all ## compare with the manifest of a folder of real files: CORPUS=DIR
	@test -n "$(CORPUS)" || { echo 'make check-corpus CORPUS=DIR: a folder with a MANIFEST.tsv'; exit 2; }
	@python3 tests/corpus/check_corpus.py $(OUT)/quote "$(CORPUS)" --plates

BENCH_PROGRAMS := $(OUT)/make_mesh $(OUT)/measure_stream $(OUT)/measure_stages

bench: all $(BENCH_PROGRAMS) ## compare with the field's tools on this machine: SIZES, RUNS
	@scripts/deps.sh bench
	@python3 bench/run.py --out $(OUT) --compiler "$$($(CC) --version | head -n 1)"

bench-server: service $(OUT)/load_http ## how long the service takes to answer: RATE (1000 requests/s), SECONDS (10)
	@scripts/deps.sh service
	@python3 bench/server.py $(OUT) $(RATE) $(SECONDS)

bench-publish: ## put the figures of the last bench into bench/
	@python3 bench/publish.py build/bench

score-estimate: all $(OUT)/fit_estimate ## compare the estimate with a slicer's numbers: TRUTH=DIR (train.csv, profiles/) MODELS=DIR
	@$(OUT)/fit_estimate $(TRUTH)/train.csv $(MODELS) $(TRUTH)/profiles score build/estimate.tsv

fit-estimate: all $(OUT)/fit_estimate ## fit its coefficients anew, and score them on models that the fit did not see (minutes)
	@$(OUT)/fit_estimate $(TRUTH)/train.csv $(MODELS) $(TRUTH)/profiles cross build/estimate.tsv
	@python3 bench/estimate/ranges.py build/estimate.tsv
	@python3 bench/estimate/plot.py build/estimate.tsv build/estimate.svg

check-instructions: all $(OUT)/make_mesh ## compare instruction counts with bench/instructions.tsv
	@scripts/deps.sh instructions
	@python3 bench/instructions.py check --out $(OUT) --compiler "$$($(CC) --version | head -n 1)"

count-instructions: all $(OUT)/make_mesh ## write bench/instructions.tsv anew
	@scripts/deps.sh instructions
	@python3 bench/instructions.py write --out $(OUT) --compiler "$$($(CC) --version | head -n 1)"

fuzz: ## build the fuzz targets and run each for FUZZ_SECONDS
	@scripts/deps.sh fuzz
	@$(MAKE) --no-print-directory -j$$(nproc) config=fuzz fuzz-build
	@SECONDS_EACH=$(FUZZ_SECONDS) bash fuzz/run.sh build/fuzz-clang/fuzz $(FUZZ_TARGETS)

fuzz-build: $(FUZZ_TARGETS:%=$(OUT)/fuzz/fuzz_%)

serve: deps ## run the service on http://127.0.0.1:8080 (PORT, VAR, CONFIG): server/README.md, server/getting-started.md
	@scripts/deps.sh service
	@$(MAKE) --no-print-directory -j$$(nproc) service
	@PORT="$(PORT)" VAR="$(VAR)" CONFIG="$(CONFIG)" exec scripts/serve.sh $(OUT)

api-page: ## the service's interface as a page to read, build/api-page/index.html
	@scripts/deps.sh service
	@scripts/api_page.sh build

service: $(OUT)/quoted $(OUT)/quotectl ## build the service alone
service-tests: $(SERVER_TESTS)

install: all ## install under PREFIX
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/bin \
	  $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 644 include/libquote.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 $(OUT)/libquote.a $(DESTDIR)$(PREFIX)/lib/
	install -m 755 $(OUT)/libquote.so $(DESTDIR)$(PREFIX)/lib/libquote.so.$(VERSION)
	ln -sf libquote.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/libquote.so.$(SOVERSION)
	ln -sf libquote.so.$(SOVERSION) $(DESTDIR)$(PREFIX)/lib/libquote.so
	sed 's|^prefix=.*|prefix=$(PREFIX)|' $(OUT)/libquote.pc > $(DESTDIR)$(PREFIX)/lib/pkgconfig/libquote.pc
	install -m 755 $(OUT)/quote $(DESTDIR)$(PREFIX)/bin/
	install -m 644 bindings/cli/quote.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 bindings/cli/completions/quote.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/quote
	install -m 644 bindings/cli/completions/_quote $(DESTDIR)$(PREFIX)/share/zsh/site-functions/
	install -m 644 bindings/cli/completions/quote.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/

clean: ## remove what was built
	rm -rf build

format: ## clang-format over the tree
	clang-format -i $$(git ls-files '*.c' '*.h' '*.cc')

lint: ## clang-tidy, cppcheck, shellcheck
	@bash scripts/lint.sh

deps:
	@scripts/deps.sh

tests-c: $(UNIT_TESTS) $(API_TESTS) $(FUZZ_REPLAYS) $(OUT)/tests/readme_example
tests: tests-c $(OUT)/tests/api/header_cpp $(SERVER_TESTS) $(BENCH_PROGRAMS)

# Short lines while building; V=1 shows the commands.
ifeq ($(V),)
Q = @echo "  $(patsubst build/%,%,$@)";
endif

# ---- rules --------------------------------------------------------------------------------------------------------

$(OBJ)/libquote/%.o: libquote/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_CONFIG) -Iinclude -Ilibquote -c $< -o $@

# The command line, like every binding, sees the public header and nothing else.
$(OBJ)/bindings/%.o: bindings/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_CONFIG) -Iinclude -c $< -o $@

# So does the service.
$(OBJ)/server/%.o: server/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_CONFIG) -Iinclude -Iserver -c $< -o $@

# Its tests see the service's headers in the place of the library's.
$(OBJ)/tests/server/%.o: tests/server/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_CONFIG) -UNDEBUG -Iinclude -Iserver -c $< -o $@

$(OBJ)/tests/api/%.o: tests/api/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_CONFIG) -UNDEBUG -Iinclude -I. -c $< -o $@

$(OBJ)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_CONFIG) -UNDEBUG -Iinclude -Ilibquote -I. -c $< -o $@

# The default price book and the process profiles become C arrays, so that the library needs no file at run time.
$(OBJ)/libquote/%.json.c: libquote/%.json
	@mkdir -p $(@D)
	@name=lqi_$(basename $(notdir $*))_json; \
	{ echo '#include "$*.h"'; echo "const char $$name[] ="; \
	   sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $<; echo ';'; \
	   echo "const size_t $${name}_size = sizeof $$name - 1;"; } > $@

$(OBJ)/libquote/%.json.o: $(OBJ)/libquote/%.json.c
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_CONFIG) -Iinclude -Ilibquote -c $< -o $@

# The document of the interface is written as YAML and served as JSON.
$(OBJ)/server/%.yaml.c: server/%.yaml scripts/openapi_json.py
	@mkdir -p $(@D)
	@python3 scripts/openapi_json.py $< > $@.json
	@{ echo '#include "api/openapi.h"'; echo 'const char sv_openapi_json[] ='; \
	   sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $@.json; echo ';'; \
	   echo 'const size_t sv_openapi_json_size = sizeof sv_openapi_json - 1;'; } > $@

$(OBJ)/server/%.yaml.o: $(OBJ)/server/%.yaml.c
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_CONFIG) -Iserver -c $< -o $@

$(OUT)/libquote.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(OUT)/libquote.so: $(LIB_OBJ) libquote/libquote.map
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_CONFIG) -shared -Wl,-soname,libquote.so.$(SOVERSION) -Wl,--version-script=libquote/libquote.map \
	  -o $@ $(LIB_OBJ) $(LIBS_PRIVATE)

$(OUT)/libquote.pc: libquote/libquote.pc.in include/libquote.h
	@mkdir -p $(@D)
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS_PRIVATE@|$(LIBS_PRIVATE)|' $< > $@

$(OUT)/quote: $(CLI_OBJ) $(OUT)/libquote.a
	$(Q)$(CC) $(CFLAGS_CONFIG) -o $@ $^ $(LIBS_INSIDE)

$(OUT)/quoted: $(QUOTED_OBJ) $(OUT)/libquote.a
	$(Q)$(CC) $(CFLAGS_CONFIG) -o $@ $^ $(SERVER_LIBS)

$(OUT)/quotectl: $(QUOTECTL_OBJ) $(OUT)/libquote.a
	$(Q)$(CC) $(CFLAGS_CONFIG) -o $@ $^ $(SERVER_LIBS)

$(OUT)/make_models: $(OBJ)/corpus/make_models.o $(CORPUS_OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_CONFIG) -o $@ $^ $(LIBS_PRIVATE)

$(OUT)/fit_estimate: $(OBJ)/bench/estimate/fit.o $(OUT)/libquote.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_CONFIG) -o $@ $^ $(LIBS_PRIVATE)

$(OUT)/load_http: $(OBJ)/bench/load_http.o
	$(Q)$(CC) $(CFLAGS_CONFIG) -pthread -o $@ $^

$(OUT)/make_mesh: $(OBJ)/bench/make_mesh.o $(OBJ)/bench/hard_mesh.o $(OBJ)/bench/mesh_3mf.o $(CORPUS_OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_CONFIG) -o $@ $^ -lzip $(LIBS_PRIVATE)

$(OUT)/measure_%: $(OBJ)/bench/measure_%.o $(OBJ)/bench/rows.o $(OUT)/libquote.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_CONFIG) -o $@ $^ $(LIBS_PRIVATE)

$(OUT)/tests/server/%: $(OBJ)/tests/server/%.o $(SERVER_OBJ) $(OUT)/libquote.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_CONFIG) -o $@ $^ -lcmocka $(SERVER_LIBS)

$(OUT)/tests/%: $(OBJ)/tests/%.o $(CORPUS_OBJ) $(SUPPORT_OBJ) $(OUT)/libquote.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_CONFIG) -Wl,--wrap=lq_context_create -o $@ $^ -lcmocka -lzip $(LIBS_PRIVATE)

# The header alone must compile as C++, without our warnings being the user's problem.
$(OUT)/tests/api/header_cpp: tests/api/test_header_cpp.cc include/libquote.h $(OUT)/libquote.a
	@mkdir -p $(@D)
	$(CC:gcc=g++) $(CFLAGS_CONFIG) -Wall -Wextra -Werror -Iinclude -o $@ $< $(OUT)/libquote.a -lstdc++ $(LIBS_PRIVATE)

# The example of the README is a test: it is cut out of the text and compiled.
$(OUT)/tests/readme_example: README.md $(OUT)/libquote.a
	@mkdir -p $(@D) $(OBJ)/tests
	awk '/^```c$$/{on=1;next} /^```$$/{on=0} on' README.md > $(OBJ)/tests/readme_example.c
	$(Q)$(CC) -std=c17 $(CFLAGS_CONFIG) -Wall -Wextra -Werror -Iinclude -o $@ $(OBJ)/tests/readme_example.c $(OUT)/libquote.a $(LIBS_PRIVATE)

# What it reads belongs to the service.
$(OUT)/fuzz/replay_multipart $(OUT)/fuzz/fuzz_multipart: $(OBJ)/server/http/multipart.o

$(OUT)/fuzz/replay_%: $(OBJ)/fuzz/fuzz_%.o $(OBJ)/fuzz/replay.o $(CORPUS_OBJ) $(OUT)/libquote.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_CONFIG) -o $@ $^ $(LIBS_PRIVATE)

$(OUT)/fuzz/fuzz_%: $(OBJ)/fuzz/fuzz_%.o $(CORPUS_OBJ) $(OUT)/libquote.a
	@mkdir -p $(@D)
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS_PRIVATE)

.SECONDARY:
-include $(shell find $(OBJ) -name '*.d' 2>/dev/null)
