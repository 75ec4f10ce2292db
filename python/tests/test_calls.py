"""Calls let other threads run, tell progress, and stop at Ctrl-C."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import vitrine


def test_progress_is_told(table):
    told = []
    vitrine.Dataset.from_frame(table, progress=lambda *state: told.append(state))
    assert told and all(len(state) == 5 for state in told)
    stages = {state[0] for state in told}
    assert "reading events" in stages or "building snapshot" in stages


def test_bars(table, capsys):
    tqdm = pytest.importorskip("tqdm")
    del tqdm
    dataset = vitrine.Dataset.from_frame(table, progress=True)
    vitrine.BPR(epochs=3).fit(dataset, progress=True)
    assert "fitting" in capsys.readouterr().err


def test_an_exception_of_the_callback_comes_through(dataset):
    class Enough(Exception):
        pass

    def stop(*state):
        raise Enough("that will do")

    with pytest.raises(Enough, match="that will do"):
        vitrine.SASRec(epochs=50).fit(dataset, progress=stop)
    with pytest.raises(TypeError):
        vitrine.SASRec(epochs=50).fit(dataset, progress=lambda: None)


def test_other_threads_run(dataset):
    counted = []
    done = threading.Event()

    def count():
        while not done.is_set():
            counted.append(time.perf_counter())
            time.sleep(0.001)

    other = threading.Thread(target=count)
    other.start()
    began = time.perf_counter()
    vitrine.SASRec(epochs=40, threads=1).fit(dataset)
    ended = time.perf_counter()
    done.set()
    other.join()
    assert sum(began < at < ended for at in counted) > 3, "the interpreter was free during the fit"


def test_many_threads_ask_one_model(dataset):
    model = vitrine.EASE().fit(dataset)
    users = dataset.users
    expected = model.recommend(users, n=5).ids
    wrong = []

    def ask(at):
        for _ in range(20):
            if model.recommend(users[at], n=5).ids != expected[at]:
                wrong.append(at)

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_closing_while_others_ask(dataset):
    model = vitrine.EASE().fit(dataset)
    users, said = dataset.users * 20, []

    def ask():
        try:
            while True:
                model.recommend(users, n=5)
        except vitrine.Closed as error:
            said.append(error.message)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    model.close()
    for thread in threads:
        thread.join(20)
    assert len(said) == 3


INTERRUPTED = """
import sys, vitrine
sys.path.insert(0, sys.argv[1])
from conftest import events
dataset = vitrine.Dataset.from_frame(events(users=300, items=200, each=40), time="time")
told = []
def tell(stage, unit, done, total, detail):
    if not told:
        told.append(stage)
        print("fitting", flush=True)
try:
    vitrine.SASRec(epochs=1000).fit(dataset, progress=tell)
except KeyboardInterrupt:
    print("stopped", flush=True)
    print(len(vitrine.EASE().fit(dataset).recommend("u000", n=3).ids), flush=True)
"""


def test_ctrl_c():
    here = os.path.dirname(os.path.abspath(__file__))
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED, here], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as child:
        assert child.stdout.readline() == "fitting\n"
        child.send_signal(signal.SIGINT)
        said, errors = child.communicate(timeout=60)
    assert (child.returncode, said) == (0, "stopped\n3\n"), errors
