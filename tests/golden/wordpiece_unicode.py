"""Prints the ranges of `newer` in src/encode/wordpiece_unicode.c: python3 wordpiece_unicode.py

Code points that utf8proc (as installed) calls marks, formats or punctuation and the package `tokenizers` takes for
characters of words; those between two such that are none of these are put into the same range.
"""
import ctypes

from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

utf8proc = ctypes.CDLL("libutf8proc.so.2")
utf8proc.utf8proc_category_string.restype = ctypes.c_char_p
clean = BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
strip = BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
split = BertPreTokenizer()
ranges, inside = [], False
for code in list(range(0x80, 0xD800)) + list(range(0xE000, 0x110000)):
    category, c = utf8proc.utf8proc_category_string(code).decode(), chr(code)
    if category not in ("Mn", "Cf", "Cc", "Co") and category[0] != "P":
        continue
    alike = clean.normalize_str(c) == "" or strip.normalize_str(c) == "" or len(split.pre_tokenize_str(f"a{c}b")) == 3
    if not alike and not inside:
        ranges.append([code, code])
    elif not alike:
        ranges[-1][1] = code
    inside = not alike
print(", ".join("{0x%X, 0x%X}" % tuple(pair) for pair in ranges))
