"""BG/NBD, Pareto/NBD and Gamma-Gamma beside lifetimes: the CDNOW sample (2,357 customers) and all of CDNOW (23,570).

Both are fitted on the same customers, as arrays of frequency, recency and age (39 weeks from 1997-01-01), one thread;
times are medians of runs. Differences are of parameters (relative), and over all customers of the probability of being
alive and of the expected purchases in the next 39 weeks or the expected amount (relative where over 1); a difference in
the fourth digit fails the run.

Usage: script/bench insight clv [--runs 5] [--data sample master] [--shared DIR]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("VITRINE_BUILD", os.path.join(HERE, "../../build"))
UNTIL, AHEAD = 10134, 39.0  # 1997-09-30; weeks
NAMES = {"bg-nbd": ["r", "alpha", "a", "b"], "pareto-nbd": ["r", "alpha", "s", "beta"], "gamma-gamma": ["p", "q", "v"]}
PLACES = {"bg-nbd": (4, 5), "pareto-nbd": (6, 7), "gamma-gamma": (8, None)}  # columns of ours: expected, alive
FAR = 1e-4


def ours(path, work):
    out = os.path.join(work, "customers")
    done = subprocess.run([os.path.join(BUILD, "bench/bench_clv"), path, str(UNTIL), str(AHEAD), "1", out],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    models = {}
    for line in done.stdout.splitlines():
        name, *numbers = line.split()
        models[name] = [float(n) for n in numbers]
    with open(out, encoding="utf-8") as file:
        customers = [[float(cell) for cell in line.split("\t")] for line in file]
    return models, customers


def theirs(name, columns):
    import numpy as np
    from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter
    x, last, age, money = (np.array(c) for c in columns[:4])
    begin = time.perf_counter()
    if name == "gamma-gamma":
        fitter = GammaGammaFitter().fit(x[money > 0], money[money > 0])  # as ours: amounts of 0 are left out
        return time.perf_counter() - begin, fitter, None, fitter.conditional_expected_average_profit(x, money)
    fitter = (BetaGeoFitter if name == "bg-nbd" else ParetoNBDFitter)().fit(x, last, age)
    seconds = time.perf_counter() - begin
    expected = fitter.conditional_expected_number_of_purchases_up_to_time(AHEAD, x, last, age)
    return seconds, fitter, np.asarray(fitter.conditional_probability_alive(x, last, age)), np.asarray(expected)


def far(a, b):
    """The largest difference, relative where values are over 1."""
    return max(abs(p - q) / max(1.0, abs(p), abs(q)) for p, q in zip(a, b))


def compare(name, numbers, columns, times, peer_times):
    """One run of the peer beside ours: the largest differences of parameters, of being alive, of what is expected."""
    seconds, fitter, alive, expected = theirs(name, columns)
    times.append(numbers[0])
    peer_times.append(1e3 * seconds)
    place, place_alive = PLACES[name]
    ratios = [ours / peer for ours, peer in zip(numbers[3:], fitter.params_.values)]
    return [far(ratios, [1.0] * len(ratios)), 0.0 if alive is None else far(columns[place_alive], alive),
            far(columns[place], expected)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--data", nargs="*", default=["sample", "master"], choices=["sample", "master"])
    parser.add_argument("--shared", default=os.environ.get("VITRINE_SHARED", os.path.join(HERE, "../../../shared")))
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    print("| data | model | parameters | ln likelihood | largest difference: parameters | alive | expected | "
          "ours, ms | lifetimes, ms | ratio | forecast with intervals, ms |\n| --- |" + " --- |" * 10, flush=True)
    worst = 0.0
    for data in args.data:
        path = os.path.join(args.shared, f"data/cdnow/CDNOW_{data}.txt")
        if not os.path.exists(path):
            print(f"skipped, there is no {path}", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as work:
            runs = [ours(path, work) for _ in range(args.runs)]
        for name in NAMES:
            times, peer_times = [], []
            for models, customers in runs:
                found = compare(name, models[name], list(zip(*customers)), times, peer_times)
                worst = max(worst, *found)
            us, them, numbers = statistics.median(times), statistics.median(peer_times), runs[-1][0][name]
            parameters = " ".join(f"{n} {v:.4f}" for n, v in zip(NAMES[name], numbers[3:]))
            print(f"| {data} | {name} | {parameters} | {numbers[2]:.2f} | {' | '.join(f'{f:.1e}' for f in found)} | "
                  f"{us:.2f} | {them:.0f} | {them / us:.0f} | {numbers[1]:.0f} |", flush=True)
    if worst > FAR:
        sys.exit(f"values differ by {worst:.1e}; {FAR} is the limit")


if __name__ == "__main__":
    main()
