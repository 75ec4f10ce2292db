#!/usr/bin/env python3
"""Writes minilm.txt: what PyTorch makes of a few texts with all-MiniLM-L6-v2. A line with the text, a line with its
unit vector (mean over the tokens of the last layer).

    pip install torch transformers
    python tests/golden/minilm.py FOLDER-OF-all-MiniLM-L6-v2
"""

import os
import sys

import torch
from transformers import BertModel, BertTokenizerFast

TEXTS = [
    "Warm jacket for running in the rain",
    "Chaz Kangeroo Hoodie. Men/Tops. Ideal for cold-weather training or work outdoors",
    "Crème brûlée, 2 pièces",
    "手工 陶瓷 茶杯",
    "x",
    "long " * 300,
]


def main():
    tokenizer = BertTokenizerFast(os.path.join(sys.argv[1], "vocab.txt"), do_lower_case=True)
    model = BertModel.from_pretrained(sys.argv[1]).eval()
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "minilm.txt"), "w", encoding="utf-8") as out:
        for text in TEXTS:
            inputs = tokenizer(text, truncation=True, max_length=128, return_tensors="pt")
            with torch.no_grad():
                vector = model(**inputs).last_hidden_state[0].mean(0)
            vector = vector / vector.norm()
            out.write(text.strip() + "\n" + " ".join("%.6f" % number for number in vector.tolist()) + "\n")


if __name__ == "__main__":
    main()
