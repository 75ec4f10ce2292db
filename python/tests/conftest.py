"""What tests share: a small table of events, a small shop, and the program to compare with."""

import json
import os
import subprocess

import pytest

import vitrine

SOURCE = os.environ.get("VITRINE_SOURCE", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PROGRAM = os.environ.get("VITRINE_PROGRAM", os.path.join(SOURCE, "build-debug", "src", "cli", "vitrine"))


def events(users=60, items=60, each=12, seed=7):
    """A table whose taste is known: users of a group like items of that group, every pair once."""
    state = seed
    rows = {"user": [], "item": [], "time": [], "rating": []}
    for user in range(users):
        seen = set()
        while len(seen) < each:
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            item = (state >> 33) % items
            if (state >> 60) % 4 != 0:  # three of four are of the user's group
                item = (item // 3 * 3 + user % 3) % items
            if item in seen:
                continue
            seen.add(item)
            rows["user"].append(f"u{user:03}")
            rows["item"].append(f"i{item:02}")
            rows["time"].append(1_600_000_000 + 86_400 * (len(seen) * 7 + user % 5) + user)
            rows["rating"].append(float((state >> 40) % 3 + (3 if item % 3 == user % 3 else 1)))
    return rows


@pytest.fixture(scope="session")
def table():
    return events()


@pytest.fixture(scope="session")
def dataset(table):
    return vitrine.Dataset.from_frame(table, time="time", rating="rating")


@pytest.fixture(scope="session")
def parts(dataset):
    return dataset.split("time:0.8,0.1,0.1")


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory):
    """A generated shop, for reading."""
    path = tmp_path_factory.mktemp("shops") / "generated"
    vitrine.Shop(path).generate(products=70, users=200, reviews=800, photos=0)
    return path


@pytest.fixture
def shop(shop_folder):
    with vitrine.Shop(shop_folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def program():
    """Runs the program with --json and gives what it printed."""
    if not os.path.exists(PROGRAM):
        pytest.skip("there is no program: build it, or name it in VITRINE_PROGRAM")

    def run(*words):
        done = subprocess.run([PROGRAM, *map(str, words), "--json"], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return run
