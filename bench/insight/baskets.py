"""Frequent sets and association rules beside mlxtend (fpgrowth, association_rules) and efficient-apriori, and pyfim
where it is installed: the Groceries baskets at the supports and confidences of published figures.

Every set and every rule must be there in both; support, confidence, lift, conviction and leverage must agree to four
digits, else the run fails. Times are medians of runs in turn, one thread, without reading the file; mlxtend gets its
table of booleans ready-made. Ours include p-values and intervals, which mlxtend does not give.

Usage: script/bench insight baskets [--runs 5] [--shared DIR]
"""

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("VITRINE_BUILD", os.path.join(HERE, "../../build"))
CASES = [(0.001, 0.5, 5668), (0.001, 0.8, 410), (0.006, 0.25, 463)]
FIGURES = ["support", "confidence", "lift", "conviction", "leverage"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return [[name.strip() for name in line.split(",")] for line in file if line.strip()]


def ours(path, support, confidence):
    """Milliseconds of the sets and of all, {set: count}, {(left, right): figures}."""
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "found")
        program = os.path.join(BUILD, "bench/bench_baskets")
        done = subprocess.run([program, path, str(support), str(confidence), "1", out], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit(done.stderr)
        sets, rules = {}, {}
        with open(out, encoding="utf-8") as file:
            for line in file:
                kind, *fields = line.rstrip("\n").split("\t")
                if kind == "S":
                    sets[frozenset(fields[1:])] = int(fields[0])
                else:
                    middle = fields.index("=>")
                    rules[frozenset(fields[5:middle]), frozenset(fields[middle + 1:])] = tuple(map(float, fields[:5]))
    milliseconds = tuple(map(float, done.stdout.split()))
    return (*milliseconds, sets, rules)


def mlxtend(table, support, confidence):
    from mlxtend.frequent_patterns import association_rules, fpgrowth
    begin = time.perf_counter()
    found = fpgrowth(table, min_support=support, use_colnames=True)
    middle = time.perf_counter()
    # mlxtend divides two rounded shares: 12 of 15 would be less than .8
    rules = association_rules(found, metric="confidence", min_threshold=confidence - 1e-9)
    rules = rules[rules["consequents"].map(len) == 1]
    end = time.perf_counter()
    sets = {s: round(share * len(table)) for s, share in zip(found["itemsets"], found["support"])}
    rows = zip(rules["antecedents"], rules["consequents"], *(rules[name] for name in FIGURES))
    return (middle - begin) * 1e3, (end - begin) * 1e3, sets, {row[:2]: row[2:] for row in rows}


def apriori(baskets, support):
    from efficient_apriori import itemsets_from_transactions
    begin = time.perf_counter()
    found, _ = itemsets_from_transactions(baskets, support, max_length=99, output_transaction_ids=False)
    seconds = time.perf_counter() - begin
    return seconds * 1e3, {frozenset(s): count for level in found.values() for s, count in level.items()}


def pyfim(baskets, support):
    try:
        from fim import fpgrowth
    except ImportError:
        return None
    least = math.ceil(round(support * len(baskets), 6))
    begin = time.perf_counter()
    found = fpgrowth(baskets, target="s", supp=-least, zmin=1, report="a")
    seconds = time.perf_counter() - begin
    return seconds * 1e3, {frozenset(s): count for s, count in found}


def check_sets(name, mine, other):
    if mine != other:
        different = sum(mine.get(key) != other.get(key) for key in {*mine, *other})
        sys.exit(f"{name}: {different} sets differ, of {len(mine)} and {len(other)}")


def check_rules(mine, other):
    """The largest relative difference of a figure; rules must be the same."""
    if mine.keys() != other.keys():
        sys.exit(f"mlxtend: {len(mine.keys() ^ other.keys())} rules are in one of the two only")
    worst = 0.0
    for key, figures in mine.items():
        for name, a, b in zip(FIGURES, figures, other[key]):
            far = 0.0 if a == b else abs(a - b) / max(abs(a), abs(b)) if math.isfinite(a + b) else math.inf
            worst = max(worst, far)
            if far > 5e-5:
                sys.exit(f"mlxtend: {name} of {sorted(key[0])} => {sorted(key[1])} is {a}, and {b} there")
    return worst


def compare(args, path, baskets, table, support, confidence, published):
    times = {name: [] for name in ("sets", "rules", "mlxtend sets", "mlxtend", "apriori", "pyfim")}
    worst = 0.0
    for _ in range(args.runs):
        sets_ms, ms, sets, rules = ours(path, support, confidence)
        their_sets_ms, their_ms, their_sets, their_rules = mlxtend(table, support, confidence)
        apriori_ms, apriori_sets = apriori(baskets, support)
        check_sets("mlxtend", sets, their_sets)
        check_sets("efficient-apriori", sets, apriori_sets)
        worst = check_rules(rules, their_rules)
        if len(rules) != published:
            sys.exit(f"{len(rules)} rules; {published} are published")
        fim = pyfim(baskets, support)
        if fim is not None:
            check_sets("pyfim", sets, fim[1])
            times["pyfim"].append(fim[0])
        for name, value in zip(times, (sets_ms, ms, their_sets_ms, their_ms, apriori_ms)):
            times[name].append(value)
    m = {name: statistics.median(values) if values else math.nan for name, values in times.items()}
    print(f"| {support} | {confidence} | {len(sets):,} | {len(rules):,} | {worst:.1e} | "
          f"{m['sets']:.1f} | {m['rules']:.1f} | {m['mlxtend sets']:.0f} | {m['mlxtend']:.0f} | "
          f"{m['mlxtend'] / m['rules']:.0f} | {m['apriori']:.0f} | {m['pyfim']:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--shared", default=os.environ.get("VITRINE_SHARED", os.path.join(HERE, "../../../shared")))
    args = parser.parse_args()
    path = os.path.join(args.shared, "data/groceries/groceries.csv")
    if not os.path.exists(path):
        print(f"skipped, there is no {path}", file=sys.stderr)
        return
    warnings.simplefilter("ignore")
    import pandas
    from mlxtend.preprocessing import TransactionEncoder
    baskets = read(path)
    encoder = TransactionEncoder()
    table = pandas.DataFrame(encoder.fit_transform(baskets), columns=encoder.columns_)
    print("| support | confidence | sets | rules | largest difference | sets, ms | "
          "sets and rules, ms | mlxtend, sets | mlxtend, both | ratio | efficient-apriori, sets | pyfim, sets |")
    print("| --- |" + " --- |" * 11, flush=True)
    for support, confidence, published in CASES:
        compare(args, path, baskets, table, support, confidence, published)


if __name__ == "__main__":
    main()
