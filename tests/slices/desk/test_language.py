"""Which language a buyer writes."""

import pytest

from xiaoer.slices.desk.rules.language import language_of


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["在吗", "什么时候发货"], ""),
        (["呢件衫有冇货呀", "几时可以送嚟"], "粤语"),
        (["唔该，点解仲未发货嘅"], "粤语"),
        (["这个啥子时候到嘛", "莫得货了嗦"], "四川话"),
        (["hello, when will my order arrive"], "英语"),
        (["转人工", "I need help with my order please"], "英语"),
        (["有 iPhone 15 Pro Max 的壳吗"], ""),
        (["OK", "ok thanks"], ""),
        (["fahuo le ma", "zenme hai mei dao"], ""),
        (["サイズはありますか"], "日语"),
        (["когда придёт заказ"], "俄语"),
        (["他说「冇」是什么意思"], ""),
        ([], ""),
    ],
)
def test_the_language_is_told_by_what_no_other_has(texts: list[str], language: str) -> None:
    assert language_of(texts) == language
