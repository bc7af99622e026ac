"""What is bought together is found by lift, with support, and what everybody buys is tied to nothing."""

from xiaoer.slices.selling.rules.together import bought_together

BAG = "bag"  # in every order


def test_goods_that_stand_together_more_often_than_chance_are_found_both_ways() -> None:
    orders = [("tea", "cup", BAG)] * 4 + [("tea", BAG)] + [("sock", BAG)] * 5
    found = bought_together(orders)
    assert found["tea"] == (("cup", 2.0, 4),)  # 4 of 10 together, 5 and 4 alone: 4 * 10 / (5 * 4)
    assert found["cup"] == (("tea", 2.0, 4),)
    assert BAG not in found


def test_too_few_orders_are_chance_and_two_pieces_of_one_are_no_pair() -> None:
    assert bought_together([("tea", "cup")] * 2 + [("sock",)] * 8) == {}
    assert bought_together([("tea", "tea")] * 9 + [()]) == {}


def test_the_best_come_first_and_no_more_than_the_limit() -> None:
    orders = [("tea", "cup")] * 6 + [("tea", "pot")] * 3 + [("pot",)] * 3 + [("sock",)] * 20
    assert [product for product, _, _ in bought_together(orders)["tea"]] == ["cup", "pot"]
    assert [product for product, _, _ in bought_together(orders, limit=1)["tea"]] == ["cup"]
