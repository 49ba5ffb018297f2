#!/usr/bin/env python3
"""The service from outside, over HTTP: python3 tests/server/test_service.py OUT [TEST...]

OUT holds quoted and quotectl; nginx must be installed. A test is named after the acceptance scenario it shows.
Closes with "N passed, N failed".
"""
import importlib
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import service  # noqa: E402

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    service.OUT = os.path.abspath(sys.argv[1])
    folder = os.path.dirname(os.path.abspath(__file__))
    names = sorted(name[:-3] for name in os.listdir(folder) if name.endswith("_scenarios.py"))
    service.run([importlib.import_module(name) for name in names], "the service", sys.argv[2:])
