#!/usr/bin/env python3
"""kept.py PROGRAM: an answer of insight is given again to who accepts an older one, and only then; never after somebody
was erased, and never to who sees no names.
"""

import json
import re
import shutil
import sys

from served import Served

NAMING = "/v1/insight/customers?n=50"  # names customers
QUICK = "/v1/insight/overview?period=90d"


def main():
    failed = []
    with Served(sys.argv[1], "--workers", "2", "--no-encode", "--retrain", "off") as server:
        server.end()
        shutil.rmtree(server.shop)
        server.vitrine("generate", "--products", "60", "--users", "400", "--reviews", "900", "--photos", "3")
        keys = {name: server.vitrine("key", "create", "--name", name, "--scope", name).stdout.strip()
                for name in ("view", "report", "admin")}
        server.start()

        def get(path, age=None, who="report"):
            headers = {"Authorization": "Bearer " + keys[who]}
            if age is not None:
                headers["Cache-Control"] = age
            status, named, body = server.request("GET", path, headers=headers)
            if status != 200:
                failed.append((path, status, body))
            return named.get("age"), body

        def expect(what, given, wanted):
            if given != wanted:
                failed.append((what, given, wanted))

        first = get(NAMING, "max-age=600")
        expect("the first one is made", first[0], None)
        again = get(NAMING, "max-age=600")
        expect("the second one is kept", (again[0] is not None, again[1]), (True, first[1]))
        for header in (None, "no-cache", "max-age=0", "max-age=", "max-age=x"):
            expect("made anew for %s" % header, get(NAMING, header)[0], None)
        expect("another question", get(NAMING + "&period=90d", "max-age=600")[0], None)
        masked = get(NAMING, "max-age=600", "view")
        expect("of a viewer's own", masked[0], None)
        expect("without names", "customer " in json.dumps(masked[1]) and "C0000" not in json.dumps(masked[1]), True)

        get(QUICK, "max-age=600")
        expect("as CSV it is another answer", get(QUICK + "&csv=figures", "max-age=600")[0], None)
        expect("kept as CSV", isinstance(get(QUICK + "&csv=figures", "max-age=600")[1], str), True)

        someone = re.search(r"\bC\d{7}\b", json.dumps(first[1])).group()
        status, _, body = server.request("DELETE", "/v1/users/" + someone,
                                         headers={"Authorization": "Bearer " + keys["admin"]})
        expect("erased", status, 200)
        after = get(NAMING, "max-age=600")
        expect("made anew after an erasure", after[0], None)
        expect("without who was erased", someone in json.dumps(after[1]), False)
    for row in failed:
        print(str(row)[:400])
    print("kept: %d failed" % len(failed))
    sys.exit(len(failed) > 0)


if __name__ == "__main__":
    main()
