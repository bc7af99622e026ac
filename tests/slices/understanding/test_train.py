"""Training gives the same file every time, and the file reads back as the same model."""

import io
import zlib

import numpy as np
import pytest

from xiaoer.slices.understanding.features import features
from xiaoer.slices.understanding.model import ModelUnreadable, read_model, write_model
from xiaoer.slices.understanding.pack import Utterance, read_pack, read_utterances, shipped_model
from xiaoer.slices.understanding.train import train

PACK = read_pack()
FEW = [u for u in read_utterances() if u.intent in ("ship.when", "after.return", "order.invoice", "chat.ack")][:600]


def test_the_same_lines_give_the_same_file() -> None:
    first = write_model(train(PACK, FEW, "f", shipped_model()).model)
    assert write_model(train(PACK, FEW, "f", shipped_model()).model) == first


def test_a_shops_own_line_is_learnt_and_the_judges_are_kept() -> None:
    lines = [
        *FEW,
        *(Utterance(text, "shop.taster") for text in ("试吃官怎么报名", "想当试吃官", "试吃官名额还有吗") * 4),
    ]
    trained = train(PACK, lines, "f", shipped_model())
    own, _ = trained.model.probabilities(features("试吃官在哪报", PACK.lexicon.concepts))
    assert trained.model.labels[int(own.argmax())] == "shop.taster"
    assert np.array_equal(trained.model.gate, shipped_model().gate)
    assert trained.held_out_accuracy > 0.7


def test_a_file_reads_back_as_the_same_model() -> None:
    model = shipped_model()
    again = read_model(write_model(model))
    assert again.labels == model.labels
    text = list(features("什么时候发货", PACK.lexicon.concepts))
    assert np.allclose(again.probabilities(text)[0], model.probabilities(text)[0], atol=0.01)


def test_a_file_of_another_format_is_refused() -> None:
    file = io.BytesIO()
    np.savez(file, format=np.array([99]))
    with pytest.raises(ModelUnreadable):
        read_model(zlib.compress(file.getvalue()))
