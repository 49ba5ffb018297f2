"""A service of its own for a test run, and a client that checks of every answer what holds for all."""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUT = os.path.join(ROOT, "build")
PATIENCE = 60  # seconds until a test gives up; no test asserts a time
NO_LIMITS = {"rate_limits": {"minute": 10 ** 7, "hour": 10 ** 8, "quotes": 10 ** 7, "uploads": 10 ** 7},
             "webhooks": {"allow_http": True, "allow_cidrs": ["127.0.0.0/8"]},
             "plans": [{"id": "self_hosted", "name": "Self-hosted", "price": None, "entitlements": {"ordering": True}},
                       {"id": "small", "name": "Small", "price": {"amount": 900, "currency": "EUR"},
                        "entitlements": {"ordering": True, "max_parts": 2, "storage_bytes": 10000,
                                         "webhook_endpoints": 1, "requests_per_minute": 5000}}]}
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
HEADERS = {"quote-version": "1", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
           "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
           "cross-origin-resource-policy": "same-site", "vary": "Authorization"}


def well_formed_key(random, prefix="lq_test_"):
    """A key as the service makes them: 32 characters and their checksum, CRC-32 in base 62."""
    text, rest = prefix + random, zlib.crc32((prefix + random).encode())
    check = ""
    for _ in range(6):
        check, rest = DIGITS[rest % 62] + check, rest // 62
    return text + check


def until(what, patience=PATIENCE):
    """The first true value of what(), or the last one when patience ends."""
    end = time.monotonic() + patience
    while True:
        value = what()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.05)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.bytes = status, headers, body

    def __getitem__(self, name):
        return self.json[name]

    @property
    def json(self):
        return json.loads(self.bytes)

    @property
    def code(self):
        return self.json["error"]["code"]

    @property
    def details(self):
        return self.json["error"].get("details", {})


class Service:
    """Starts scripts/serve.sh on free ports with its own state; stop() tells whether it ended well."""

    def __init__(self, config=None, fault=""):
        self.folder = tempfile.mkdtemp(prefix="quote-server-")
        self.var = os.path.join(self.folder, "var")
        self.config = os.path.join(self.folder, "extra.json")
        with open(self.config, "w", encoding="utf-8") as file:
            json.dump(config or {}, file)
        self.port, self.fault = free_ports(), fault
        self.start()

    def start(self):
        environment = dict(os.environ, PORT=str(self.port), VAR=self.var, CONFIG=self.config, QUOTE_FAULT=self.fault)
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(["bash", os.path.join(ROOT, "scripts", "serve.sh"), OUT], env=environment,
                                        stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        if not until(lambda: self.process.poll() is not None or self.is_ready()) or self.process.poll() is not None:
            raise RuntimeError("The service does not start:\n" + self.words())

    def is_ready(self):
        try:
            return self.internal("/readyz")[0] == 200
        except OSError:
            return False

    def internal(self, path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port + 1, timeout=PATIENCE)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise OSError(error) from error
        finally:
            connection.close()

    def words(self):
        self.log.flush()
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]

    def keys(self):
        with open(os.path.join(self.var, "keys.json"), encoding="utf-8") as file:
            return json.load(file)

    def control(self, *words):
        command = [os.path.join(OUT, "quotectl"), "--config", os.path.join(self.var, "running.json"), "--json", *words]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True)
        return json.loads(done.stdout)

    def account(self, role="seller"):
        """A new account: {"account_id", "live_key", "test_key"}."""
        return self.control("account", "create", "Shop", role)

    def terminate(self):
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.log.close()
        return code

    def stop(self):
        code = self.terminate() if self.process.poll() is None else self.process.returncode
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


def free_ports():
    """Two neighbours that nobody uses."""
    for port in range(20000 + os.getpid() % 9000, 32000, 2):
        with socket.socket() as one, socket.socket() as two:
            try:
                one.bind(("127.0.0.1", port))
                two.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue
    raise RuntimeError("There is no free port.")


