"""The next order of customers: how often it comes on a day of its interval of 80 %, held out.

Each answer of `vitrine insight rhythm` fits its models as of an earlier day and counts; nothing is tuned on it. On the
CDNOW sample (2,357 customers), all of CDNOW (23,570) and made shops (`vitrine generate`, one a seed). There is no peer:
lifetimes has no interval of the next purchase. The run fails where a share leaves 75 to 85 %.

Usage: script/bench insight rhythm [--seeds 7 11] [--months 3 12] [--shared DIR]
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("VITRINE_BUILD", os.path.join(HERE, "../../build"))
PROGRAM = os.path.join(BUILD, "src/cli/vitrine")
LOW, HIGH = .75, .85


def run(*args):
    done = subprocess.run([PROGRAM, "--quiet", *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def measure(name, months, *where):
    begin = time.perf_counter()
    answer = json.loads(run("--json", "insight", "rhythm", "--horizon", str(months), "-n", "1", *where))
    seconds = time.perf_counter() - begin
    notes = (re.search(r"Tried as of (\S+): of (\d+) customers .* (\d+) did", note) for note in answer["notes"])
    tried = next(note for note in notes if note)
    figure = next(f for f in answer["figures"] if f["id"] == "next_inside")
    print(f"| {name} | {months} | {tried[1]} | {int(tried[2]):,} | {100 * figure['value']:.1f} % "
          f"({100 * figure['low']:.1f} to {100 * figure['high']:.1f}) | {1000 * seconds:.0f} |", flush=True)
    return LOW <= figure["value"] <= HIGH


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="*", default=[7, 11])
    parser.add_argument("--months", type=int, nargs="*", default=[3, 12])
    parser.add_argument("--shared", default=os.environ.get("VITRINE_SHARED", os.path.join(HERE, "../../../shared")))
    args = parser.parse_args()
    print("| data | months ahead | tried as of | ordered again | inside the interval of 80 % | ms |\n"
          "| --- | --- | --- | --- | --- | --- |", flush=True)
    good = True
    for data in ("sample", "master"):
        path = os.path.join(args.shared, f"data/cdnow/CDNOW_{data}.txt")
        if not os.path.exists(path):
            print(f"skipped, there is no {path}", file=sys.stderr)
            continue
        for months in args.months:
            good &= measure(f"CDNOW {data}", months, "--transactions", path)
    with tempfile.TemporaryDirectory() as work:
        for seed in args.seeds:
            shop = os.path.join(work, str(seed))
            run("--shop", shop, "generate", "--seed", str(seed))
            for months in args.months:
                good &= measure(f"made shop, seed {seed}", months, "--shop", shop)
    if not good:
        sys.exit(f"a share is outside of {LOW} to {HIGH}")


if __name__ == "__main__":
    main()
