"""All pages of insight by name."""

from collections.abc import Callable, Mapping

from msgspec import structs

from xiaoer.flows.show_insights.after_sales import show_after_sales
from xiaoer.flows.show_insights.funnel import show_funnel
from xiaoer.flows.show_insights.gaps import show_gaps
from xiaoer.flows.show_insights.page import Page, without_comparison
from xiaoer.flows.show_insights.quality import show_quality
from xiaoer.flows.show_insights.questions import show_questions
from xiaoer.flows.show_insights.sentiment import show_sentiment
from xiaoer.flows.show_insights.service import show_service
from xiaoer.flows.show_insights.value import show_value
from xiaoer.flows.show_insights.view import View
from xiaoer.kernel.clock import SHOP_ZONE

PAGES: Mapping[str, Callable[[View], Page]] = {
    "hot-questions": show_questions,
    "after-sales": show_after_sales,
    "funnel": show_funnel,
    "sentiment": show_sentiment,
    "service": show_service,
    "quality": show_quality,
    "gaps": show_gaps,
    "value": show_value,
}


def show_page(view: View, name: str) -> Page:
    """A page by name; it says when narrowed figures are estimates and when today is not over, and compares with nothing
    that was not recorded whole."""
    page = structs.replace(PAGES[name](view), sampled=view.sampled)
    if view.begins:
        return without_comparison(page, view.begins)
    if view.unfinished is None or view.now is None:
        return page
    return structs.replace(page, until=f"{view.now.astimezone(SHOP_ZONE):%H:%M}")
