#!/usr/bin/env python3
"""The 3MF vectors through the command: python3 tests/cli/test_threemf.py PATH_TO_QUOTE [MODULE.CLASS[.TEST]...]

Every package is written here, byte by byte where it must be; every volume, area and box is known beforehand.
Closes with "N passed, N failed".
"""
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import threemf_case  # noqa: E402

MODULES = ("vectors_model", "vectors_text", "vectors_package", "vectors_extensions", "vectors_roles", "vectors_plates",
           "vectors_archives", "vectors_hostile")


class Counter(unittest.TextTestResult):
    """Counts tests, a test with failing subtests once."""

    def summary(self):
        broken = {re.sub(r" [\[(].*", "", t.id()) for t, _ in self.failures + self.errors}
        return self.testsRun - len(broken) - len(self.skipped), len(broken)


def main():
    if len(sys.argv) < 2:
        sys.exit("python3 tests/cli/test_threemf.py PATH_TO_QUOTE [MODULE.CLASS[.TEST]...]")
    threemf_case.QUOTE = os.path.abspath(sys.argv[1])
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[2:] or MODULES)
    result = unittest.TextTestRunner(stream=sys.stderr, resultclass=Counter, verbosity=0).run(suite)
    passed, failed = result.summary()
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
