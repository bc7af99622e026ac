"""Many texts taken apart at once give the marks that each gives alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.slices.knowledge.retrieval.concepts import builtin
from xiaoer.slices.knowledge.retrieval.features import FAMILIES, marks_of
from xiaoer.slices.knowledge.retrieval.rows import rows_of
from xiaoer.slices.knowledge.retrieval.traits import Traits
from xiaoer.slices.knowledge.retrieval.vectors import shipped
from xiaoer.slices.understanding.api import Understanding

_WORDS = Understanding.shipped()
_PIECES = st.sampled_from(
    ["花呗", "怎么", "关闭", "开通", "多久", "发货", "退", "的", "货", "a4", "XL", "12", "羽绒服", "，", " ", "🙂"]
)
_TEXTS = st.lists(
    st.one_of(st.lists(_PIECES, max_size=9).map("".join), st.text(max_size=12), st.just("能退货吗" * 60)), max_size=9
)


@given(_TEXTS)
def test_texts_together_have_the_marks_that_they_have_alone(texts: list[str]) -> None:
    forms = [_WORDS.forms(text) for text in texts]
    rows = rows_of(forms, builtin())
    names = list(rows.vocabulary)
    assert list(rows.vocabulary.values()) == list(range(len(names)))
    assert rows.size == len(texts)
    for text, form in enumerate(forms):
        for at, family in enumerate(marks_of(form, builtin()).families):
            row = text * len(FAMILIES) + at
            found = [names[mark] for mark in rows.marks[rows.ends[row] : rows.ends[row + 1]]]
            assert sorted(found) == sorted(family)


@given(_TEXTS)
def test_texts_together_have_the_traits_and_directions_that_they_have_alone(texts: list[str]) -> None:
    marks = [marks_of(_WORDS.forms(text), builtin()) for text in texts]
    rows = rows_of([_WORDS.forms(text) for text in texts], builtin())
    traits, table = Traits(builtin(), []), shipped()
    assert traits.of_rows(rows).tolist() == [traits.of(one) for one in marks]
    directions = table.directions(rows, np.array(table.places(rows.vocabulary), np.int32))
    for one, direction in zip(marks, directions, strict=True):
        assert abs(table.direction(table.places_of(one)) - direction).max() < 1e-4
