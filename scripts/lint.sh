#!/usr/bin/env bash
# Static checks: formatting, cppcheck, shellcheck. Each is skipped with a word when it is not installed.
set -u
status=0
if command -v clang-format >/dev/null; then
    git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror || status=1
else
    echo 'clang-format is not installed: skipped'
fi
if command -v cppcheck >/dev/null; then
    cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,portability \
        --suppress=missingIncludeSystem -Iinclude -Ilibquote libquote bindings/cli || status=1
else
    echo 'cppcheck is not installed: skipped'
fi
if command -v shellcheck >/dev/null; then
    git ls-files '*.sh' .ci/run | xargs shellcheck -S warning || status=1
else
    echo 'shellcheck is not installed: skipped'
fi
exit $status
