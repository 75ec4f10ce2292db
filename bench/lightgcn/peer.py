"""RecBole's LightGCN on given pairs: seconds of each epoch, then the top 10 of each user into a file.

    peer.py FOLDER EPOCHS THREADS SEED LISTS [NAME=VALUE ...]

FOLDER holds pairs.train.inter, pairs.valid.inter and pairs.test.inter in RecBole's form; only the first is learnt from.
"""

import logging
import os
import sys
import time

import numpy as np
import torch

# numpy and torch moved on after RecBole's last release
torch_load = torch.load
torch.load = lambda *a, **k: torch_load(*a, **{"weights_only": False, **k})

from recbole.config import Config
from recbole.data import create_dataset, data_preparation
from recbole.model.general_recommender import LightGCN
from recbole.trainer import Trainer
from recbole.utils import init_seed


def main():
    folder, epochs, threads, seed, lists = sys.argv[1:6]
    os.chdir(folder)
    settings = {"data_path": os.path.dirname(folder), "benchmark_filename": ["train", "valid", "test"],
                "load_col": {"inter": ["user_id", "item_id"]}, "epochs": int(epochs), "train_batch_size": 2048,
                "embedding_size": 64, "n_layers": 3, "use_gpu": False, "seed": int(seed), "show_progress": False,
                "state": "ERROR", "eval_step": 0, "worker": 0}
    for word in sys.argv[6:]:
        name, value = word.split("=")
        settings[name] = float(value) if "." in value or "e" in value else int(value)
    sys.argv = sys.argv[:1]
    config = Config(model="LightGCN", dataset=os.path.basename(folder), config_dict=settings)
    logging.disable(logging.CRITICAL)
    init_seed(config["seed"], True)
    torch.set_num_threads(int(threads))
    dataset = create_dataset(config)
    train, _, _ = data_preparation(config, dataset)
    model = LightGCN(config, train.dataset)
    trainer = Trainer(config, model)
    seconds = []
    for epoch in range(int(epochs)):
        begin = time.perf_counter()
        trainer._train_epoch(train, epoch, show_progress=False)
        seconds.append(time.perf_counter() - begin)
    print(" ".join(f"{s:.6f}" for s in seconds))
    model.eval()
    with torch.no_grad():
        users, items = model.forward()
        scores = (users @ items.T).numpy()
    chosen = train.dataset.inter_matrix().tocsr()
    names = dataset.field2id_token
    order = sorted(range(1, scores.shape[0]), key=lambda u: int(names["user_id"][u]))
    with open(lists, "w") as file:
        for u in order:
            row = scores[u]
            row[0] = -np.inf
            row[chosen[u].indices] = -np.inf
            best = np.argsort(-row, kind="stable")[:10]
            file.write(" ".join(names["item_id"][i] for i in best) + "\n")


main()
