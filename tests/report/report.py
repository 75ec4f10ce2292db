#!/usr/bin/env python3
"""report.py PROGRAM: the dashboard as one file holds what the program says, and nothing that it should not."""

import json
import os
import re
import subprocess
import sys
import tempfile

from one_file import OneFile, differences

NOW = "1767355200"  # two days behind the shop's last one: the clock of both sides
ID = re.compile(r"\bC\d{7}\b")  # as the synthetic shop calls its customers


class Checks:
    def __init__(self, program, folder):
        self.program, self.folder, self.passed, self.failed = os.path.abspath(program), folder, 0, 0

    def __call__(self, good, *what):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print("not so:", *what)

    def vitrine(self, *words):
        command = [self.program, "--quiet", "--shop", "shop", *words]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True).stdout

    def file(self, name, *options):
        photos = [] if "--photos" in options else ["--photos", "20"]
        self.vitrine("report", "--out", name, "--customers", "5", *photos, *options)
        return OneFile(os.path.join(self.folder, name))


def options_of(key):
    path, _, query = key.partition("?")
    pairs = [pair.split("=", 1) for pair in re.split(r"&(?=\w+=)", query) if pair]  # not at "Home & Kitchen"
    words = ["insight", path.split("/")[1]]
    for name, value in pairs:
        option = "-n" if name == "n" else "--" + name.replace("_", "-")
        words += [option] if value == "true" else [option, value]
    return words


def check_figures(check, named):
    keys = [key for key in named.answers if key.startswith("insight/")]
    kinds = {}
    for key in keys:
        kinds.setdefault(key.split("?")[0], []).append(key)
    check(len(kinds) >= 15, "every kind is there", sorted(kinds))
    for kind, some in sorted(kinds.items()):
        compared = 0
        for key in sorted({some[0], some[len(some) // 3], some[-1]}):
            try:
                fresh = json.loads(check.vitrine("--json", *options_of(key)))
            except subprocess.CalledProcessError as error:
                check("has no option" in error.stderr, key, error.stderr)  # pages send all filters to all kinds
                continue
            wrong = list(differences(fresh, named.answer(key)))
            check(not wrong, key, wrong[:3])
            compared += 1
        check(compared > 0, kind, "is compared")
    for control in ("period=1y", "compare=year", "price=25:100", "customers=premium", "category="):
        check(any(control in key for key in keys), "there are answers with", control)


def main():
    os.environ["VITRINE_NOW"] = NOW
    with tempfile.TemporaryDirectory(prefix="vitrine-report-") as folder:
        check = Checks(sys.argv[1], folder)
        check.vitrine("generate", "--products", "60", "--users", "300", "--reviews", "700", "--photos", "8")
        check.vitrine("train", "itemknn", "--positive", "purchase")
        masked, named = check.file("a.html", "--threads", "1"), check.file("named.html", "--names", "--photos", "3")
        other = check.file("b.html", "--threads", "3")
        check(masked.page == other.page, "the same bytes on any number of threads")
        policy = masked.policy()
        check((policy["script-src"] + " " + policy["style-src"]).split() == masked.hashes(), "all hashes", policy)
        check("unsafe" not in str(policy) and "'self'" not in str(policy) and policy["default-src"] == "'none'",
              "the policy is strict", policy)
        check(not re.search(r'(src|href)="(?!data:)', re.sub(r"<script.*?</script>", "", masked.page, flags=re.S)),
              "it fetches nothing")
        check(not ID.search(json.dumps([masked.meta, masked.answers, masked.parts])) and not masked.meta["names"],
              "without --names there is no id of a customer")
        check(ID.search(json.dumps(named.parts)) and named.meta["names"], "with --names there are some")
        users = [key for key in masked.answers if key.endswith("/recommendations?explain=true&n=6")]
        check(len(users) == 5 and all(key.startswith("users/customer%20") for key in users), "five customers", users)
        check(all(masked.answers[key]["items"] and masked.answers[key]["items"][0]["reason"] for key in users),
              "their lists say why")
        user = users[0][len("users/customer%20"):].split("/")[0]
        past = masked.answers.get("events?n=30&user=customer " + user)
        check(past and past["items"], "their pasts are there", past)
        goods = [key for key in masked.answers if re.fullmatch(r"items/P\d+", key)]
        check(len(goods) == 40 and goods[0] + "/similar?n=6" in masked.answers and
              goods[0] + "/complements?n=6" in masked.answers, "goods with what is like them", goods)
        check(0 < len(masked.photos) <= 8 and all(p.startswith("data:image/jpeg;base64,")
                                                  for p in masked.photos.values()), "small photos")
        lists = [one for key, one in named.answers.items() if key.endswith("/recommendations?explain=true&n=6")]
        listed = {row["item"] for one in lists for row in one["items"]} & set(masked.photos)
        first = set(named.photos)
        check(len(first) == 3 and (first <= listed or listed <= first), "photos of customers' lists first", listed)
        check(not any(key.startswith("map") for key in masked.answers), "no map without vectors")
        check_figures(check, named)
    print("report: %d passed, %d failed" % (check.passed, check.failed))
    sys.exit(check.failed > 0)


if __name__ == "__main__":
    main()
