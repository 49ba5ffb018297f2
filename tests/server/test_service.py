#!/usr/bin/env python3
"""The service from outside, over HTTP: python3 tests/server/test_service.py OUT [TEST...]

OUT holds quoted and quotectl; nginx must be installed. A test is named after the acceptance scenario it shows.
Closes with "N passed, N failed".
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hygiene_scenarios  # noqa: E402
import isolation_scenarios  # noqa: E402
import keys_scenarios  # noqa: E402
import life_scenarios  # noqa: E402
import openapi_scenarios  # noqa: E402
import service  # noqa: E402
import webhooks_scenarios  # noqa: E402

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    service.OUT = os.path.abspath(sys.argv[1])
    service.run((keys_scenarios, isolation_scenarios, hygiene_scenarios, openapi_scenarios, life_scenarios,
                 webhooks_scenarios), "the service", sys.argv[2:])
