"""Vectors are seen without copying; maps are those of the library."""

import pytest

import vitrine

np = pytest.importorskip("numpy")


@pytest.fixture(scope="module")
def cloud():
    random = np.random.default_rng(5)
    centres = random.normal(size=(3, 16)) * 4
    return (centres[np.arange(90) % 3] + random.normal(size=(90, 16))).astype("f4")


def test_pca_is_that_of_a_decomposition(cloud):
    found = vitrine.pca(cloud, dims=3)
    centred = cloud.astype("f8") - cloud.mean(axis=0, dtype="f8")
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    expected = centred @ directions[:3].T
    assert np.asarray(found).shape == (90, 3)
    assert np.allclose(np.abs(found), np.abs(expected), atol=1e-3)
    assert found.explained == pytest.approx(singular[:3] ** 2 / (singular**2).sum(), abs=1e-5)


def test_tsne_shows_neighbours(cloud):
    found = vitrine.tsne(cloud, perplexity=10, seed=3)
    at = np.asarray(found)
    distance = ((at[:, None] - at[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    assert (distance.argmin(axis=1) % 3 == np.arange(90) % 3).mean() > 0.95
    assert found.perplexity == 10 and found.divergence > 0
    assert np.array_equal(at, vitrine.tsne(cloud.astype("f8"), perplexity=10, seed=3, threads=1))
    told = []
    vitrine.tsne(cloud, progress=lambda stage, *rest: told.append(stage))
    assert told


def test_rows_of_all_sorts(cloud):
    expected = np.asarray(vitrine.pca(cloud))
    assert np.array_equal(vitrine.pca(cloud.tolist()), expected)
    assert np.array_equal(vitrine.pca(np.asfortranarray(cloud)), expected)
    assert np.array_equal(vitrine.pca(memoryview(cloud)), expected)
    assert len(vitrine.pca(cloud)) == 90 and vitrine.pca(cloud)[0].shape == (2,)


def test_refused(cloud):
    with pytest.raises(vitrine.Invalid, match="2 or 3 dimensions, not 5"):
        vitrine.pca(cloud, dims=5)
    with pytest.raises(vitrine.Unsupported, match="4 vectors"):
        vitrine.tsne(cloud[:3])
    with pytest.raises(vitrine.BadFormat, match="a matrix is expected"):
        vitrine.pca(cloud[0])
    bad = cloud.copy()
    bad[3, 3] = np.nan
    with pytest.raises(vitrine.BadFormat):
        vitrine.pca(bad)
    with pytest.raises(vitrine.BadFormat, match="float32"):
        vitrine.pca(memoryview(cloud.astype("f8")))


def write_vectors(shop):
    """Vectors of texts where there is an encoder to make them; else the reason why not."""
    try:
        shop.encode(photos=False)
    except (vitrine.Unsupported, vitrine.NotFound) as error:
        return error.message
    return None


def test_embeddings_are_shared_memory(tmp_path):
    shop = vitrine.Shop(tmp_path / "s")
    shop.generate(products=40, users=20, reviews=30, photos=0)
    with pytest.raises(vitrine.NotFound, match="encode"):
        shop.embeddings("text")
    with pytest.raises(vitrine.Invalid, match="text or image"):
        shop.embeddings("sound")
    why_not = write_vectors(shop)
    if why_not is not None:
        pytest.skip(why_not)
    found = shop.embeddings("text")
    memory = memoryview(found._handle)
    assert memory.readonly and memory.format == "f" and memory.shape == found.vectors.shape
    address = np.asarray(memory).__array_interface__["data"][0]
    assert found.vectors.__array_interface__["data"][0] == address, "the library's own memory"
    assert np.shares_memory(found.vectors, np.asarray(found))
    assert not found.vectors.flags.writeable and not found.vectors.flags.owndata
    with pytest.raises(ValueError):
        found.vectors[0, 0] = 1
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(found[found.ids[7]], found.vectors[7])
    with pytest.raises(vitrine.NotFound, match='no item "zebra"'):
        found["zebra"]
    row = found.vectors[3]
    before = row.copy()
    found._handle.close()
    del found, memory
    assert np.array_equal(row, before), "who sees it keeps it"
    assert vitrine.pca(shop.embeddings("text")).at.shape == (40, 2)


def test_answers_have_new_vectors(tmp_path):
    shop = vitrine.Shop(tmp_path / "s")
    shop.generate(products=40, users=60, reviews=200, photos=0)
    why_not = write_vectors(shop)
    if why_not is not None:
        pytest.skip(why_not)
    shop.save_model(vitrine.Content().fit(shop.dataset()))
    known = shop.dataset().items[0]
    assert shop.similar(known, n=3).ids
    shop.add_items({"id": ["new"], "title": ["A wireless speaker of walnut"], "description": ["Twelve hours."]})
    shop.encode(photos=False)
    found, anew = shop.similar("new", n=5), vitrine.Shop(tmp_path / "s").similar("new", n=5)
    assert found.ids == anew.ids and found.scores == anew.scores and found.ids


def test_models_by_vectors(tmp_path):
    shop = vitrine.Shop(tmp_path / "s")
    shop.generate(products=40, users=60, reviews=200, photos=0)
    why_not = write_vectors(shop)
    if why_not is not None:
        pytest.skip(why_not)
    dataset = shop.dataset()
    for cls in (vitrine.Content, vitrine.VBPR, vitrine.Hybrid, vitrine.MLPFusion):
        model = cls(by="text").fit(dataset) if cls is vitrine.VBPR else cls().fit(dataset)
        assert model.recommend(dataset.users[0], n=3).ids
