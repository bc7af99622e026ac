"""A django-oscar shop for tests, in one file; runs in a Python of its own: `shop.py migrate|seed|serve PORT`.

Oscar's API has no orders by number, no search by words and no price without a basket, so a shop that Xiaoer
connects to adds these views (docs/connectors.md). They use Oscar's own models and nothing else.
"""

import json
import os
import sys
from pathlib import Path

import django
from django.conf import settings

HERE = Path(__file__).parent
FOLDER = Path(os.environ["OSCAR_FOLDER"])


def _config_of(part: str) -> str:
    """`catalogue.reviews` → `CatalogueReviewsConfig`, `dashboard.users` → `UsersDashboardConfig`."""
    words = part.split(".")
    if words[0] == "dashboard":
        words.reverse()
    return "".join(word.title() for word in words) + "Config"


def configure() -> None:
    from oscar import defaults

    given = {name: getattr(defaults, name) for name in dir(defaults) if name.startswith("OSCAR")}
    parts = (
        "analytics", "checkout", "address", "shipping", "catalogue", "catalogue.reviews", "communication", "partner",
        "basket", "payment", "offer", "order", "customer", "search", "voucher", "wishlists", "dashboard",
        "dashboard.reports", "dashboard.users", "dashboard.orders", "dashboard.catalogue", "dashboard.offers",
        "dashboard.partners", "dashboard.pages", "dashboard.ranges", "dashboard.reviews", "dashboard.vouchers",
        "dashboard.communications", "dashboard.shipping",
    )  # fmt: skip
    names = [f"oscar.apps.{part}.apps.{_config_of(part)}" for part in parts]
    settings.configure(
        **{
            **given,
            "SECRET_KEY": "test",
            "DEBUG": False,
            "ALLOWED_HOSTS": ["127.0.0.1"],
            "ROOT_URLCONF": "urls",
            "DATABASES": {
                "default": {
                    "ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "shop.sqlite"), "ATOMIC_REQUESTS": True
                }
            },
            "INSTALLED_APPS": [
                "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
                "django.contrib.messages", "django.contrib.flatpages", "django.contrib.staticfiles",
                "oscar.config.Shop", *names, "widget_tweaks", "haystack", "treebeard", "django_tables2",
                "rest_framework", "oscarapi",
            ],
            "MIDDLEWARE": [
                "django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "oscarapi.middleware.ApiBasketMiddleWare",
            ],
            "TEMPLATES": [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
            "HAYSTACK_CONNECTIONS": {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
            "REST_FRAMEWORK": {
                "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.BasicAuthentication"]
            },
            "AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"],
            # Basic authentication checks the password on every call; a slow hash would be all that is measured
            "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
            "SITE_ID": 1,
            "USE_TZ": True,
            "TIME_ZONE": "Asia/Shanghai",
            "STATIC_URL": "/static/",
            "MEDIA_ROOT": str(FOLDER / "media"),
            "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
            "OSCAR_DEFAULT_CURRENCY": "CNY",
            "OSCAR_INITIAL_ORDER_STATUS": "待付款",
            "OSCARAPI_INITIAL_ORDER_STATUS": "待付款",
            "OSCAR_ORDER_STATUS_PIPELINE": {
                "待付款": ("待发货", "已关闭"), "待发货": ("已发货", "退款中"), "已发货": ("已完成", "退款中"),
                "退款中": ("已关闭",), "已完成": (), "已关闭": (),
            },
            "OSCAR_SEND_ORDER_PLACED_EMAIL": False,
        }
    )  # fmt: skip
    django.setup()


def main() -> None:
    sys.path.insert(0, str(HERE))
    configure()
    from django.core.management import call_command

    match sys.argv[1:]:
        case ["migrate"]:
            call_command("migrate", verbosity=0)
        case ["seed"]:
            import seed

            print(json.dumps(seed.fill(json.load(sys.stdin))))
        case ["serve", port]:
            call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)


if __name__ == "__main__":
    main()
