"""Golden pixels of photos: python3 images.py (Pillow and numpy) writes small photos of every kind into
fuzz/corpus/image, which the fuzzer starts from too, and Pillow's pixels of them into images.txt.

Lines of images.txt, pixels as hexadecimal bytes of R, G, B:
    decode FILE LEAST-SIDE WIDTH HEIGHT PIXELS        the photo upright, alpha on white
    crop|letterbox WIDTH HEIGHT RESIZE SIZE PIXELS    of the photo pattern(width, height)
"""
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
PHOTOS = os.path.join(HERE, "../../fuzz/corpus/image")
WIDTH, HEIGHT = 13, 9


def pattern(width, height):
    """The photo that the test makes in C too: no structure that a wrong filter could hide in."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * 37 + y * 101 + c * 59 + x * y * 7) % 256).astype(np.uint8)


def smooth(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // (width - 1), y * 255 // (height - 1), (x + y) * 255 // (width + height - 2)],
                    axis=-1).astype(np.uint8)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(path, samples, kind, bits, interlaced=False, extra=b""):
    """What Pillow cannot write: 16 bits, Adam7. `samples` (height, width, channels), rows without filters."""
    samples = samples.astype(">u2" if bits == 16 else np.uint8)
    passes = [(0, 8, 0, 8), (0, 8, 4, 8), (4, 8, 0, 4), (0, 4, 2, 4), (2, 4, 0, 2), (0, 2, 1, 2), (1, 2, 0, 1)]
    rows = b""
    for y, step_y, x, step_x in passes if interlaced else [(0, 1, 0, 1)]:
        part = samples[y::step_y, x::step_x]
        rows += b"".join(b"\0" + row.tobytes() for row in part) if part.shape[1] else b""
    head = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], bits, kind, 0, 0, int(interlaced))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(rows)) +
                   chunk(b"IEND", b""))


def write_photos():
    rgb = smooth(WIDTH, HEIGHT)
    grey = rgb[:, :, 0]
    alpha = np.flipud(rgb[:, :, 1])
    rgba = np.dstack([rgb, alpha])
    photo = Image.fromarray(rgb)
    turned = Image.Exif()
    turned[0x0112] = 6
    where = lambda name: os.path.join(PHOTOS, name)
    photo.save(where("420.jpg"), quality=90, subsampling="4:2:0")
    photo.save(where("444.jpg"), quality=90, subsampling="4:4:4")
    photo.save(where("progressive.jpg"), quality=80, progressive=True)
    photo.save(where("turned.jpg"), quality=90, exif=turned)
    Image.fromarray(grey).save(where("grey.jpg"), quality=90)
    photo.convert("CMYK").save(where("cmyk.jpg"), quality=90)
    with open(where("cmyk.jpg"), "rb") as file:
        inks = file.read()
    transform = inks.index(b"Adobe") + 11  # 0: CMYK, 2: YCCK
    with open(where("ycck.jpg"), "wb") as file:
        file.write(inks[:transform] + b"\2" + inks[transform + 1:])
    Image.fromarray(smooth(64, 48)).save(where("large.jpg"), quality=85)
    photo.save(where("rgb.png"), optimize=True)
    Image.fromarray(rgba).save(where("rgba.png"))
    Image.fromarray(grey).save(where("grey.png"))
    Image.fromarray(np.dstack([grey, alpha])).save(where("grey-alpha.png"))
    photo.quantize(7).save(where("palette.png"))
    photo.quantize(7).save(where("palette-clear.png"), transparency=3)
    Image.fromarray(grey > 100).save(where("1-bit.png"))
    photo.save(where("turned.png"), exif=turned)
    png(where("rgb-16.png"), rgb * 257.0, 2, 16)
    png(where("grey-16.png"), grey[:, :, None] * 257.0, 0, 16)
    png(where("interlaced.png"), rgb, 2, 8, interlaced=True)
    png(where("interlaced-rgba.png"), rgba, 6, 8, interlaced=True)
    png(where("clear-colour.png"), rgb, 2, 8, extra=chunk(b"tRNS", struct.pack(">HHH", *map(int, rgb[4, 6]))))
    photo.save(where("lossy.webp"), quality=80)
    photo.save(where("lossless.webp"), lossless=True)
    Image.fromarray(rgba).save(where("alpha.webp"), quality=80)
    Image.fromarray(rgba).save(where("lossless-alpha.webp"), lossless=True)
    photo.save(where("turned.webp"), lossless=True, exif=turned)
    photo.save(where("moving.webp"), save_all=True, append_images=[Image.fromarray(255 - rgb)], lossless=True)


def decoded(name, least=0):
    with Image.open(os.path.join(PHOTOS, name)) as photo:
        if least:
            photo.draft("RGB", (least, least))
        if photo.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip at 255
            photo = Image.fromarray((np.asarray(photo) / 257.0).round().astype(np.uint8))
        photo = ImageOps.exif_transpose(photo)
        if photo.has_transparency_data:
            photo = photo.convert("RGBA")
            white = Image.new("RGBA", photo.size, "white")
            photo = Image.alpha_composite(white, photo)
        return photo.convert("RGB")


def crop(photo, resize, size):
    """torchvision's Resize(resize) and CenterCrop(size)."""
    width, height = photo.size
    short, long = min(width, height), max(width, height)
    longer = int(resize * long / short)
    photo = photo.resize((resize, longer) if width <= height else (longer, resize), Image.Resampling.BILINEAR)
    left, top = int(round((photo.width - size) / 2.0)), int(round((photo.height - size) / 2.0))
    return photo.crop((left, top, left + size, top + size))


def letterbox(photo, _, size):
    return ImageOps.pad(photo, (size, size), Image.Resampling.BILINEAR, color="white")


def main():
    os.makedirs(PHOTOS, exist_ok=True)
    write_photos()
    with open(os.path.join(HERE, "images.txt"), "w") as out:
        for name in sorted(os.listdir(PHOTOS)):
            if name.endswith((".jpg", ".png", ".webp")) and name != "moving.webp":
                for least in (0, 24, 10, 6) if name == "large.jpg" else (0,):
                    photo = decoded(name, least)
                    out.write(f"decode {name} {least} {photo.width} {photo.height} {photo.tobytes().hex()}\n")
        for width, height in ((40, 40), (61, 40), (40, 61), (23, 97), (250, 31), (7, 5), (9, 90), (1, 1)):
            photo = Image.fromarray(pattern(width, height))
            for resize, size in ((9, 8), (12, 7), (8, 8), (16, 11)):
                out.write(f"crop {width} {height} {resize} {size} {crop(photo, resize, size).tobytes().hex()}\n")
            for size in (8, 11):
                pixels = letterbox(photo, 0, size).tobytes().hex()
                out.write(f"letterbox {width} {height} 0 {size} {pixels}\n")


if __name__ == "__main__":
    main()
