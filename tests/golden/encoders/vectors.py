#!/usr/bin/env python3
"""Writes vectors.npz, legacy.pth and zip.pth beside it: what PyTorch, torchvision and transformers make of the networks
of seeded.py and of the default text weights. tests/check/test_encoders.py compares with them.

    pip install torch torchvision transformers
    python tests/golden/encoders/vectors.py FOLDER-OF-all-MiniLM-L6-v2
"""

import os
import sys

import numpy as np
import seeded
import torch
import torchvision
import transformers

HERE = os.path.dirname(os.path.abspath(__file__))


def tensors(arrays):
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def mean_pooled(model, ids, mask):
    with torch.no_grad():
        states = model(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)).last_hidden_state
    mask = torch.from_numpy(mask).unsqueeze(-1).float()
    return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1).numpy()


def bert(config):
    model = transformers.BertModel(transformers.BertConfig(**config), add_pooling_layer=False).eval()
    model.load_state_dict(tensors(seeded.bert(config)))
    return mean_pooled(model, *seeded.texts(config))


def resnet():
    model = torchvision.models.resnet50(weights=None).eval()
    missing, extra = model.load_state_dict(tensors(seeded.resnet()), strict=False)
    assert not extra and all(name.startswith("fc.") or name.endswith("num_batches_tracked") for name in missing)
    model.fc = torch.nn.Identity()
    with torch.no_grad():
        return torch.nn.functional.normalize(model(torch.from_numpy(seeded.photos())), dim=1).numpy()


def main():
    minilm = transformers.BertModel.from_pretrained(sys.argv[1], add_pooling_layer=False).eval()
    np.savez(os.path.join(HERE, "vectors.npz"), minilm=mean_pooled(minilm, *seeded.texts(seeded.BERT_BASE)),
             bert=bert(seeded.BERT), bert_base=bert(seeded.BERT_BASE), resnet=resnet())
    # Views with an offset and with strides, as some published weights have them.
    whole = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    state = {"part": whole[1:3, 2:5], "turned": whole.t(), "count": torch.tensor(7)}
    torch.save(state, os.path.join(HERE, "zip.pth"))
    torch.save(state, os.path.join(HERE, "legacy.pth"), _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()
