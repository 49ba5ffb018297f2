"""What the README tells a newcomer to type, typed."""
import os
import re
import shutil
import subprocess

import service


def lines_of(name):
    """The shell blocks of a page, one after the other."""
    with open(os.path.join(service.ROOT, name), encoding="utf-8") as file:
        return "\n".join(re.findall(r"^```sh\n(.*?)^```", file.read(), re.S | re.M))


class Pages(service.Case):
    def typed(self, page):
        """What a page's lines print, from a folder that has the service's state as `var` and the models."""
        folder = self.folder()
        os.symlink(self.service.var, os.path.join(folder, "var"))
        os.symlink(os.path.join(service.ROOT, "corpus"), os.path.join(folder, "corpus"))
        os.symlink(os.path.join(service.ROOT, "server"), os.path.join(folder, "server"))
        lines = lines_of(page).replace("127.0.0.1:8080", "127.0.0.1:%d" % self.service.port)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", lines], cwd=folder, capture_output=True, text=True,
                              timeout=service.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return folder, done.stdout

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
