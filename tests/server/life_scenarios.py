"""Scenarios 9, 63, 93 and 103: services of their own, with limits, stopped under load, with processes that die."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading

import service


class Limits(service.Case):
    def test_093_requests_a_minute(self):
        own = service.Service({"rate_limits": {"minute": 12, "hour": 3000}})
        try:
            client = service.Client(own, own.keys()["seller_test"])
            left, refused = [], None
            for _ in range(60):
                answer = client.get("/account")
                if answer.status == 429:
                    refused = answer
                    break
                self.assertEqual(answer.status, 200)
                self.assertIn('"minute";q=12;w=60', answer.headers["ratelimit-policy"])
                left.append(int(answer.headers["ratelimit"].split('"minute";r=')[1].split(";")[0]))
            self.assertIsNotNone(refused)
            self.assertGreaterEqual(len(left), 12)
            self.assertEqual(left[:12], sorted(left[:12], reverse=True))
            self.assertEqual(refused.code, "rate_limited")
            wait = refused["error"]["retry_after_seconds"]
            self.assertEqual(str(wait), refused.headers["retry-after"])
            # Half a second of the next window must pass for one request of 120 to fit: 61 where this one has just begun.
            self.assertTrue(1 <= wait <= 61, wait)
            self.assertTrue(service.until(lambda: client.get("/account").status == 200, wait + service.PATIENCE))
        finally:
            self.assertEqual(own.stop(), 0)


    def test_093_an_account_has_twice_the_requests_of_a_key(self):
        own = service.Service({"rate_limits": {"minute": 12, "hour": 3000}})
        try:
            first = service.Client(own, own.keys()["seller_test"])
            made = [first.post("/api-keys", {"name": "x", "scopes": ["account:read"]})["key"] for _ in range(2)]
            second, third = (service.Client(own, key) for key in made)
            self.assertEqual([first.get("/account").status for _ in range(10)], [200] * 10)
            self.assertEqual([second.get("/account").status for _ in range(12)], [200] * 12)
            statuses = [third.get("/account").status for _ in range(12)]  # which its own limit would let pass
            self.assertIn(429, statuses)
            other = service.Client(own, own.keys()["operator_test"])
            self.assertEqual(other.get("/account").status, 200)
        finally:
            self.assertEqual(own.stop(), 0)


    def test_093_refused_requests_do_not_count(self):
        own = service.Service({"rate_limits": {"minute": 20, "hour": 5}})
        try:
            client = service.Client(own, own.keys()["seller_test"])
            self.assertEqual([client.get("/account").status for _ in range(5)], [200] * 5)
            refused = [client.get("/account") for _ in range(30)]
            self.assertEqual({answer.status for answer in refused}, {429})
            self.assertGreater(refused[0]["error"]["retry_after_seconds"], 60, "until the hour lets one through")
            left = [int(answer.headers["ratelimit"].split('"minute";r=')[1].split(";")[0]) for answer in refused]
            self.assertEqual(left, sorted(left), "none was taken from the minute")
        finally:
            self.assertEqual(own.stop(), 0)


class Stop(service.Case):
    def test_103_no_request_is_lost(self):
        own = service.Service(service.NO_LIMITS)
        try:
            key = own.keys()["seller_test"]
            done, cut, refused, stop = [], [], [], threading.Event()

            def load(name):
                count = 0
                while not stop.is_set():
                    connection = http.client.HTTPConnection("127.0.0.1", own.port, timeout=service.PATIENCE)
                    count += 1
                    word = "%s-%d" % (name, count)
                    try:
                        connection.connect()
                    except OSError:
                        return  # nobody listens any more: nothing was taken from us
                    try:
                        connection.request("POST", "/api/v1/api-keys", json.dumps({"name": word, "scopes": ["logs:read"]}),
                                           {"Authorization": "Bearer " + key, "Content-Type": "application/json"})
                        answer = connection.getresponse()
                        text = answer.read()
                    except ConnectionError:
                        refused.append(word)  # it stood in the queue of a socket that was closed: nobody took it
                        return
                    except (OSError, http.client.HTTPException):
                        cut.append(word)
                        return
                    finally:
                        connection.close()
                    if answer.status != 201:
                        cut.append("%s %d %s" % (word, answer.status, text[:80]))
                        return
                    done.append(word)

            threads = [threading.Thread(target=load, args=(str(n),)) for n in range(4)]
            for thread in threads:
                thread.start()
            service.until(lambda: len(done) > 30)
            code = own.terminate()
            stop.set()
            for thread in threads:
                thread.join()
            self.assertEqual(code, 0)
            own.start()
            client, names, cursor = service.Client(own, key), set(), ""
            while cursor is not None:
                page = client.get("/api-keys?limit=100" + (cursor and "&cursor=" + cursor)).json
                names |= {item["name"] for item in page["data"]}
                cursor = page["next_cursor"]
            self.assertLessEqual(set(done), names, "what was answered is kept")
            self.assertEqual(cut, [], "no request was cut")
            self.assertFalse(set(refused) & names, "what nobody took has no effect")
        finally:
            self.assertEqual(own.stop(), 0)


def children(pid, program):
    """Of a process, by the name of their program."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % name, encoding="utf-8") as file:
                words = file.read()
        except OSError:
            continue
        if int(words[words.rindex(")") + 2:].split()[1]) == pid and "(%s)" % program in words:
            found.append(int(name))
    return sorted(found)


