#!/usr/bin/env python3
"""A contact sheet of 40 products of a synthetic shop: docs/images/products.png. Needs Pillow.

Usage: bench/contact_sheet.py SHOP OUT.png      (the shop needs photos of all products)
"""

import glob
import os
import sys

from PIL import Image

COLUMNS, ROWS, SIDE = 8, 5, 128


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    shop, out = sys.argv[1:]
    first_views = sorted(glob.glob(os.path.join(shop, "images", "*_1.*")))
    wanted = COLUMNS * ROWS
    if len(first_views) < wanted:
        sys.exit(f"{shop} has photos of {len(first_views)} products; {wanted} are needed")
    sheet = Image.new("RGB", (COLUMNS * SIDE, ROWS * SIDE), "white")
    for n in range(wanted):  # evenly spread: every sub-category is there
        photo = Image.open(first_views[n * len(first_views) // wanted]).convert("RGB")
        corner = (n % COLUMNS * SIDE + 4, n // COLUMNS * SIDE + 4)
        sheet.paste(photo.resize((SIDE - 8, SIDE - 8), Image.LANCZOS), corner)
    sheet.quantize(128).save(out, optimize=True)


if __name__ == "__main__":
    main()
