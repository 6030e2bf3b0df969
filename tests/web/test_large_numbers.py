"""Numbers that no row can have get no error that nobody knows."""

from __future__ import annotations

import pytest

LARGE = "9" * 25


@pytest.mark.parametrize(
    "path",
    ["/questions?topic={}", "/gems/{}", "/queue?gem={}", "/gems?page={}", "/search?q=x&page={}", "/api/v1/gems/{}",
     "/gems/due?page={}"],
)  # fmt: skip
def test_an_address_with_a_large_number_is_answered(client_as, path):
    assert client_as("curator").get(path.format(LARGE)).status_code < 500


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/gems/due/hand-over", {"gem": LARGE, "to": LARGE}),
        ("/questions/1/join", {"into": LARGE}),
        ("/gems/1/evidence", {"review": LARGE, "quote": "x"}),
        ("/gems/1/merge", {"into": LARGE}),
        ("/tags/look-alikes/keep-apart", {"tag": LARGE, "into": LARGE}),
        ("/tags/1/split", {"reviews": LARGE, "name": "x"}),
        ("/bulk", {"ids": LARGE, "do": "tag"}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_form_with_a_large_number_is_answered(client_as, path, sent):
    assert client_as("curator").post(path, data=sent).status_code < 500
