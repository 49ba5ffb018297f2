"""SIGKILL at any moment loses nothing that was acknowledged: the short form of kill_writes.py, and who outlives whom."""
import json
import os
import signal
import socket

import kill_writes
import meshes
import service
from parts_scenarios import multipart


def chunk(part):
    """A body without a length goes straight through to a process of the service; nginx gathers short ones."""
    return b"%x\r\n%s\r\n" % (len(part), part)


class Killed(service.Case):
    def test_063_writes_while_processes_are_killed(self):
        wrong, figures = kill_writes.run(writes=100, pause=(0.05, 0.3))
        self.assertEqual(wrong, [])
        self.assertGreaterEqual(figures["writes"], 100)
        self.assertGreater(figures["killed: child"], 0)

    def test_063_no_process_outlives_a_master_that_is_killed(self):
        own = service.Service(service.NO_LIMITS)
        try:
            (master,), children, _ = kill_writes.kin(own.process.pid)
            self.assertGreaterEqual(len(children), 5, "the log writer, and one of each role at least")
            os.kill(master, signal.SIGKILL)
            own.process.wait(service.PATIENCE)
            self.assertTrue(service.until(lambda: not set(children) & set(kill_writes.processes())))
            own.log.close()
            own.start()
        finally:
            self.assertEqual(own.stop(), 0)

    def in_flight(self, own):
        lines = own.internal("/metrics")[1].decode().splitlines()
        return next(line.split()[1] for line in lines if line.startswith("quote_http_in_flight "))

    def test_063_what_a_killed_process_worked_on_is_in_flight_no_more(self):
        own = service.Service(service.NO_LIMITS)
        try:
            slow = socket.create_connection(("127.0.0.1", own.port), service.PATIENCE)
            self.addCleanup(slow.close)
            slow.sendall(("POST /api/v1/parts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: "
                          "multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n--x\r\n" %
                          own.keys()["seller_test"]).encode())
            self.assertTrue(service.until(lambda: self.in_flight(own) == "1"))
            for pid in kill_writes.kin(own.process.pid)[1]:
                os.kill(pid, signal.SIGKILL)
            self.assertTrue(service.until(lambda: own.is_ready() and self.in_flight(own) == "0"))
        finally:
            self.assertEqual(own.stop(), 0)

    def test_103_a_body_that_comes_while_its_process_is_told_to_stop(self):
        own = service.Service(service.NO_LIMITS)
        try:
            body, headers = multipart({"name": "whole"}, meshes.cube())
            slow = socket.create_connection(("127.0.0.1", own.port), service.PATIENCE)
            self.addCleanup(slow.close)
            slow.sendall(("POST /api/v1/parts HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
                          "Content-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n" %
                          (own.keys()["seller_test"], headers["Content-Type"])).encode() + chunk(body[:200]))
            self.assertTrue(service.until(lambda: self.in_flight(own) == "1"))
            before = kill_writes.kin(own.process.pid)[1]
            for pid in before:
                os.kill(pid, signal.SIGTERM)
            self.assertTrue(service.until(lambda: len(set(before) - set(kill_writes.processes())) > 1))
            slow.sendall(chunk(body[200:]) + b"0\r\n\r\n")
            text = b"".join(iter(lambda: slow.recv(65536), b""))
            self.assertEqual(text.split()[1], b"201", text)
            self.assertEqual(json.loads(text.partition(b"\r\n\r\n")[2])["name"], "whole")
        finally:
            self.assertEqual(own.stop(), 0)
