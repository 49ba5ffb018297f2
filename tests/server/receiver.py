"""A receiver of webhooks that behaves as it is told, and remembers what came."""
import base64
import hashlib
import hmac
import http.server
import json
import threading
import time

import service

VECTOR = {"secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "t": "1700000000",
          "body": b'{"id":"evt_01j9zk3m5v8q2w4x6y7z8a9b0c","type":"webhook.ping"}',
          "v1": "16493c0ceab1ee376d39159ff78186cc911a1c07c3d992be8bc797668303b85f",
          "standard": "v1,cJzWE5j0XHZ2vI+dJnY7sl7eEooJUZYqFb61tvHup8A="}


def own_signature(secret, t, body):
    return hmac.new(secret.encode(), t.encode() + b"." + body, hashlib.sha256).hexdigest()


def standard_signature(secret, message_id, t, body):
    key = base64.b64decode(secret[len("whsec_"):])
    signed = ("%s.%s." % (message_id, t)).encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Delivery:
    def __init__(self, path, headers, body):
        self.path, self.headers, self.body, self.at = path, headers, body, time.monotonic()

    @property
    def event(self):
        return json.loads(self.body)

    def signatures(self):
        """t and the list of v1 of Quote-Signature."""
        parts = self.headers["quote-signature"].split(",")
        return parts[0].partition("=")[2], [part.partition("=")[2] for part in parts[1:]]


class Receiver:
    """answers: what to do with the n-th request of a path: a status, (status, headers, body), or a function of the
    handler. The last one is for all that follow; without any it is 200."""

    def __init__(self):
        self.answers, self.deliveries, self.lock = {}, [], threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.take(self)

            def do_GET(self):
                receiver.take(self)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, handler):
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self.lock:
            count = sum(1 for delivery in self.deliveries if delivery.path == handler.path)
            self.deliveries.append(Delivery(handler.path, headers, body))
        plan = self.answers.get(handler.path, [200])
        what = plan[min(count, len(plan) - 1)]
        if callable(what):
            what(handler)
            return
        status, more, text = what if isinstance(what, tuple) else (what, {}, b"")
        handler.send_response(status)
        for name, value in more.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def of(self, path):
        with self.lock:
            return [delivery for delivery in self.deliveries if delivery.path == path]

    def wait(self, path, count):
        """The deliveries of a path once there are so many."""
        return service.until(lambda: (lambda found: found if len(found) >= count else None)(self.of(path))) or []

    def close(self):
        self.server.shutdown()
        self.server.server_close()
