#!/usr/bin/env python3
"""Forecasts beside statsforecast and decompositions beside statsmodels, on ../shared/data/intermittent_demand.

The last 12 periods of every series are held out; all fitting and choosing sees the rest alone. MASE is scaled by the
mean seasonal step within that rest. Times are those of the processor, one core, peers compiled and warmed before.

Usage: bench/insight/run demand [--runs 3] [--sets hospital,...] [--quick]     (--quick: without automatic smoothing)
"""

import argparse
import csv
import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
PROGRAM = os.path.join(os.environ.get("VITRINE_BUILD", os.path.join(ROOT, "build")), "bench", "bench_demand")
SETS = {"hospital": 12, "jewelry": 52, "fmsales": 1, "ukcars": 4, "visitors": 12, "vehicles": 24, "msales": 12}
HORIZON = 12
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")


def peers(period):
    from statsforecast import models as m
    return {
        "naive": m.Naive(),
        "seasonal-naive": m.SeasonalNaive(period) if period > 1 else m.Naive(),
        "mean": m.HistoricAverage(),
        "drift": m.RandomWalkWithDrift(),
        "ets": m.AutoETS(season_length=period),
        "theta": m.Theta(season_length=period),
        "theta-optimised": m.OptimizedTheta(season_length=period),
        "theta-dynamic": m.DynamicOptimizedTheta(season_length=period),
        "theta-best": m.AutoTheta(season_length=period),
        "croston": m.CrostonOptimized(),
        "sba": m.CrostonSBA(),
        "tsb": m.TSB(0.1, 0.1),
        "combination": None,
    }


def read(path, name):
    with gzip.open(os.path.join(path, f"{name}.csv.gz"), "rt", newline="") as file:
        rows = list(csv.reader(file))
    keep = [i for i, title in enumerate(rows[0]) if i > 0 and title != "m.stockouts"]
    return np.array([[float(row[i]) for row in rows[1:]] for i in keep])


def mase(y, forecast, period):
    known = y[:-HORIZON]
    step = period if 1 < period < len(known) else 1
    scale = np.mean(np.abs(known[step:] - known[:-step]))
    return np.mean(np.abs(y[-HORIZON:] - forecast)) / scale if scale > 0 else np.nan


def theirs(model, series, period, runs):
    model.forecast(series[0][:-HORIZON], HORIZON)
    took = []
    for _ in range(runs):
        begin = time.process_time()
        found = [model.forecast(y[:-HORIZON], HORIZON)["mean"] for y in series]
        took.append(time.process_time() - begin)
    return statistics.median(took), np.nanmean([mase(y, f, period) for y, f in zip(series, found)])


def ours(path, out, methods, runs):
    took, error, covered = {}, {}, {}
    for _ in range(runs):
        done = subprocess.run([PROGRAM, path, str(HORIZON), out, *methods], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(done.stderr)
        for line in done.stdout.splitlines():
            name, seconds, value, *shares = line.split()
            took.setdefault(name, []).append(float(seconds))
            error[name] = float(value)
            covered[name] = " / ".join(f"{float(share):.3f}" for share in shares)
    return {name: statistics.median(t) for name, t in took.items()}, error, covered


def print_errors(models, sizes, value, seconds):
    """A row a method: ours / the peer's for each set and on the mean, then the seconds of all sets."""
    titles = ["method", *(f"{name} ({size})" for name, size in sizes.items()), "mean of sets", "mean of series",
              "s, all sets", "peer's s", "ratio"]
    print(f"\nMASE of the last {HORIZON} periods, ours / statsforecast\n")
    print("| " + " | ".join(titles) + " |\n" + "| --- " * len(titles) + "|")
    for method, model in models.items():
        both = [0] if model is None else [0, 1]
        errors = [[value[method, name, w] for name in sizes] for w in both]
        errors = [row + [np.mean(row), np.average(row, weights=list(sizes.values()))] for row in errors]
        total = [sum(seconds[method, name, w] for name in sizes) for w in both]
        cells = [" / ".join(f"{row[c]:.4f}" for row in errors) for c in range(len(sizes) + 2)]
        cells += [f"{t:.4f}" for t in total] + ([f"{total[1] / total[0]:.1f}"] if len(both) > 1 else ["", ""])
        print(f"| {method} | " + " | ".join(cells) + " |", flush=True)


def print_covered(models, covered):
    """Shares of the values held out that lie in their intervals, a row a method."""
    names = list(covered)
    print("\nIntervals of 80 / 95 % hold\n\n| method | " + " | ".join(names) + " |")
    print("| --- " * (len(names) + 1) + "|")
    for method in models:
        print(f"| {method} | " + " | ".join(covered[name][method] for name in names) + " |", flush=True)


def decompositions(sets, work, runs):
    from statsmodels.tsa.seasonal import STL
    print("\n| STL of | s | statsmodels s | ratio | largest difference |\n| --- | --- | --- | --- | --- |")
    for name, series in sets.items():
        period = SETS[name]
        if period < 2 or series.shape[1] < 2 * period:
            continue
        out = os.path.join(work, "stl")
        mine = ours(os.path.join(work, name), out, ["stl"], runs)[0]["stl"]
        STL(series[0], period=period).fit()
        took = []
        for _ in range(runs):
            begin = time.process_time()
            found = [STL(y, period=period).fit() for y in series]
            took.append(time.process_time() - begin)
        with open(out, encoding="utf-8") as file:
            rows = [np.array(line.split()[1:], float) for line in file]
        far = max(np.max(np.abs(row - np.concatenate([f.seasonal, f.trend]))) / np.mean(np.abs(y))
                  for row, f, y in zip(rows, found, series))
        print(f"| {name} ({len(series)} x {series.shape[1]}) | {mine:.5f} | {statistics.median(took):.5f} | "
              f"{statistics.median(took) / mine:.1f} | {far:.1e} of the mean |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--quick", action="store_true", help="without automatic smoothing, which is slow in the peer")
    parser.add_argument("--shared", default=os.environ.get("VITRINE_SHARED", os.path.join(ROOT, "../shared")))
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    data = {name: read(os.path.join(args.shared, "data/intermittent_demand"), name) for name in args.sets.split(",")}
    value, seconds, covered = {}, {}, {}
    with tempfile.TemporaryDirectory() as work:
        for name, series in data.items():
            with open(os.path.join(work, name), "w", encoding="utf-8") as file:
                file.write(f"{len(series)} {SETS[name]} {series.shape[1]}\n")
                file.writelines(" ".join(repr(float(v)) for v in y) + "\n" for y in series)
            models = {k: m for k, m in peers(SETS[name]).items() if not (args.quick and k in ("ets", "combination"))}
            path, out = os.path.join(work, name), os.path.join(work, "forecasts")
            took, error, covered[name] = ours(path, out, models, args.runs)
            for method, model in models.items():
                value[method, name, 0], seconds[method, name, 0] = error[method], took[method]
                if model is not None:
                    seconds[method, name, 1], value[method, name, 1] = theirs(
                        model, series, SETS[name], 1 if method == "ets" else args.runs)
        print_errors(models, {name: len(series) for name, series in data.items()}, value, seconds)
        print_covered(models, covered)
        decompositions(data, work, args.runs)


if __name__ == "__main__":
    main()
