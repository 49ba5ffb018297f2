#!/usr/bin/env python3
"""Broken meshes from outside: python3 tests/cli/test_defects.py PATH_TO_QUOTE

What `quote inspect --json` counts, locates and measures, and what `quote repair` makes, against exact arithmetic. The
tests stand in defects_*.py, by subject. Closes with "N passed, N failed".
"""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import defects_case  # noqa: E402

SUBJECTS = "defects_counts defects_findings defects_bodies defects_properties defects_repair defects_crossing".split()


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: test_defects.py PATH_TO_QUOTE [SUBJECT[.CLASS[.TEST]]...]")
    defects_case.QUOTE = os.path.abspath(sys.argv[1])
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[2:] or SUBJECTS)
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    # A test with failing subtests is one test.
    failed = len({t.id().split(" ")[0] for t, _ in result.failures + result.errors})
    print("%d passed, %d failed" % (result.testsRun - failed, failed))
    sys.exit(1 if failed or not result.testsRun else 0)


if __name__ == "__main__":
    main()
