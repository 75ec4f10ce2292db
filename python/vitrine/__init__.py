"""
Vitrine: product recommendations and shop analytics.

    shop = vitrine.Shop("s")
    shop.import_amazon("reviews.json.gz", "meta.json.gz")
    train, valid, test = shop.dataset(min_user=3).split("time:0.8,0.1,0.1")
    model = vitrine.EASE().fit(train, valid)
    ids, scores, reasons = model.recommend(["u1"], n=10)
    vitrine.evaluate([vitrine.Popularity(), model], test, at=[5, 10])
"""

from ._vitrine import version as __version__
from .dataset import Dataset, Part, Split
from .errors import (
    BadFormat,
    Busy,
    Cancelled,
    Closed,
    Corrupt,
    Error,
    Exists,
    Forked,
    InputOutput,
    Invalid,
    NoMemory,
    NotFound,
    Unsupported,
)
from .evaluation import METRICS, Tuned, cross_validate, evaluate, tune
from .models import (
    BPR,
    EASE,
    IALS,
    MF,
    SLIM,
    VBPR,
    Content,
    Explanation,
    Fusion,
    Hybrid,
    ItemKNN,
    LightGCN,
    MLPFusion,
    Model,
    Popularity,
    Ranker,
    Recommendations,
    SASRec,
    SVDpp,
    kinds,
    load,
    of_kind,
)
from .projection import Embeddings, Map, pca, tsne
from .shop import Answer, Report, Shop, import_kinds, insight_file, insight_kinds

__all__ = [
    "__version__", "Answer", "BPR", "BadFormat", "Busy", "Cancelled", "Closed", "Content", "Corrupt", "Dataset", "EASE",
    "Embeddings", "Error", "Exists", "Explanation", "Forked", "Fusion", "Hybrid", "IALS", "InputOutput", "Invalid",
    "ItemKNN", "LightGCN", "METRICS", "MF", "MLPFusion", "Map", "Model", "NoMemory", "NotFound", "Part", "Popularity",
    "Ranker",
    "Recommendations", "Report", "SASRec", "SLIM", "SVDpp", "Shop", "Split", "Tuned", "Unsupported", "VBPR",
    "cross_validate", "evaluate", "import_kinds", "insight_file", "insight_kinds", "kinds", "load", "of_kind", "pca",
    "tsne", "tune",
]
