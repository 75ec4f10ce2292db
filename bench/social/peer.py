"""One peer on given pairs: settings and epochs by validation, then a fit on all of them and its lists.

    peer.py FOLDER MODEL SEED EPOCHS LISTS

FOLDER holds train.txt, valid.txt and all.txt, lines "user item". MODEL is RecBole's LightGCN, BPR or EASE, or
implicit's ALS; each is tried with the settings of TRIED. LISTS gets a line "user item item ..." a user, 20 items, none
of those in all.txt. Prints a JSON object: the settings, the epochs, NDCG@10 on validation, how many were tried.
"""

import itertools
import json
import logging
import math
import os
import sys
import tempfile
import warnings

import numpy as np

warnings.simplefilter("ignore")  # pandas and torch moved on after RecBole's last release
K = 20
EVERY, PATIENCE = 4, 3  # epochs from one validation to the next, validations without a better one
TRIED = {
    "LightGCN": {"learning_rate": [0.002, 0.01], "reg_weight": [1e-5, 1e-3]},
    "BPR": {"learning_rate": [0.0005, 0.002, 0.01], "weight_decay": [0.0, 1e-4]},
    "EASE": {"reg_weight": [30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0]},
    "ALS": {"factors": [8, 32, 128], "regularization": [1.0, 10.0, 30.0, 100.0], "alpha": [1.0, 4.0, 16.0, 64.0]},
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return [tuple(line.split()) for line in file]


def best_of(scores, seen):
    """Numbers of the K items with the highest scores, the best first, without those of `seen`."""
    scores[seen] = -np.inf
    best = np.argsort(-scores, kind="stable")[:K]
    return [i for i in best if scores[i] > -np.inf]


def ndcg(lists, pairs):
    """Mean over all users with a validation event; an item without training events is a miss."""
    wanted = {}
    for u, i in pairs:
        wanted.setdefault(u, set()).add(i)
    total = 0.0
    for u, items in wanted.items():
        gain = sum(1 / math.log2(at + 2) for at, i in enumerate(lists.get(u, [])[:10]) if i in items)
        total += gain / sum(1 / math.log2(at + 2) for at in range(min(10, len(items))))
    return total / len(wanted)


class RecBole:
    def __init__(self, name, pairs, seed):
        import torch
        from recbole.config import Config
        from recbole.data import create_dataset, data_preparation
        from recbole.utils import get_model, get_trainer, init_seed
        self.torch, self.name, self.seed = torch, name, seed
        self.get_model, self.get_trainer, self.init_seed, self.Config = get_model, get_trainer, init_seed, Config
        torch.set_num_threads(1)
        self.work = tempfile.mkdtemp()
        os.mkdir(f"{self.work}/pairs")
        for part, rows in (("train", pairs), ("valid", pairs[:1]), ("test", pairs[:1])):
            with open(f"{self.work}/pairs/pairs.{part}.inter", "w", encoding="utf-8") as file:
                file.write("user_id:token\titem_id:token\n" + "".join(f"{u}\t{i}\n" for u, i in rows))
        os.chdir(self.work)  # where RecBole leaves its logs
        config = self.config({})
        logging.disable(logging.CRITICAL)
        self.dataset = create_dataset(config)
        self.train, _, _ = data_preparation(config, self.dataset)
        matrix = self.train.dataset.inter_matrix().tocsr()
        self.seen = [matrix[u].indices for u in range(matrix.shape[0])]
        self.users, self.items = (self.dataset.field2id_token[f] for f in ("user_id", "item_id"))

    def config(self, settings):
        return self.Config(model=self.name, dataset="pairs", config_dict={
            "data_path": self.work, "benchmark_filename": ["train", "valid", "test"], "use_gpu": False, "worker": 0,
            "load_col": {"inter": ["user_id", "item_id"]}, "train_batch_size": 2048, "seed": self.seed,
            "reproducibility": True, "show_progress": False, "state": "ERROR", "checkpoint_dir": self.work, **settings})

    def fits(self, settings, epochs):
        """Yields (epochs, lists) after each EVERY epochs; of a closed form once."""
        config = self.config(settings)
        self.init_seed(self.seed, True)
        model = self.get_model(self.name)(config, self.train.dataset)
        if self.name == "EASE":
            yield 0, self.lists(model)
            return
        trainer = self.get_trainer(config["MODEL_TYPE"], self.name)(config, model)
        for epoch in range(epochs):
            model.train()
            trainer._train_epoch(self.train, epoch, show_progress=False)
            if (epoch + 1) % EVERY == 0 or epoch + 1 == epochs:
                yield epoch + 1, self.lists(model)

    def lists(self, model):
        from recbole.data.interaction import Interaction
        model.eval()
        model.restore_user_e = None  # what LightGCN kept from the last time
        lists, n = {}, len(self.users)
        with self.torch.no_grad():
            for begin in range(1, n, 256):
                users = self.torch.arange(begin, min(begin + 256, n))
                scores = model.full_sort_predict(Interaction({"user_id": users})).reshape(len(users), -1)
                scores = np.array(scores, dtype=np.float32)
                scores[:, 0] = -np.inf  # padding
                for u, row in zip(users.tolist(), scores):
                    lists[self.users[u]] = [self.items[i] for i in best_of(row, self.seen[u])]
        return lists


class Matrix:
    """What peers on a sparse matrix of users and items share."""

    def __init__(self, _, pairs, seed):
        import scipy.sparse as sparse
        self.seed = seed
        self.users, self.items = (sorted({pair[k] for pair in pairs}) for k in (0, 1))
        number = [{name: n for n, name in enumerate(names)} for names in (self.users, self.items)]
        where = [np.array([number[k][pair[k]] for pair in pairs]) for k in (0, 1)]
        self.matrix = sparse.csr_matrix((np.ones(len(pairs), np.float32), where))
        self.matrix.data[:] = 1

    def lists(self, scores):
        return {user: [self.items[i] for i in best_of(scores[u], self.matrix[u].indices)]
                for u, user in enumerate(self.users)}


class Implicit(Matrix):
    def fits(self, settings, _):
        from implicit.als import AlternatingLeastSquares
        model = AlternatingLeastSquares(iterations=15, num_threads=1, random_state=self.seed, **settings)
        model.fit(self.matrix, show_progress=False)
        yield 0, self.lists(model.user_factors @ model.item_factors.T)


class EaseByUsers(Matrix):
    """EASE's scores, exactly, by an inverse as large as there are users: to choose the regularization in seconds.

    With M = (X X' + r)^-1, X P = M X and diag P = (1 - diag(X' M X)) / r; P is the inverse of X' X + r.
    """

    def fits(self, settings, _):
        r = settings["reg_weight"]
        x = self.matrix.toarray().astype(np.float64)
        mx = np.linalg.inv(x @ x.T + r * np.eye(len(x))) @ x
        yield 0, self.lists(-mx / ((1 - (x * mx).sum(axis=0)) / r))


def main():
    folder, name, seed, epochs, out = sys.argv[1:6]
    sys.argv = sys.argv[:1]
    peer = Implicit if name == "ALS" else RecBole
    valid = read(f"{folder}/valid.txt")
    fit = (EaseByUsers if name == "EASE" else peer)(name, read(f"{folder}/train.txt"), int(seed))
    found, tried = (-1.0, 0, {}), 0
    for values in itertools.product(*TRIED[name].values()):
        settings, best = dict(zip(TRIED[name], values)), (-1.0, 0)
        tried += 1
        for n, lists in fit.fits(settings, int(epochs)):
            value = ndcg(lists, valid)
            best = max(best, (value, n), key=lambda b: b[0])
            if n >= best[1] + EVERY * PATIENCE:
                break
        print(f"{name} {settings} {best[0]:.4f} after {best[1]}", file=sys.stderr, flush=True)
        found = max(found, (*best, settings), key=lambda f: f[0])
    lists = None
    for _, lists in peer(name, read(f"{folder}/all.txt"), int(seed)).fits(found[2], found[1]):
        pass
    with open(out, "w", encoding="utf-8") as file:
        file.writelines(f"{user} {' '.join(items)}\n" for user, items in lists.items())
    print(json.dumps({"settings": found[2], "epochs": found[1], "valid": found[0], "tried": tried}))


if __name__ == "__main__":
    main()
