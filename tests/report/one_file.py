"""Reading the dashboard that is one file: its policy, its answers, its photos."""

import base64
import gzip
import hashlib
import json
import re


def element(page, ident):
    return re.search(r'<script type="[\w/-]+" id="%s">(.*?)</script>' % ident, page, re.S).group(1)


class OneFile:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.page = file.read()
        carried = json.loads(gzip.decompress(base64.b64decode(element(self.page, "vitrine-answers"))))
        self.meta, self.answers, self.parts = carried["meta"], carried["answers"], carried["parts"]
        self.things = carried["things"]
        self.photos = json.loads(element(self.page, "vitrine-photos"))

    def answer(self, key):
        """An answer as the server gives it: parts in their places, rows as objects."""
        found = self.answers[key]
        if "tables" not in found:
            return found
        return dict(found, figures=self.parts[found["figures"]], tables=[self.table(n) for n in found["tables"]])

    def table(self, number):
        table = dict(self.parts[number])
        columns = [self.column(n) for n in table.pop("cells")]
        names = [column["id"] for column in table["columns"]]
        return dict(table, rows=[dict(zip(names, row)) for row in zip(*columns)])

    def column(self, number):
        """Its values, or what is said of the items of another one."""
        column = self.parts[number]
        if isinstance(column, list):
            return column
        return [self.things[column["as"]][item] for item in self.parts[column["of"]]]

    def policy(self):
        text = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', self.page).group(1)
        return dict(part.split(" ", 1) for part in text.split("; "))

    def hashes(self):
        """What the policy has to name: the script that unpacks, the one that is unpacked, and the style."""
        parts = (re.search(r"<script>(.*?)</script>", self.page, re.S).group(1).encode(),
                 gzip.decompress(base64.b64decode(element(self.page, "vitrine-script"))),
                 re.search(r"<style>(.*?)</style>", self.page, re.S).group(1).encode())
        return ["'sha256-%s'" % base64.b64encode(hashlib.sha256(part).digest()).decode() for part in parts]


def differences(wanted, got, path=""):
    """Where two answers differ by more than the digits that a report leaves out."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in sorted(set(wanted) | set(got)):
            yield from differences(wanted.get(key), got.get(key), path + "/" + key)
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for at, (one, other) in enumerate(zip(wanted, got)):
            yield from differences(one, other, "%s/%d" % (path, at))
    elif isinstance(wanted, (int, float)) and isinstance(got, (int, float)) and not isinstance(wanted, bool):
        if abs(wanted - got) > max(6e-6 * abs(wanted), 1e-9) if abs(wanted) < 1000 else abs(wanted - got) > .00501:
            yield "%s: %r, not %r" % (path, got, wanted)
    elif wanted != got:
        yield "%s: %r, not %r" % (path, got, wanted)
