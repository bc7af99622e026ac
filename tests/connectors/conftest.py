"""The shared contract explains its failures like a test module does."""

import pytest

pytest.register_assert_rewrite("tests.connectors.contract")
