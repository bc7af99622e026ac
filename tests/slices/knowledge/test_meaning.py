"""Directions of meaning are learnt from our own texts, the same every time, and shipped with the product."""

from collections.abc import Sequence

import numpy as np
import pytest

from xiaoer.slices.knowledge.retrieval import train, vectors
from xiaoer.slices.knowledge.retrieval.concepts import builtin
from xiaoer.slices.knowledge.retrieval.features import Marks, marks_of

_ALIKE = {
    "open": ("花呗怎么开通", "如何开启花呗", "花呗咋激活", "怎样启用花呗"),
    "late": ("快递怎么还没到", "包裹几天没动静", "物流不更新了", "快件卡住了"),
    "size": ("一米七穿什么码", "一百二十斤穿多大", "身高一六五选哪个尺码", "体重一百三穿几码"),
    "money": ("多少钱", "什么价", "卖多少", "价格是多少"),
}


def _marks(analyser, texts: Sequence[str]) -> list[Marks]:
    return [marks_of(analyser.forms(text), builtin()) for text in texts]


@pytest.mark.parametrize(
    ("asked", "near", "far"),
    [
        ("包裹怎么一直不动", "物流停了好几天", "这件衣服会不会掉色"),
        ("啥时候给我寄", "几天能发货", "发票抬头开错了"),
        ("我这身材穿哪个码", "一米六五选什么尺寸", "可以用微信付款吗"),
        ("收到的裙子不合适想退掉", "怎么申请退货", "宝宝能用吗"),
    ],
)
def test_texts_that_ask_alike_point_alike(analyser, asked: str, near: str, far: str) -> None:
    table = vectors.shipped()
    one, other, third = (table.direction(table.places_of(m)) for m in _marks(analyser, (asked, near, far)))
    assert one @ other > one @ third


def test_learning_twice_gives_the_same_table(analyser) -> None:
    groups = {name: _marks(analyser, texts) for name, texts in _ALIKE.items()}
    tables = [vectors.pack_table(*train.learn(groups, groups, steps=20, least=1)) for _ in range(2)]
    assert tables[0] == tables[1]


def test_learning_brings_a_group_together(analyser) -> None:
    groups = {name: _marks(analyser, texts) for name, texts in _ALIKE.items()}
    table = vectors.VectorTable(*train.learn(groups, groups, steps=60, least=1))
    directions = np.array([table.direction(table.places_of(marks)) for texts in groups.values() for marks in texts])
    likeness = directions @ directions.T
    same = np.kron(np.eye(len(groups)), np.ones((4, 4))).astype(bool)
    assert likeness[same].mean() > likeness[~same].mean() + 0.3
