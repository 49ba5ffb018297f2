#!/usr/bin/env python3
"""verify.py "$QUOTE_SIGNATURE" <body, with WEBHOOK_SECRET set."""
import hashlib
import hmac
import os
import sys
import time


def is_ours(secret: str, header: str, body: bytes, now: float) -> bool:
    parts = [part.partition("=") for part in header.split(",")]
    moment = next((value for name, _, value in parts if name == "t"), "")
    if not moment.isascii() or not moment.isdigit() or abs(now - int(moment)) > 300:
        return False
    expected = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = [value for name, _, value in parts if name == "v1"]
    return any([hmac.compare_digest(expected.encode(), value.encode()) for value in given])


if __name__ == "__main__":
    good = is_ours(os.environ["WEBHOOK_SECRET"], sys.argv[1], sys.stdin.buffer.read(), time.time())
    sys.exit(0 if good else 1)
