#!/usr/bin/env python3
"""tests/golden/pca.py > tests/golden/pca.txt

Principal components by numpy's SVD in double precision: 40 vectors of 12 dimensions whose spectrum falls off, and the
first three components with mean, variance and the share that they explain. The largest number of a component is
positive. Needs numpy.
"""

import numpy as np

N, D, K = 40, 12, 3

rng = np.random.default_rng(7)
x = rng.normal(size=(N, 5)) * [3, 2, 1.2, .5, .3] @ rng.normal(size=(5, D)) + .1 * rng.normal(size=(N, D)) + 2
x = np.round(x, 4).astype(np.float32).astype(np.float64)
mean = x.mean(axis=0)
_, s, vt = np.linalg.svd(x - mean, full_matrices=False)
vt = vt[:K] * np.sign(vt[np.arange(K), np.abs(vt[:K]).argmax(axis=1)])[:, None]
variance = s**2 / (N - 1)
print(N, D, K)
for row in x:
    print(" ".join("%.4f" % v for v in row))
for row in [mean, *vt, variance[:K], variance[:K] / variance.sum()]:
    print(" ".join("%.9g" % v for v in row))
for row in (x - mean) @ vt.T:
    print(" ".join("%.9g" % v for v in row))
