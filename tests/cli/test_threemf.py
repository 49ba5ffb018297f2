#!/usr/bin/env python3
"""The 3MF vectors through the command: python3 tests/cli/test_threemf.py PATH_TO_QUOTE [MODULE.CLASS[.TEST]...]

Every package is written here, byte by byte where it must be; every volume, area and box is known beforehand.
Closes with "N passed, N failed".
"""
import concurrent.futures
import io
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import threemf_case  # noqa: E402

# The longest first.
MODULES = ("vectors_hostile", "vectors_lists", "vectors_text", "vectors_package", "vectors_model", "vectors_extensions",
           "vectors_plates", "vectors_scenes", "vectors_roles", "vectors_archives")


class Counter(unittest.TextTestResult):
    """Counts tests, a test with failing subtests once."""

    def summary(self):
        broken = {re.sub(r" [\[(].*", "", t.id()) for t, _ in self.failures + self.errors}
        return self.testsRun - len(broken) - len(self.skipped), len(broken)


def run(name):
    """One module's tests: how many passed and failed, and what they said."""
    said = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromName(name)
    result = unittest.TextTestRunner(stream=said, resultclass=Counter, verbosity=0).run(suite)
    return (*result.summary(), said.getvalue())


def main():
    if len(sys.argv) < 2:
        sys.exit("python3 tests/cli/test_threemf.py PATH_TO_QUOTE [MODULE.CLASS[.TEST]...]")
    threemf_case.QUOTE = os.path.abspath(sys.argv[1])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:  # they wait for the command most of the time
        results = list(pool.map(run, sys.argv[2:] or MODULES))
    for _, failed, said in results:
        if failed:
            sys.stderr.write(said)
    passed, failed = (sum(r[k] for r in results) for k in (0, 1))
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
