#!/usr/bin/env python3
"""tests/golden/ials.py > tests/golden/ials.txt

Implicit alternating least squares as the papers write it, in plain Python and double precision: dense matrices,
Gaussian elimination, no change of basis. Starts from the same random vectors as src/model/ials_fit.c (the streams of
src/base/rng.c are repeated here) and prints the products of all users and items, which no change of basis touches.
"""

import math

MASK = (1 << 64) - 1
USERS, ITEMS, FACTORS, ITERATIONS, SEED = 11, 9, 4, 3, 42
ALPHA, REGULARIZATION, NU, UNOBSERVED, STDEV = 2.0, 0.1, 0.75, 0.5, 0.3


def mix(a, b):
    product = (a ^ 0x9E3779B97F4A7C15) * (b ^ 0xC2B2AE3D27D4EB4F)
    return (product & MASK) ^ (product >> 64)


def hash64(text, seed):
    data = text.encode()
    value = seed ^ (len(data) * 0x165667B19E3779F9 & MASK)
    at = 0
    while len(data) - at >= 8:
        value = mix(value ^ int.from_bytes(data[at:at + 8], "little"), 0x27D4EB2F165667C5)
        at += 8
    return mix(value ^ int.from_bytes(data[at:], "little"), 0x85EBCA77C2B2AE63 ^ (len(data) - at))


class Stream:
    """xoshiro256++ of a purpose and two numbers."""

    def __init__(self, seed, purpose, a, b):
        state = mix(mix(hash64(purpose, seed), a), b)
        self.s = []
        for _ in range(4):
            state = (state + 0x9E3779B97F4A7C15) & MASK
            z = state
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
            z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
            self.s.append(z ^ z >> 31)

    def word(self):
        def rotate(x, bits):
            return (x << bits | x >> (64 - bits)) & MASK

        s = self.s
        result = (rotate((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = s[1] << 17 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        return result

    def normal(self):
        u = 1.0 - (self.word() >> 11) * 2.0**-53
        v = (self.word() >> 11) * 2.0**-53
        return math.sqrt(-2.0 * math.log(u)) * math.cos(6.283185307179586 * v)


def solve(a, b):
    """Gaussian elimination with the largest pivot."""
    n = len(b)
    rows = [list(a[i]) + [b[i]] for i in range(n)]
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(k + 1, n):
            f = rows[i][k] / rows[k][k]
            rows[i] = [x - f * y for x, y in zip(rows[i], rows[k])]
    x = [0.0] * n
    for k in range(n - 1, -1, -1):
        x[k] = (rows[k][n] - sum(rows[k][j] * x[j] for j in range(k + 1, n))) / rows[k][k]
    return x


def half_step(values, fixed):
    """Best rows against `fixed`; values[r] maps the index of a fixed row to the value of the pair."""
    solved = []
    for row in values:
        if not row:
            solved.append([0.0] * FACTORS)
            continue
        strength = REGULARIZATION * (UNOBSERVED * len(fixed) + len(row))**NU
        a = [[strength if i == j else 0.0 for j in range(FACTORS)] for i in range(FACTORS)]
        b = [0.0] * FACTORS
        for index, y in enumerate(fixed):
            c = 1.0 + ALPHA * row[index] if index in row else UNOBSERVED
            p = 1.0 if index in row else 0.0
            for i in range(FACTORS):
                b[i] += c * p * y[i]
                for j in range(FACTORS):
                    a[i][j] += c * y[i] * y[j]
        solved.append(solve(a, b))
    return solved


def main():
    pairs = [(u, i, 1 + (u * i) % 5) for u in range(USERS) for i in range(ITEMS) if (u * 5 + i * 3 + u * i) % 4 == 1]
    of_user = [{i: float(v) for uu, i, v in pairs if uu == u} for u in range(USERS)]
    of_item = [{u: float(v) for u, ii, v in pairs if ii == i} for i in range(ITEMS)]
    users = []
    for u in range(USERS):
        stream = Stream(SEED, "als-init", u, 0)
        users.append([STDEV / math.sqrt(FACTORS) * stream.normal() for _ in range(FACTORS)])
    for _ in range(ITERATIONS):
        items = half_step(of_item, users)
        users = half_step(of_user, items)
    print("factors=%d,iterations=%d,alpha=%g,regularization=%g,nu=%g,unobserved_weight=%g,stdev=%g,confidence=value" %
          (FACTORS, ITERATIONS, ALPHA, REGULARIZATION, NU, UNOBSERVED, STDEV))
    print(USERS, ITEMS, len(pairs))
    for u, i, v in pairs:
        print(u, i, v)
    for x in users:
        print(" ".join("%.9f" % sum(a * b for a, b in zip(x, y)) for y in items))


if __name__ == "__main__":
    main()
