#!/usr/bin/env python3
"""viewer.py PROGRAM: who may only look sees figures, goods and photos, and the id of no customer anywhere.

Every kind of insight is asked for, with and without filters, as JSON and as CSV. The same questions with a key that may
read ids have to show some, or this test would look at nothing.
"""

import json
import re
import shutil
import sys

from served import Served

ID = re.compile(r"\bC\d{7}\b")  # as the synthetic shop calls its customers
MASK = re.compile(r"\bcustomer \d+\b")
FORBIDDEN = ("/v1/users", "/v1/users/C0000001", "/v1/users/C0000001/recommendations", "/v1/events", "/v1/rules",
             "/v1/users/C0000001/recommendations/P000001/explanation", "/metrics", "/v1/export/users")


def main():
    seen, failed, compared, masked = {}, [], 0, 0
    with Served(sys.argv[1], "--workers", "2", "--no-encode", "--retrain", "off") as server:
        server.end()
        shutil.rmtree(server.shop)
        server.vitrine("generate", "--products", "60", "--users", "400", "--reviews", "900", "--photos", "3")
        keys = {name: {"Authorization": "Bearer " + server.vitrine("key", "create", "--name", name, "--scope",
                                                                   name).stdout.strip()} for name in ("view", "report")}
        server.start()

        def get(path, who):
            # Answers that were kept for one key must not come to the other.
            status, _, body = server.request("GET", path, headers={**keys[who], "Cache-Control": "max-age=600"})
            return status, body if isinstance(body, str) else json.dumps(body)

        kinds = [row["kind"] for row in json.loads(get("/v1/insight", "view")[1])["kinds"]]
        for kind in kinds:
            for query in ("?n=1000&period=1y", "?n=50&customers=returning", "?n=50&period=90d&segment=champions"):
                path = "/v1/insight/%s%s" % (kind, query)
                status, body = get(path, "view")
                if status == 200:
                    tables = [table["id"] for table in json.loads(body).get("tables", [])]
                    body += "".join(get("%s&csv=%s" % (path, table), "view")[1] for table in tables)
                compared += 1
                masked += len(MASK.findall(body))
                if status != 200 or ID.search(body):
                    failed.append((path, status, ID.findall(body)[:3], body[:200]))
                seen[kind] = seen.get(kind, 0) + len(ID.findall(get(path, "report")[1]))
        named = {kind for kind, n in seen.items() if n > 0}
        if not {"customers", "churn", "clv", "rhythm", "actions"} <= named or masked == 0:
            failed.append(("ids that a key with scope report sees", named, masked))
        for path in FORBIDDEN:
            if get(path, "view")[0] != 403:
                failed.append((path, get(path, "view")))
        for path in ("/v1/items/P000001", "/v1/items/P000001/similar", "/v1/trending", "/v1/search?q=jug",
                     "/v1/dashboard", "/v1/items"):
            status, body = get(path, "view")
            if status != 200 or ID.search(body):
                failed.append((path, status, body[:200]))
        for path, body in (("/v1/recommendations?placement=home", {"events": [{"item": "P000001", "kind": "view"}]}),
                           ("/v1/carts/recommendations", {"items": ["P000001"]})):
            for who in ("view", "report"):
                status, _, answer = server.request("POST", path, body, headers=keys[who])
                if status != 200 or ID.search(json.dumps(answer)):
                    failed.append((path, who, status, answer))
        for path in ("/v1/items", "/v1/trending", "/v1/users/C0000001/recommendations?placement=home"):
            if get(path, "report")[0] != 200:
                failed.append((path, get(path, "report")))
        shown = json.loads(get("/v1/events?kind=impression&item=P000001&since=2026-01-01T00:00:00Z", "report")[1])
        if shown["items"]:
            failed.append(("who looks at figures was shown something", shown))
        if get("/v1/insight/rhythm?user=C0000001", "view")[0] != 400:
            failed.append("a viewer asks for a customer by id")
        dashboard = json.loads(get("/v1/dashboard", "view")[1])
        if dashboard["names"] or dashboard["scopes"] != ["view"]:
            failed.append(dashboard)
    for row in failed:
        print(row)
    print("viewer: %d answers of %d kinds, %d ids masked, %d failed" % (compared, len(kinds), masked, len(failed)))
    sys.exit(len(failed) > 0)


if __name__ == "__main__":
    main()