class Processes(service.Case):
    def test_063_processes_that_are_killed_are_replaced(self):
        own = service.Service(dict(service.NO_LIMITS, workers=2))
        try:
            client = service.Client(own, own.keys()["seller_test"])
            master = children(own.process.pid, "quoted")[0]
            before = children(master, "quoted")
            self.assertGreaterEqual(len(before), 3, "two workers, one that writes the log, and the other roles")
            for pid in before:
                os.kill(pid, signal.SIGKILL)
                now = service.until(lambda: (lambda c: c if len(c) == len(before) and pid not in c else None)(
                    children(master, "quoted")))
                self.assertTrue(now, "somebody takes the place of %d" % pid)
                answer = client.get("/account")
                self.assertEqual(answer.status, 200)
                path = "/request-logs/" + answer.headers["request-id"]
                self.assertTrue(service.until(lambda: client.get(path).status == 200), "the log goes on")
        finally:
            self.assertEqual(own.stop(), 0)

    def test_063_workers_are_recycled(self):
        own = service.Service(dict(service.NO_LIMITS, workers=1, recycle_requests=5))
        try:
            client = service.Client(own, own.keys()["seller_test"])
            master = children(own.process.pid, "quoted")[0]
            before = set(children(master, "quoted"))
            self.assertEqual({client.get("/account").status for _ in range(40)}, {200})
            after = set(children(master, "quoted"))
            self.assertEqual(len(before - after), 1, "the worker; the others stay")
        finally:
            self.assertEqual(own.stop(), 0)

    def test_103_every_key_of_the_configuration_is_explained(self):
        with open(os.path.join(self.service.var, "quoted.json"), encoding="utf-8") as file:
            config = json.load(file)
        with open(os.path.join(service.ROOT, "server", "README.md"), encoding="utf-8") as file:
            words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`]*`", file.read()))))
        for name, value in config.items():
            self.assertIn(name, words)
            for inner in value if isinstance(value, dict) else ():
                self.assertIn(inner, words)

    def test_103_a_configuration_that_is_wrong_does_not_start(self):
        path = os.path.join(self.service.var, "wrong.json")
        with open(os.path.join(self.service.var, "running.json"), encoding="utf-8") as file:
            good = json.load(file)
        for change in ({"colour": "red"}, {"workers": "two"}, {"limits": {"colour": 1}}, {"environment": "stage"},
                       {"environment": "production", "webhooks": {"allow_http": True}}, {"pepper_file": "none"}):
            with self.subTest(change=change):
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(dict(good, **change), file)
                done = subprocess.run([os.path.join(service.OUT, "quoted"), "--config", path], capture_output=True,
                                      timeout=service.PATIENCE)
                self.assertEqual(done.returncode, 1)
                self.assertTrue(done.stderr.startswith(b"quoted: "), done.stderr)


class SlowClients(service.Case):
    def head(self, key, length):
        return ("POST /api/v1/api-keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: "
                "application/json\r\nContent-Length: %d\r\n\r\n" % (key, length)).encode()

    def test_098_bodies_that_do_not_come_hold_nobody_up(self):
        seller = self.seller()
        slow = []
        for _ in range(40):
            connection = socket.create_connection(("127.0.0.1", self.service.port), service.PATIENCE)
            self.addCleanup(connection.close)
            connection.sendall(self.head(seller.key, 1000) + b'{"name":')
            slow.append(connection)
        quick = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=40)  # less than a body may take
        self.addCleanup(quick.close)
        quick.request("GET", "/api/v1/account", None, {"Authorization": "Bearer " + seller.key})
        self.assertEqual(quick.getresponse().status, 200)

    def test_098_bodies_that_are_cut(self):
        seller = self.seller()
        for sent in (b"", b'{"name":', b'{"name":"cut","scopes":["keys:read"]}'):
            connection = socket.create_connection(("127.0.0.1", self.service.port), service.PATIENCE)
            connection.sendall(self.head(seller.key, 1000) + sent)
            connection.close()
        self.assertEqual(seller.get("/account").status, 200)
        self.assertEqual(seller.get("/api-keys?name=cut")["data"], [])

    def test_098_bodies_in_chunks(self):
        seller = self.seller()
        pieces = (piece for piece in (b'{"name":"in chunks",', b'"scopes":["keys:read"]}'))
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=service.PATIENCE)
        self.addCleanup(connection.close)
        connection.request("POST", "/api/v1/api-keys", pieces, {"Authorization": "Bearer " + seller.key,
                                                                 "Content-Type": "application/json"},
                           encode_chunked=True)
        answer = connection.getresponse()
        self.assertEqual((answer.status, json.loads(answer.read())["name"]), (201, "in chunks"))
