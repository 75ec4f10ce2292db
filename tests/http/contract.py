#!/usr/bin/env python3
"""contract.py PROGRAM VENV EXAMPLES [SEED...]: the server against its own OpenAPI document, by schemathesis.

Over a shop with goods and orders: no answer with a status, a type or a form that the document does not have, nothing
taken that the document forbids. Not checked: that whatever the document's schemas allow is accepted (a time, a range of
prices, an id have a form that they only describe), and that a deleted item is gone (DELETE takes it off sale; what was
sold of it stays, and so does GET).

Every operation gets EXAMPLES cases, drawn from the seed (42), so that another machine sends the same. Several seeds are
run one after the other, each over a server of its own. The time limit only ends a server that hangs.
"""

import os
import subprocess
import sys

from served import SKIP, Served

LIMIT_SECONDS = 3000
# "Allow" of /v1/users/merge also names what /v1/users/{user} knows: a user may be called so.
UNCHECKED = "positive_data_acceptance,use_after_free,allow_header_conformance"


def fill(server, headers):
    items = [{"id": "i%d" % n, "title": "Jug %d" % n, "category": "Home", "price": 3 + n} for n in range(40)]
    events = [{"id": "e%d" % n, "kind": "purchase", "user": "u%d" % (n % 8), "item": "i%d" % (n * n % 37),
               "line": str(n), "order": "o%d" % (n % 60), "unit_price": 3, "time": 1790000000 + n * 3600}
              for n in range(400)]
    for path, body in (("items", items), ("events", events)):
        status, _, answer = server.request("POST", "/v1/" + path, body, headers)
        assert status == 200 and answer["refused"] == 0, answer


def check(program, schemathesis, examples, seed):
    with Served(program) as server:
        server.end()
        key = server.vitrine("key", "create", "--name", "contract", "--scope", "read,events,write,report,admin").stdout
        headers = {"Authorization": "Bearer " + key.strip()}
        server.options = ["--workers", "4"]
        server.start()
        fill(server, headers)
        command = [schemathesis, "run", "http://127.0.0.1:%d/v1/openapi.json" % server.port,
                   "--max-examples", examples, "--seed", seed, "--generation-database", "none",
                   "--suppress-health-check", "all", "--exclude-checks", UNCHECKED, "--continue-on-failure",
                   "--warnings", "off", "--no-color", "--header",
                   "Authorization: " + headers["Authorization"]]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=server.folder.name,
                              timeout=LIMIT_SECONDS, env=dict(os.environ, PYTHONHASHSEED="0"))
        code = server.end()
    if done.returncode != 0 or code != 0:
        print(done.stdout[-12000:], done.stderr[-2000:], "seed %s; the server ends with %d" % (seed, code))
    return done.returncode == 0 and code == 0


def main():
    program, venv, examples, seeds = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3], sys.argv[4:] or ["42"]
    schemathesis = os.path.join(venv, "bin", "schemathesis")
    if not os.access(schemathesis, os.X_OK):
        print("contract: schemathesis is not there; script/setup installs it where the network allows")
        sys.exit(SKIP)
    passed = sum(check(program, schemathesis, examples, seed) for seed in seeds)
    print("contract: %d passed, %d failed" % (passed, len(seeds) - passed))
    sys.exit(passed != len(seeds))


if __name__ == "__main__":
    main()
