"""Training gives the same file every time, and the file reads back as the same model."""

import io
import random
import zlib

import numpy as np
import pytest

from xiaoer.slices.understanding import context
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.features import features
from xiaoer.slices.understanding.model import ModelUnreadable, read_model, write_model
from xiaoer.slices.understanding.pack import Utterance, read_compounds, read_pack, read_utterances, shipped_model
from xiaoer.slices.understanding.training.encoder import Example, fit_encoder
from xiaoer.slices.understanding.training.gate import GateRows, fit_gate
from xiaoer.slices.understanding.training.shop import agreed, learn, regression
from xiaoer.slices.understanding.training.together import Parts, several, told_beside, with_outburst
from xiaoer.slices.understanding.training.train import parted, refined, train

PACK = read_pack()
CODES = ("ship.when", "after.return", "order.invoice", "chat.ack")
EVERY = read_utterances()
FEW = [
    line
    for code in CODES
    for follows, most in ((False, 140), (True, 20))
    for line in [u for u in EVERY if u.intent == code and (u.prev_buyer is not None) == follows][:most]
]


def test_the_same_lines_give_the_same_file() -> None:
    first = write_model(train(PACK, FEW, "f", shipped_model()).model)
    assert write_model(train(PACK, FEW, "f", shipped_model()).model) == first


def test_the_encoder_is_learnt_and_is_the_same_every_time() -> None:
    pairs = [(u.text, CODES.index(u.intent)) for u in FEW if u.prev_buyer is None]
    examples = [Example(text, label) for text, label in pairs]
    first, second = (fit_encoder(examples, CODES, examples, rounds=6) for _ in range(2))
    assert np.array_equal(first.out, second.out)
    right = sum(int(first.scores(text).argmax()) == label for text, label in pairs)
    assert right > 0.9 * len(pairs)
    assert np.exp(first.scores("从没见过的字龘龘")).sum() == pytest.approx(1, abs=1e-4)
    more = fit_encoder(examples, CODES, examples, first, rounds=1)
    assert sum(int(more.scores(text).argmax()) == label for text, label in pairs) >= right - 2


def test_both_sides_of_a_place_are_read_as_if_they_stood_alone() -> None:
    encoder, text = shipped_model().encoder, "那件蓝的还在不在啊什么时候能发货呢"
    assert encoder is not None
    places = [5, 7, 9, 12]
    left, right = encoder.halves(text, places)
    for n, place in enumerate(places):
        assert np.allclose(left[n], encoder.scores(text[:place]), atol=0.02)
        assert np.allclose(right[n], encoder.scores(text[place:]), atol=0.02)


def test_an_encoder_that_saw_lines_put_together_hears_both_matters() -> None:
    pairs = [(u.text, CODES.index(u.intent)) for u in FEW if u.prev_buyer is None and len(u.text) <= 12]
    examples = [Example(text, label) for text, label in pairs]

    def more(rng: random.Random) -> list[Example]:
        drawn = [rng.sample(pairs, 2) for _ in range(400)]
        return [Example(a + b, x, (y,)) for (a, x), (b, y) in drawn if x != y]

    encoder = fit_encoder(examples, CODES, examples, rounds=6, more=more)
    heard = np.argsort(encoder.scores("什么时候发货可以开发票吗"))[-2:]
    assert {CODES[n] for n in heard} == {"ship.when", "order.invoice"}


def test_lines_put_together_keep_apart_what_is_apart() -> None:
    takes = {"after.exchange": ("after.size_wrong",)}
    lines = [
        Utterance("太小了", "after.size_wrong"),
        Utterance("想换大一码", "after.exchange"),
        Utterance("包邮吗", "ship.fee"),
        Utterance("几天能到", "ship.eta"),
    ]
    parts, rng = Parts(lines, takes, ("气死我了",)), random.Random(1)
    for drawn in filter(None, (several(parts, rng) for _ in range(200))):
        codes = {part.intent for part in drawn.parts}
        assert drawn.apart and len(codes) == len(drawn.parts)
        assert not {"after.exchange", "after.size_wrong"} <= codes
    story = told_beside(lines[1], parts, rng)
    assert story is not None and not story.apart and story.ask == "after.exchange"
    assert {part.text for part in story.parts} == {"太小了", "想换大一码"}
    assert told_beside(lines[2], parts, rng) is None
    cross = with_outburst(parts, rng)
    assert not cross.apart and "气死我了" in {part.text for part in cross.parts}
    assert {part.intent for part in cross.parts} == {cross.ask}


