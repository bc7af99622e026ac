"""Training gives the same file every time, and the file reads back as the same model."""

import io
import zlib

import numpy as np
import pytest

from xiaoer.slices.understanding.features import features
from xiaoer.slices.understanding.model import ModelUnreadable, read_model, write_model
from xiaoer.slices.understanding.pack import Utterance, read_pack, read_utterances, shipped_model
from xiaoer.slices.understanding.training.encoder import Example, fit_encoder
from xiaoer.slices.understanding.training.shop import regression
from xiaoer.slices.understanding.training.train import parted, train

PACK = read_pack()
CODES = ("ship.when", "after.return", "order.invoice", "chat.ack")
FEW = [u for code in CODES for u in [v for v in read_utterances() if v.intent == code][:160]]


def test_the_same_lines_give_the_same_file() -> None:
    first = write_model(train(PACK, FEW, "f", shipped_model()).model)
    assert write_model(train(PACK, FEW, "f", shipped_model()).model) == first


def test_the_encoder_is_learnt_and_is_the_same_every_time() -> None:
    pairs = [(u.text, CODES.index(u.intent)) for u in FEW if u.prev_buyer is None]
    examples = [Example(text, label) for text, label in pairs]
    first, second = fit_encoder(examples, CODES, rounds=6), fit_encoder(examples, CODES, rounds=6)
    assert np.array_equal(first.out, second.out)
    right = sum(int(first.scores(text).argmax()) == label for text, label in pairs)
    assert right > 0.9 * len(pairs)
    assert np.exp(first.scores("从没见过的字龘龘")).sum() == pytest.approx(1, abs=1e-4)


def test_a_shops_own_line_is_learnt_and_the_judges_are_kept() -> None:
    lines = [
        *FEW,
        *(Utterance(text, "shop.taster") for text in ("试吃官怎么报名", "想当试吃官", "试吃官名额还有吗") * 4),
    ]
    trained = train(PACK, lines, "f", shipped_model())
    own = trained.model.probabilities(features("试吃官在哪报", PACK.lexicon.concepts), "试吃官在哪报")
    assert trained.model.labels[int(own.argmax())] == "shop.taster"
    assert np.array_equal(trained.model.gate, shipped_model().gate)


def test_a_model_that_forgot_is_seen_on_the_lines_that_none_ever_learns() -> None:
    lines, check = parted(FEW)
    assert not {u.text for u in check} & {u.text for u in lines if u.prev_buyer is None}
    forgetful = train(PACK, [u for u in lines if u.intent != "after.return"], "f", shipped_model()).model
    returns = [u for u in check if u.intent == "after.return"]
    assert returns
    assert regression(PACK, forgetful, returns) < regression(PACK, shipped_model(), returns)


def test_a_file_reads_back_as_the_same_model() -> None:
    model = shipped_model()
    again = read_model(write_model(model))
    assert again.labels == model.labels
    text = list(features("什么时候发货", PACK.lexicon.concepts))
    said = "什么时候发货"
    assert np.allclose(again.probabilities(text, said), model.probabilities(text, said), atol=0.01)


def test_a_file_of_another_format_is_refused() -> None:
    file = io.BytesIO()
    np.savez(file, format=np.array([99]))
    with pytest.raises(ModelUnreadable):
        read_model(zlib.compress(file.getvalue()))
