"""Golden token ids, made with the Hugging Face packages `tokenizers` and `transformers`:

    python3 wordpiece.py                                       # writes wordpiece_vocab.txt and wordpiece.txt
    python3 wordpiece.py --vocabulary VOCAB.TXT --data FOLDER  # writes wordpiece_real.txt

The vocabulary of the first is our own: a few words and pieces, and the characters that the texts need. A line of
wordpiece.txt: "uncased" or "cased", the greatest length, the text's bytes in hexadecimal ("-" for none), the ids.
Lines of wordpiece_real.txt: a file of the shared data, its lines, which are the texts, the greatest length ("0": as
long as it is), the number of ids, and BLAKE2b (16 bytes) of the ids, little-endian int32. "nasty" are the texts of
wordpiece.txt. The vocabulary is the one of all-MiniLM-L6-v2 (sha256 in docs/encoders.md).
"""
import argparse
import gzip
import hashlib
import os
import random
import struct
import unicodedata

from tokenizers import Tokenizer
from transformers import BertTokenizerFast

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = """the tea cup green cream hand ##s ##ing made wash ##able un ##wash cafe ##fe caf Tea The GREEN Cr ##eam ##EAM
naive na ##ive strasse stra ##ße straße istanbul ist ##anbul İ ##stanbul 24 ##0 ##ml 100 ##00 100% sep mask unk
한국 ᄒ ##ᅡ ##ᆫ ##ᄀ ##ᅮ ##ᆨ 茶 綠 ##茶 日 本 ا ##ل ##ش ##ا ##ي شاي ##ى é ##é è e ##e ﬁ ##ne fi ω ##ω Ω σ ##ς ##σ Σ
м ##ё ##е ##д мед мёд 🍵 ##🍵 👩 ##👩 💻 ##🏽 ½ ##½ ™ ##™ ® ° ##° ## ### #### a ##a b ##b c ##c d ##d A ##A aaaa ##aaaa
𝅘 ##𝅥 ##𝅮 𝅗 ##〮 ##〯 ##ᯪ ᬅ ##ᬵ ##᭄ ##् क ##क ##ि ##ा न ##न ##म ##स् ##ต ไ ##ไ ##ท ##ย ##ำ ร ส ##๊ ๊ ֿ ##ֿ ﷽ …""".split()

NASTY = [
    "", " ", "\t\r\n", "The green teas, washable!", "GREEN TEA GREEN", "unwashing cups", "Café CAFÉ cafe\u0301 naïve",
    "crème brûlée", "Straße STRASSE ẞ", "İstanbul Istanbul ısparta", "240ml 100% 10000",
    "don't-stop (now) [50% off] a/b",
    "[SEP]", "a[SEP]b", "[sep] [Sep] [MASK][CLS]tea[PAD]", "[SE\u200bP] [SEP", "x [UNK] x", "[[SEP]]", "[SEP]\u0301a",
    "한국 茶綠茶日本 tea茶tea", "한국어", "شاي ا\u064eل\u0651شاي", "مرحبا بالعالم", "🍵🍵 👩\u200d💻 👩🏽\u200d💻 tea🍵",
    "½ ™ ® ° 5½° tea™",
    "ﬁne fine", "ΩΩΣΑΣ ὈΔΥΣΣΕΎΣ", "МЁД мёд мед", "क्नि किनमा नमस्ते", "ไทยำ สร๊", "a\u0000b\u0001c\u001fd\u007fe",
    "a\u0085b\u00a0c\u2003d\u2028e\u2029f\u3000g", "zero\u200bwidth\u200c\u200djoin\ufeffer soft\u00adhyphen",
    "\u0301\u0302", "a\u0301\u0302\u0303b", "e" + "\u0301" * 300, "\ufffd a\ufffdb", "\ue000private\uf8ff",
    "a" * 99, "a" * 100, "a" * 101, "é" * 100, "é" * 101, "ab" * 60 + " cup", "x" * 100 + " " + "x" * 101,
    "\U0001D15E\U0001D160", "\U0001D158\U0001D16E\U0001D165 \U0001D158\u302e\U0001D165\u302f",
    "\u1b05\u1b35\u1b44\u302e\u1b44 a\u302e\u0301\u1bea\u094d", "≠ ≮ \u037e \u1fef \u212a\u212b",
    "豈更車 \U0002F800 \U0002B820\U0002B920",
    "‘tea’ “cup” – — … ¿qué? «a» 。、「茶」", "$5 +1 <a> =^`|~", "###", "##a #a", "a##b",
    "\u0378a\u0378 \u0890 \u08e2 \u061d \u166d \u1734a",
    "\U000E0001 \U000E0100x", "\u3164a\u115fb", "tea\u2028cup", "A\u030aA Åå", "𝓽𝓮𝓪 ｔｅａ ＴＥＡ", "ⅳ Ⅳ ⓐ Ⓐ",
    "ǅ ǆ Ǆ ŉ ΐ", "﷽",
    "The " * 300, "tea, " * 300, "茶" * 300, "[SEP]" * 40, "aaaaaaaaaaaab aaaab", "<p>The tea&amp;cup</p>",
    "100000000",
]
BYTES = [b"a\xffb", b"caf\xe9 cafe", b"\xe2\x82", b"tea\xe2\x82 cup", b"\xed\xa0\x80a", b"\xf0\x9f\x8d",
         b"\xc0\xafa", b"[S\xffEP]",
         b"\xf4\x90\x80\x80a", b"\x80\x80tea", b"\xc3a\xc3\xa9"]


