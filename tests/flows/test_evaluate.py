"""Evaluation tells the kind of a file and counts right."""

from typing import Any

import pytest

from xiaoer.flows.evaluate.intents import evaluate_intents
from xiaoer.flows.evaluate.retrieval import Found, evaluate_retrieval
from xiaoer.flows.evaluate.rows import UnknownKind, readable, tell_kind, turn_of
from xiaoer.flows.evaluate.values import evaluate_entities, evaluate_sentiment
from xiaoer.slices.understanding.api import Understanding

ENGINE = Understanding.shipped()


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"text": "a", "intents": ["chat.ack"]}, "intents"),
        ({"text": "a", "entities": {}}, "entities"),
        ({"text": "a", "label": "neutral"}, "sentiment"),
        ({"query": "a", "kb_id": None}, "retrieval"),
    ],
)
def test_the_kind_is_told_by_the_columns(row: dict[str, Any], kind: str) -> None:
    assert tell_kind([row]) == kind


def test_unknown_columns_are_refused_with_what_to_give() -> None:
    with pytest.raises(UnknownKind) as error:
        tell_kind([{"foo": 1}])
    assert error.value.code == "evaluation_kind_unknown"


def test_intents_are_counted_per_slice_and_unclear_rows_left_out() -> None:
    rows = [
        {
            "id": "1",
            "slice": "plain",
            "text": "什么时候发货",
            "intents": ["ship.when"],
            "sentiment": "neutral",
            "red_line": False,
        },
        {
            "id": "2",
            "slice": "odd",
            "text": "什么时候发货",
            "intents": ["after.return"],
            "sentiment": "neutral",
            "red_line": True,
        },
        {"id": "3", "slice": "odd", "text": "嗯", "intents": ["chat.ack"], "clear": False},
    ]
    report = evaluate_intents(rows, ENGINE, lambda turn, heard: True)
    assert (report.rows, report.figures["first"]) == (2, 0.5)
    assert report.slices["plain"].figures["first"] == 1.0
    assert report.confusions == (("after.return", "ship.when", 1),)
    assert (report.figures["red_line_recall"], report.figures["red_line_precision"]) == (1.0, 0.5)
    assert "after.return → ship.when  1" in readable(report)


def test_the_turns_before_are_given_to_the_engine() -> None:
    turn = turn_of({"text": "那M呢", "previous": ["L有货吗"], "prev_agent": "有的"})
    assert [(past.author, past.text) for past in turn.history] == [("buyer", "L有货吗"), ("agent", "有的")]
    assert [past.author for past in turn_of({"text": "嗯", "prev_buyer": "a", "prev_agent": None}).history] == ["buyer"]


def test_entities_count_only_when_every_value_is_right() -> None:
    rows = [
        {"id": "1", "text": "我170", "entities": {"height_cm": 170}},
        {"id": "2", "text": "要黑的", "entities": {"color": "白色"}},
    ]
    report = evaluate_entities(rows, ENGINE)
    assert report.figures["exact"] == 0.5
    assert report.slices["color"].figures["right"] == 0.0


def test_sentiment_counts_negative_against_the_rest() -> None:
    report = evaluate_sentiment([{"text": "谢谢", "label": "positive"}, {"text": "骗子", "label": "neutral"}], ENGINE)
    assert report.figures == {"negative_or_not": 0.5, "label": 0.5}


def test_retrieval_counts_ranks_and_refusals() -> None:
    answers = {
        "a": Found(("k1", "k2"), True),
        "b": Found(("k2", "k1"), True),
        "c": Found((), False),
        "d": Found(("k1",), True),
    }
    rows = [
        {"query": "a", "kb_id": "k1"},
        {"query": "b", "kb_id": "k1"},
        {"query": "c", "kb_id": None},
        {"query": "d", "kb_id": None},
    ]
    figures = evaluate_retrieval(rows, answers.__getitem__).figures
    assert (figures["top1"], figures["top3"], figures["refusal_recall"], figures["refusal_precision"]) == (
        0.5,
        1.0,
        0.5,
        1.0,
    )
