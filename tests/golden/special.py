#!/usr/bin/env python3
"""tests/golden/special.py > tests/golden/special.txt

Values of the special functions of src/math/special.h by mpmath in 50 digits: name, arguments, value. The hypergeometric
function is given as its logarithm. Needs mpmath.
"""

import mpmath as mp

mp.mp.dps = 50


def show(name, value, *arguments):
    print(name, *(repr(float(a)) for a in arguments), mp.nstr(value, 18, min_fixed=1, max_fixed=0))


def exact(function, *arguments):
    """Arguments as the doubles that the program will read."""
    return function(*(mp.mpf(float(a)) for a in arguments))


def beta_inc(a, b, x):
    """The series of positive terms, summed as it stands: mpmath's own way is long for large a and b."""
    n, term, total = 0, 1 / a, 1 / a
    while term > total * mp.mpf(10) ** -40:
        term *= (a + b + n) / (a + 1 + n) * x
        n, total = n + 1, total + term
    return total * mp.exp(a * mp.log(x) + b * mp.log(1 - x) - mp.loggamma(a) - mp.loggamma(b) + mp.loggamma(a + b))


for z in (-37, -8, -3, -1, -.1, 0, .5, 1.96, 6):
    show("normal_cdf", exact(mp.ncdf, z), z)
for p in (1e-300, 1e-20, 1e-5, .025, .3, .5, .9, .999):
    # Newton on the logarithm of the lower tail, from a start good enough in 50 digits
    q = mp.mpf(p)
    z = -mp.sqrt(2) * mp.erfinv(1 - 2 * q) if p > 1e-30 else mp.findroot(lambda y: mp.log(mp.ncdf(y)) - mp.log(q), -37)
    show("normal_quantile", z, p)
for x in (1e-3, .1, .5, 1, 1.4616321449683623, 2.5, 11.9, 40, 1e4):
    show("digamma", exact(mp.digamma, x), x)
    show("trigamma", exact(lambda y: mp.polygamma(1, y), x), x)
for a, b in ((.2, .3), (.793, 2.426), (1, 1), (5, 30), (.5, 1e6), (300, 20), (1e5, 2e5), (1e-4, 900)):
    show("log_beta", exact(lambda p, q: mp.loggamma(p) + mp.loggamma(q) - mp.loggamma(p + q), a, b), a, b)
for a, x in ((.1, 1e-5), (.5, .3), (.243, 4), (1, 1), (3, 9), (20, 5), (20, 60), (400, 390), (1e5, 100300),
             (1e6, 997000), (2, 1e-8)):
    show("gamma_p", exact(lambda s, y: mp.gammainc(s, 0, y, regularized=True), a, x), a, x)
    show("gamma_q", exact(lambda s, y: mp.gammainc(s, y, mp.inf, regularized=True), a, x), a, x)
for a, b, x in ((.5, .5, .2), (.1, 3, .9), (2, 5, .1), (40, 3, .95), (3, 40, .2), (500, 700, .4), (1e4, 3e4, .2505),
                (1, 1, .3), (.793, 4.4, 1e-6)):
    show("beta_inc", exact(beta_inc, a, b, x), a, b, x)
hypergeometric = [(1, 1, 2, .5), (.5, .5, 1, .99), (3, 2, 7, -4), (.2, .3, .9, 0), (30, 20, 60, .999)]
# BG/NBD, expected purchases: (r + x, b + x; a + b + x - 1; t / (alpha + T + t))
for r, alpha, a, b, x, T, t in ((.243, 4.414, .793, 2.426, 0, 0, 39), (.243, 4.414, .793, 2.426, 2, 38.86, 39),
                                (.243, 4.414, .793, 2.426, 29, 38.86, 39), (1.2, .01, 1.7, .9, 3, 1, 400),
                                (.243, 4.414, .793, 2.426, 0, 0, 5000), (.8, 2, .4, 1.1, 1, 1, 3000)):
    hypergeometric.append((r + x, b + x, a + b + x - 1, t / (alpha + T + t)))
# Pareto/NBD: (r + s + x, s + 1 or r + x; r + s + x + 1; |alpha - beta| / (max(alpha, beta) + t))
for r, alpha, s, beta, x, t in ((.553, 10.578, .606, 11.669, 0, 0), (.553, 10.578, .606, 11.669, 2, 30.43),
                                (.553, 50, .606, .1, 26, 30.86), (.5, 1000, .2, .001, 0, 0), (2, 3, 1, 900, 150, 20)):
    power = s + 1 if alpha >= beta else r + x
    hypergeometric.append((r + s + x, power, r + s + x + 1, abs(alpha - beta) / (max(alpha, beta) + t)))
for arguments in hypergeometric:
    show("log_2f1", exact(lambda p, q, s, z: mp.log(mp.hyp2f1(p, q, s, z)), *arguments), *arguments)