class Client:
    def __init__(self, service, key=None):
        self.service, self.key = service, key
        self.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)

    def close(self):
        self.connection.close()

    def raw(self, method, path, body=None, headers=None):
        """Any path, no checks, no key of its own."""
        try:
            self.connection.request(method, path, body, headers or {})
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.connection.close()  # a connection that was kept may be closed by the front end at any time
            self.connection.request(method, path, body, headers or {})
            answer = self.connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def send(self, method, path, body=None, headers=None):
        """A route of the API with this client's key. body: bytes as they are, anything else as JSON."""
        headers = dict(headers or {})
        if self.key and "Authorization" not in headers:
            headers["Authorization"] = "Bearer " + self.key
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        answer = self.raw(method, "/api/v1" + path, body, headers)
        self.check(answer)
        return answer

    @staticmethod
    def check(answer):
        for name, value in HEADERS.items():
            assert answer.headers.get(name) == value, (name, answer.headers)
        request_id = answer.headers.get("request-id", "")
        assert re.fullmatch(r"req_[0-9a-hjkmnp-tv-z]{26}", request_id), request_id
        assert "access-control-allow-origin" not in answer.headers
        if answer.status < 400:
            return
        assert answer.headers["content-type"].split(";")[0] == "application/json", answer.headers
        assert list(answer.json) == ["error"], answer.bytes
        error = answer["error"]
        assert {"code", "message", "request_id"} <= set(error) <= {"code", "message", "request_id", "details",
                                                                   "retry_after_seconds"}, error
        assert error["request_id"] == request_id and error["message"], error
        assert re.fullmatch(r"[a-z_0-9]+", error["code"]), error
        if answer.status == 401:
            assert answer.headers.get("www-authenticate", "").startswith("Bearer"), answer.headers

    def get(self, path, headers=None):
        return self.send("GET", path, None, headers)

    def post(self, path, body=None, headers=None):
        return self.send("POST", path, {} if body is None else body, headers)

    def patch(self, path, body, headers=None):
        return self.send("PATCH", path, body, headers)

    def put(self, path, body, headers=None):
        return self.send("PUT", path, body, headers)

    def delete(self, path, headers=None):
        return self.send("DELETE", path, None, headers)


class Case(unittest.TestCase):
    """Tests of one service without rate limits, started once for all of them."""
    service = None

    def client(self, key=None):
        client = Client(self.service, key)
        self.addCleanup(client.close)
        return client

    def seller(self, mode="test"):
        """A client of a new account."""
        account = self.service.account()
        client = self.client(account[mode + "_key"])
        client.account = account
        return client

    def key_of(self, client, **body):
        """A new key of this client's account: the answer of POST /api-keys."""
        body.setdefault("name", "made by a test")
        body.setdefault("scopes", ["keys:read", "keys:write", "account:read"])
        answer = client.post("/api-keys", body)
        self.assertEqual(answer.status, 201, answer.bytes)
        return answer.json

    def refused(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.bytes)
        self.assertEqual(answer.code, code, answer.bytes)
        return answer


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def run(modules, words, names):
    """Runs the tests of the modules whose names hold one of the names (none: all) and prints the closing count; ends
    the program. Case.service is there meanwhile."""
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromModule(module) for module in modules)
    if names:
        suite = unittest.TestSuite(test for test in flat(suite) if any(name in test.id() for name in names))
    Case.service = Service(NO_LIMITS)
    try:
        result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0).run(suite)
    finally:
        said = Case.service.words()
        code = Case.service.stop()
    if code != 0:
        print("FAILED: %s ended with %d\n%s" % (words, code, said), file=sys.stderr)
    broken = len({test.id().split(" ")[0] for test, _ in result.failures + result.errors}) + (code != 0)
    for test, why in result.skipped:
        print("skipped: %s: %s" % (test.id(), why))
    print("%d passed, %d failed" % (result.testsRun + 1 - broken - len(result.skipped), broken))
    sys.exit(1 if broken else 0)
