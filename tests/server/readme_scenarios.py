"""What the README tells a newcomer to type, typed."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess

import service


def lines_of(name):
    """The shell blocks of a page, one after the other."""
    with open(os.path.join(service.ROOT, name), encoding="utf-8") as file:
        return "\n".join(re.findall(r"^```sh\n(.*?)^```", file.read(), re.S | re.M))


class Pages(service.Case):
    def typed(self, page):
        """What a page's lines print, from a folder that has the keys of a new account under `var`, and the models."""
        folder = self.folder()
        os.mkdir(os.path.join(folder, "var"))
        with open(os.path.join(folder, "var", "keys.json"), "w", encoding="utf-8") as file:
            json.dump({"seller_test": self.seller_who_may_order()}, file)
        os.symlink(os.path.join(service.ROOT, "corpus"), os.path.join(folder, "corpus"))
        os.symlink(os.path.join(service.ROOT, "server"), os.path.join(folder, "server"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            receiver = str(free.getsockname()[1])
        lines = lines_of(page).replace("127.0.0.1:8080", "127.0.0.1:%d" % self.service.port).replace("9099", receiver)
        with subprocess.Popen(["bash", "-euo", "pipefail", "-c", lines], cwd=folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, start_new_session=True) as typed:
            try:
                said = typed.communicate(timeout=3 * service.PATIENCE)[0]
            finally:
                try:
                    os.killpg(typed.pid, signal.SIGKILL)  # what the page started and did not come to stop
                except ProcessLookupError:
                    pass
        self.assertEqual(typed.returncode, 0, said)
        return folder, said

    def seller_who_may_order(self):
        client = self.seller()
        operator = self.client(self.service.keys()["operator_test"])
        changed = operator.patch("/operator/accounts/" + client.account["account_id"], {"email_verified": True})
        self.assertEqual(changed.status, 200, changed.bytes)
        self.assertEqual(client.patch("/account", {"accept_terms": True}).status, 200)
        return client.key

    def folder(self):
        folder = os.path.join(self.service.folder, "typed-" + self.id().split(".")[-1])
        os.mkdir(folder)
        self.addCleanup(shutil.rmtree, folder)
        return folder

    def test_readme_from_an_upload_to_a_priced_quote(self):
        folder, said = self.typed("README.md")
        for words in ('["mat_pla","PLA",', '"status": "ready"', '"volume_mm3": 43856', '["mat_pla",10,"printable",'):
            self.assertIn(words, said)
        with open(os.path.join(folder, "bracket.png"), "rb") as file:
            self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")

    def test_getting_started_from_a_file_to_a_delivered_order(self):
        folder, said = self.typed("server/getting-started.md")
        quoted = [json.loads(line) for line in re.findall(r'^\["mat_.*\]$', said, re.M)]
        self.assertEqual([(line[0], line[1]) for line in quoted],
                         [("mat_pla", 1), ("mat_pla", 10), ("mat_pa12", 1), ("mat_pa12", 10)])
        for line in quoted:
            self.assertEqual((line[2], line[3]), ("printable", line[4]), "the breakdown adds up to the line")
        items, fee, shipping, tax, total = json.loads(re.search(r'^\["placed",.*\]$', said, re.M).group(0))[1:]
        self.assertEqual((items, total), (quoted[0][3], items + fee + shipping + tax))
        self.assertEqual(total, quoted[0][5], "what the quote said of this option with the cheapest way")
        for line in ('"needs_selection"', '["ent_1","bracket.stl",true]', '["ready",2,"ok",43856]', '["delivered","test",',
                     '["succeeded",1,204]', '["cancelled","seller","ordered too many"]', '[2,1,1]', '["sample","placed",0,',
                     '["rejected","The clip will break.","wall_too_thin","https://example.org/clip.png"]',
                     '[{"currency":"EUR","revenue_share_accrued":450}]'):
            self.assertIn("\n" + line, said)
        with open(os.path.join(folder, "heard.txt"), encoding="utf-8") as file:
            heard = [line.split() for line in file]
        self.assertTrue({"part.created", "part.ready", "quote.created", "order.delivered", "order.cancelled",
                         "part.review.rejected"} <= {line[1] for line in heard}, heard)