def characters():
    """What the texts are made of, as words and as pieces, decomposed too."""
    text = "".join(NASTY)
    seen = set(text) | set(unicodedata.normalize("NFD", text)) | set(text.lower())
    return sorted(c for c in seen if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))


def vocabulary():
    tokens = list(SPECIAL)
    for token in WORDS:
        if token not in tokens:
            tokens.append(token)
    odd = random.Random(3)
    for c in characters():
        for token in (c, "##" + c):  # some are left out, so that there are unknown words
            if token not in tokens and odd.random() < 0.85 and c not in "yYéÉ":
                tokens.append(token)
    return tokens


def chance(n):
    """Texts of characters drawn at random, close to each other so that words of several kinds come up."""
    rng = random.Random(11)
    pool = characters() + list("  \t\n\u200d\u0301\u0300\u0327\ufffd[]#") * 8
    return ["".join(rng.choice(pool) for _ in range(rng.randrange(1, 60))) for _ in range(n)]


def load(path, lower):
    fast = BertTokenizerFast(vocab=path, do_lower_case=lower)
    tokenizer = Tokenizer.from_str(fast.backend_tokenizer.to_str())
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer, text, max_length):
    if max_length:
        tokenizer.enable_truncation(max_length)
    else:
        tokenizer.no_truncation()
    return tokenizer.encode(text).ids


def texts():
    return [text.encode() for text in NASTY + chance(150)] + BYTES


def make_small():
    path = os.path.join(HERE, "wordpiece_vocab.txt")
    with open(path, "w", newline="") as file:
        file.write("".join(token + "\n" for token in vocabulary()))
    with open(os.path.join(HERE, "wordpiece.txt"), "w") as file:
        for name, lower in (("uncased", True), ("cased", False)):
            tokenizer = load(path, lower)
            for number, text in enumerate(texts()):
                for max_length in (64, (2, 3, 7, 20)[number % 4]):
                    ids = encode(tokenizer, text.decode("utf-8", "replace"), max_length)
                    print(name, max_length, text.hex() or "-", *ids, file=file)


FILES = ["amazon2023_beauty_health_handmade/items.csv.gz", "amazon2018_gift_cards/meta_Gift_Cards.json.gz",
         "amazon2018_gift_cards/Gift_Cards_5.json.gz", "images_magento_luma/products.csv",
         "images_magento_luma/reviews.csv", "movielens/ml-100k.item.gz"]


def lines(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        data = file.read()
    return [line.removesuffix(b"\r") for line in data.removesuffix(b"\n").split(b"\n")]


def make_real(vocabulary_path, data):
    tokenizer = load(vocabulary_path, True)
    with open(os.path.join(HERE, "wordpiece_real.txt"), "w") as file:
        for name in ["nasty"] + FILES:
            rows = texts() if name == "nasty" else lines(os.path.join(data, name))
            for max_length in (128, 0):
                digest, count = hashlib.blake2b(digest_size=16), 0
                for row in rows:
                    ids = encode(tokenizer, row.decode("utf-8", "replace"), max_length)
                    digest.update(struct.pack("<%di" % len(ids), *ids))
                    count += len(ids)
                print(name, len(rows), max_length, count, digest.hexdigest(), file=file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--vocabulary")
    parser.add_argument("--data")
    args = parser.parse_args()
    if args.vocabulary:
        make_real(args.vocabulary, args.data)
    else:
        make_small()


if __name__ == "__main__":
    main()
