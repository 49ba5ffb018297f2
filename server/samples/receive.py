#!/usr/bin/env python3
"""WEBHOOK_SECRET=whsec_... receive.py PORT: a receiver of webhooks on this machine. A line for each event that is from
us and new: its number, its type, the object it tells of and that object's status."""
import http.server
import json
import os
import sys
import time

import verify

seen = set()


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        good = verify.is_ours(os.environ["WEBHOOK_SECRET"], self.headers["Quote-Signature"] or "", body, time.time())
        self.send_response(204 if good else 401)
        self.end_headers()
        event = json.loads(body) if good else {"id": None}
        if good and event["id"] not in seen:  # the same event may come twice
            seen.add(event["id"])
            told = event["data"]["object"]
            print(event["sequence"], event["type"], told["id"], told.get("status"), flush=True)

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
