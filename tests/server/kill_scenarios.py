"""SIGKILL at any moment loses nothing that was acknowledged: the short form of kill_writes.py, and who outlives whom."""
import os
import signal

import kill_writes
import service


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