def test_the_gate_learns_which_reading_to_believe() -> None:
    rng = np.random.default_rng(1)
    views = np.concatenate([np.ones((2_000, 1)), rng.standard_normal((2_000, 3))], 1).astype(np.float32)
    open_matter = views[:, 1] * views[:, 2] > 0  # no plane parts these
    own, before = np.float32([0.9, 0.1, 0]), np.float32([[0, 1, 0], [0, 0, 0]])
    options = np.stack([own, before[0]])
    truth = open_matter.astype(np.int64)
    sources = np.repeat(np.concatenate([own[None], before])[None], len(views), 0)
    gate = fit_gate(GateRows(views, options[:, truth].T, truth, sources, np.ones(len(views), np.float32)), CODES[:3])
    heard = [int(gate(view, options, own, before).argmax()) for view in views]
    assert (heard == truth).mean() > 0.9


def test_the_gate_learns_what_follows_what() -> None:
    """No reading says the third code; after the second matter these very words mean it."""
    rng = np.random.default_rng(2)
    own, views = np.float32([0.8, 0.1, 0.1]), np.ones((6_000, 1), np.float32)
    after = rng.integers(0, 2, 6_000)
    before = np.zeros((6_000, 2, 3), np.float32)
    before[np.arange(6_000), 0, after] = 1
    sources = np.concatenate([np.repeat(own[None, None], 6_000, 0), before], 1)
    likely = np.stack([np.repeat(own[None], 6_000, 0), before[:, 0]], 1)
    truth = np.where(after == 1, 2, 0)
    rows = GateRows(views, likely[np.arange(6_000), :, truth], truth, sources, np.ones(6_000, np.float32))
    gate = fit_gate(rows, CODES[:3])

    def heard(row: int) -> int:
        return int(gate(views[0], likely[row], own, before[row]).argmax())

    assert [heard(row) for row in range(20)] == truth[:20].tolist()


def test_a_gate_over_other_labels_knows_the_ones_it_learnt() -> None:
    gate, size = shipped_model().gate, context.SIZE
    rng = np.random.default_rng(3)
    view, own = rng.random(size).astype(np.float32), rng.dirichlet(np.ones(len(gate.labels))).astype(np.float32)
    before = np.stack([own[::-1], np.zeros_like(own)])
    options = np.stack([own] * len(context.READINGS))
    other = ("shop.taster", *reversed(gate.labels))
    moved = [
        np.concatenate([np.zeros((*a.shape[:-1], 1), np.float32), a[..., ::-1]], -1) for a in (options, own, before)
    ]
    heard = gate.over(other)(view, *moved)
    assert np.allclose(heard[1:][::-1], gate(view, options, own, before), atol=0.01)


def test_messages_written_with_their_asks_apart_use_the_packs_codes() -> None:
    codes = set(PACK.intents)
    written = read_compounds()
    assert len(written) > 500
    assert {part.intent for parts in written for part in parts} <= codes
    assert sum(len(parts) > 1 for parts in written) > 300


def test_a_shops_own_line_is_learnt_and_nothing_else_is_forgotten() -> None:
    base = shipped_model()
    own = [Utterance(text, "shop.taster") for text in ("试吃官怎么报名", "想当试吃官", "试吃官名额还有吗") * 4]
    model = refined(PACK, own, [u for u in FEW if u.prev_buyer is None], base).model

    def heard(text: str) -> str:
        return model.labels[int(model.probabilities(features(text, PACK.lexicon.concepts), text).argmax())]

    assert heard("试吃官在哪报") == "shop.taster"
    assert [heard(text) for text in ("什么时候发货", "可以开发票吗", "我要退货")] == [
        "ship.when",
        "order.invoice",
        "after.return",
    ]
    assert np.array_equal(model.gate.inner, base.gate.inner)
    assert model.encoder is base.encoder


def test_questions_that_mean_the_same_teach_the_intent_they_are_surely_read_as() -> None:
    read, labels = Understanding(PACK, shipped_model()).probabilities, shipped_model().labels
    learnt = agreed([["什么时候发货", "几时把货弄出门", "今天能发吗"], ["嘎嘎", "呜呜呜啦"]], read, labels)
    assert [(u.text, u.intent) for u in learnt] == [
        ("什么时候发货", "ship.when"),
        ("几时把货弄出门", "ship.when"),
        ("今天能发吗", "ship.when"),
    ]


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


def test_a_shop_that_teaches_a_few_lines_gets_a_model_no_worse() -> None:
    """Also where nothing is taught: what the pack knows keeps its weight in the vote with the encoder."""
    shipped = shipped_model()
    taught = [("能不能来个小灶", "promo.bargain"), ("给开个小灶呗", "promo.bargain"), ("开小灶不", "promo.bargain")]
    model, outcome = learn(PACK, taught, shipped)
    assert outcome.accepted, outcome
    at = model.labels.index("promo.bargain")
    before, after = (Understanding(PACK, one).probabilities("能给开小灶不")[at] for one in (shipped, model))
    assert after > 2 * before
