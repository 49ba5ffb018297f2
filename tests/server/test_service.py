#!/usr/bin/env python3
"""The service from outside, over HTTP: python3 tests/server/test_service.py OUT [TEST...]

OUT holds quoted and quotectl; nginx must be installed. A test is named after the acceptance scenario it shows.
Closes with "N passed, N failed".
"""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hygiene_scenarios  # noqa: E402
import isolation_scenarios  # noqa: E402
import keys_scenarios  # noqa: E402
import life_scenarios  # noqa: E402
import openapi_scenarios  # noqa: E402
import service  # noqa: E402

MODULES = (keys_scenarios, isolation_scenarios, hygiene_scenarios, openapi_scenarios, life_scenarios)


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def suite_of(names):
    loader, suite = unittest.defaultTestLoader, unittest.TestSuite()
    for module in MODULES:
        suite.addTests(loader.loadTestsFromModule(module))
    if not names:
        return suite
    wanted = [test for test in flat(suite) if any(name in test.id() for name in names)]
    return unittest.TestSuite(wanted)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    service.OUT = os.path.abspath(sys.argv[1])
    suite = suite_of(sys.argv[2:])
    service.Case.service = service.Service(service.NO_LIMITS)
    try:
        result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0).run(suite)
    finally:
        words = service.Case.service.words()
        code = service.Case.service.stop()
    if code != 0:
        print("FAILED: the service ended with %d\n%s" % (code, words), file=sys.stderr)
    broken = len({test.id().split(" ")[0] for test, _ in result.failures + result.errors}) + (code != 0)
    passed = result.testsRun + 1 - broken
    print("%d passed, %d failed" % (passed, broken))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
