"""Scenarios 93 and 103: services of their own, one with the limits that are shipped, one that is stopped under load."""
import http.client
import json
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
            self.assertTrue(1 <= wait <= 60, wait)
            self.assertTrue(service.until(lambda: client.get("/account").status == 200, wait + service.PATIENCE))
        finally:
            self.assertEqual(own.stop(), 0)


class Stop(service.Case):
    def test_103_no_request_is_lost(self):
        own = service.Service(service.NO_LIMITS)
        try:
            key = own.keys()["seller_test"]
            done, cut, stop = [], [], threading.Event()

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
        finally:
            self.assertEqual(own.stop(), 0)
