"""Photos of 1000 pixels, as shops have them, made from small ones by enlarging and noise."""

import numpy as np
from PIL import Image


def enlarge(work, paths, kind, **options):
    rng = np.random.default_rng(1)
    made = []
    for n, path in enumerate(paths):
        photo = Image.open(path).convert("RGB")
        scale = 1000 / max(photo.size)
        photo = photo.resize([round(side * scale) for side in photo.size], Image.Resampling.BICUBIC)
        noisy = np.asarray(photo) + rng.normal(0, 2, (photo.height, photo.width, 1))
        made.append(f"{work}/{n}.{kind}")
        Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8)).save(made[-1], **options)
    return made
