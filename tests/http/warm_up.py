#!/usr/bin/env python3
"""warm_up.py PROGRAM REQUESTS: what the dashboard's pages ask first, for the other periods of their bar, and for each
category that they offer is ready before somebody asks it, in the order of parameters that the page has; nothing else
is, nor is anything where the server was told so. A server ends in the middle of it.
"""

import json
import shutil
import sys
import time
from urllib.parse import urlencode

from served import SKIP, Served

OPTIONS = ["--workers", "2", "--no-encode", "--retrain", "off", "--insecure-local", "--log"]
READY = "answers by category are ready"  # the last of what is answered


def first_questions(path):
    """As web/src/data/source.ts puts them together."""
    with open(path, encoding="utf-8") as file:
        table = json.load(file)
    for request in table["requests"].values():
        for period in ("7d", "30d", "90d", "1y") if "period" in request["by"] else (None,):
            params = dict(request["params"])
            if period is not None:
                params["period"] = period
            if "compare" in request["by"]:
                params["compare"] = table["defaults"]["compare"]
            yield "/v1/%s?%s" % (request["path"], urlencode(params))


def category_questions(path, categories):
    """What a click on a category asks, all else as it is at first."""
    with open(path, encoding="utf-8") as file:
        table = json.load(file)
    for category in categories:
        for request in table["requests"].values():
            if "filters" in request["by"]:
                chosen = {name: table["defaults"][name] for name in ("period", "compare") if name in request["by"]}
                yield "/v1/%s?%s" % (request["path"], urlencode({**request["params"], **chosen, "category": category}))


def age_of(server, path):
    status, named, _ = server.request("GET", path, headers={"Cache-Control": "max-age=3600"})
    return status, named.get("age")


def main():
    failed = []
    questions = list(first_questions(sys.argv[2]))
    with Served(sys.argv[1], *OPTIONS) as server:
        if "The dashboard is not in this program" in server.request("GET", "/")[2]:
            print("the dashboard is not in this program")
            sys.exit(SKIP)
        server.end()
        shutil.rmtree(server.shop)
        server.vitrine("generate", "--products", "60", "--users", "400", "--reviews", "900", "--photos", "3")
        server.start()
        for _ in range(2000):
            if READY in server.log():
                break
            time.sleep(.1)
        categories = server.request("GET", "/v1/dashboard")[2]["categories"]
        if len(categories) < 2:
            failed.append(("too few categories to tell by", categories))
        questions += category_questions(sys.argv[2], categories)
        for path in questions:
            status, age = age_of(server, path)
            if status == 200 and age is None:
                failed.append(("was not ready", path))
            if status not in (200, 422):
                failed.append(("failed", path, status))
        if age_of(server, "/v1/insight/overview?n=39&period=30d&compare=weekdays")[1] is not None:
            failed.append("a question that no page asks was answered")

        server.end()
        server.start()
        time.sleep(1.2)  # it has begun, and takes longer than this
        if server.end() != 0:
            failed.append("the server does not end well while answers are made")

        server.options.append("--no-warm-up")
        server.start()
        time.sleep(2)
        if age_of(server, questions[0])[1] is not None:
            failed.append("answers are made in spite of --no-warm-up")
    for row in failed:
        print(row)
    print("warm-up: %d questions, %d failed" % (len(questions), len(failed)))
    sys.exit(len(failed) > 0)


if __name__ == "__main__":
    main()
