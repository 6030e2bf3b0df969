"""Narrowing a search on its page: several values, values left out, days, and counts that agree with the results."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from browsing import page

from kb import reviews
from kb.finding import finding, narrowing, saved
from kb.models import Draft
from kb.tags import bulk, tags

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
CASES = [
    ("2026-05-31", "Reports", "export"),
    ("2026-05-01", "Reports", "export gdpr"),
    ("2026-04-30", "Desk", "gdpr"),
    ("2026-02-01", "Desk", "export"),
    ("2025-12-24", "Phone", "sync"),
    ("", "Phone", "gdpr"),
]


@pytest.fixture
def cases(library, app):
    for number, (day, product, topics) in enumerate(CASES, 1):
        date = datetime.fromisoformat(f"{day}T12:00:00+00:00") if day else None
        body = f"The zebra of case {number}."
        draft = Draft(title=f"Case {number}", body=body, product=product, tags=tuple(topics.split()), date=date)
        reviews.add(library, draft, "Rosa")
    library.catch_up()
    for one in (library, app.extensions["kb"].library):
        one.now = lambda: NOW
    return library


def titles(found):
    return sorted(hit.title[-1] for hit in found.hits)


def ask(library, question="zebra", **filters):
    chosen = {name.replace("without_", "-").rstrip("_"): tuple(values) for name, values in filters.items()}
    return finding.search(library, question, unmasked=False, filters=chosen, limit=50, months=True)


def links(text):
    """Where each value of the facets leads, by its words."""
    narrow = text[text.index('id="narrow"') :]
    return {
        " ".join(re.sub(r"<[^>]+>", "", words).split()): html.unescape(url)
        for url, words in re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', narrow, re.DOTALL)
    }


def total(text):
    return int(re.search(r'<h1 id="found">(\d+|Nothing)', text)[1].replace("Nothing", "0"))


def test_values_of_a_facet_keep_their_counts_while_one_is_chosen(cases):
    found = ask(cases, product=["Desk"])
    assert dict(found.facets["product"]) == {"Reports": 2, "Desk": 2, "Phone": 2}
    assert dict(found.facets["tag"]) == {"gdpr": 1, "export": 1}


@pytest.fixture
def lorries(library):
    """Ten reviews have both words, one of them on Desk; on Desk there is another that has one of them."""
    for number in range(10):
        product = "Reports" if number else "Desk"
        reviews.add(library, Draft(title="Late", body=f"The lorry at gate {number}.", product=product), "Rosa")
    reviews.add(library, Draft(title="Early", body="Only a lorry.", product="Desk"), "Rosa")
    library.catch_up()
    return library


def test_a_chosen_value_leads_to_as_many_as_its_count_says_however_few(lorries):
    found = ask(lorries, "lorry gate")
    assert (found.total, dict(found.facets["product"])["Desk"]) == (10, 1)
    assert ask(lorries, "lorry gate", product=["Desk"]).total == 1


def test_a_question_that_was_widened_stays_so_while_a_value_is_chosen(lorries):
    before = ask(lorries, "lorry gate zebra crossing")
    count = dict(before.facets["product"])["Desk"]
    assert before.relaxed
    assert ask(lorries, "lorry gate zebra crossing", product=["Desk"]).total == count


@pytest.mark.parametrize(
    "chosen",
    [{}, {"tag": ("export",), "-product": ("Desk",)}, {"from": ("2026-03",)}, {"product": ("Desk", "Phone")}],
    ids=["nothing", "a topic, without a product", "days", "two products"],
)
def test_every_count_is_what_choosing_that_value_finds(cases, chosen):
    found = finding.search(cases, "zebra", unmasked=False, filters=chosen)
    for name, values in found.facets.items():
        for value, count in values:
            only = finding.search(cases, "zebra", unmasked=False, filters={**chosen, name: (value,)})
            assert only.total == count, (name, value)
    for bar in finding.by_month(found):
        only = finding.search(
            cases, "zebra", unmasked=False, filters={**chosen, "from": (bar.name,), "to": (bar.name,)}
        )
        assert only.total == bar.count, bar.name


def test_two_values_of_a_facet_add_up_and_two_facets_narrow(cases):
    assert titles(ask(cases, product=["Desk", "Phone"])) == ["3", "4", "5", "6"]
    assert titles(ask(cases, product=["Desk", "Phone"], tag=["gdpr"])) == ["3", "6"]


def test_a_value_left_out_is_gone_by_each_of_its_names(cases):
    tags.rename(cases, tags.named(cases, "gdpr").id, "Privacy", "Chris")
    assert titles(ask(cases, without_tag=["Privacy"])) == ["1", "4", "5"]
    cases.catch_up()
    assert titles(ask(cases, without_tag=["Privacy"], product=["Desk"])) == ["4"]


def test_a_page_behind_the_last_does_not_say_that_nobody_has_written_it_down(client_as, cases):
    text = page(client_as("reader").get("/search?q=zebra&page=9"))
    assert "There is no page 9 of these." in text
    assert "Nobody has written it down" not in text


def test_the_page_leaves_out_and_takes_it_back(client_as, cases):
    reader = client_as("reader")
    offered = links(page(reader.get("/search?q=zebra")))
    text = page(reader.get(offered["Leave out: Desk"]))
    assert total(text) == 4
    assert "without Desk" in text
    back = links(text)["without Desk (chosen; take away)"]
    assert total(page(reader.get(back))) == 6


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("2026-05-01", "2026-05-31", "12"),
        ("2026-05", "2026-05", "12"),
        ("", "2026-02-01", "45"),
        ("30d", "", "1"),
        ("last-quarter", "last-quarter", "4"),
        ("this-year", "", "1234"),
        ("先月", "先月", "12"),
        ("2026-05", "2026-04", "123"),
    ],
    ids=["days", "a month", "open", "30 days", "a quarter", "this year", "Japanese", "the wrong way round"],
)
def test_days_from_and_to(cases, first, last, found):
    narrowed = {name: [text] for name, text in (("from_", first), ("to", last)) if text}
    assert titles(ask(cases, **narrowed)) == list(found)


def test_what_is_no_day_is_said_and_left_out(client_as, cases):
    text = page(client_as("reader").get("/search?q=zebra&from=31.02.2026"))
    assert "“31.02.2026” is not a date that kb knows" in text
    assert total(text) == 6


def test_the_form_shows_the_days_and_keeps_the_rest(client_as, cases):
    text = page(client_as("reader").get("/search?q=zebra&product=Desk&from=last-quarter&to=last-quarter"))
    assert '<input type="date" name="from" value="2026-01-01">' in text
    assert '<input type="date" name="to" value="2026-03-31">' in text
    form = text[text.index('class="from-to"') :]
    assert '<input type="hidden" name="product" value="Desk">' in form[: form.index("</form>")]


def test_the_months_are_without_gaps_and_keep_their_counts(cases):
    bars = finding.by_month(ask(cases, from_=["2026-05"]))
    assert [(bar.name, bar.count, bar.chosen) for bar in bars] == [
        ("2025-12", 1, False), ("2026-01", 0, False), ("2026-02", 1, False), ("2026-03", 0, False),
        ("2026-04", 1, False), ("2026-05", 2, True),
    ]  # fmt: skip


def test_a_bar_is_a_link_to_as_many_as_it_counts(client_as, cases):
    reader = client_as("reader")
    for month, count in (("2026-05", 2), ("2025-12", 1)):
        text = page(reader.get("/search?q=zebra"))
        assert f"from={month}&amp;to={month}" in text
        assert total(page(reader.get(f"/search?q=zebra&from={month}&to={month}"))) == count
    assert "May 2026</span> <span" in text


@pytest.mark.parametrize(
    ("years", "unit", "names"),
    [(4, "quarter", ("2022-Q2", "2026-Q2")), (12, "year", ("2014", "2026"))],
    ids=["quarters", "years"],
)
def test_many_months_are_shown_by_quarter_or_year(cases, years, unit, names):
    long_ago = datetime(2026 - years, 5, 5, tzinfo=UTC)
    reviews.add(cases, Draft(title="Old", body="An old zebra.", date=long_ago), "Rosa")
    cases.catch_up()
    bars = finding.by_month(ask(cases))
    assert {bar.unit for bar in bars} == {unit}
    assert (bars[0].name, bars[-1].name) == names
    assert sum(bar.count for bar in bars) == 6
    assert not any(bar.chosen for bar in bars)


def test_a_saved_search_keeps_all_of_it(client_as, cases):
    reader = client_as("reader")
    form = {"q": "zebra", "-product": "Desk", "from": "this-year", "name": "Zebras", "alert": "yes"}
    reader.post("/mine/searches", data=form)
    text = page(reader.get("/mine/searches"))
    assert "without Desk" in text
    assert "This year" in text
    opened = page(reader.get("/mine/searches/1", follow_redirects=True))
    assert total(opened) == 2


def test_bulk_work_goes_over_what_is_shown_and_nothing_else(cases):
    filters = {"-product": ("Desk",), "from": ("2026-05",)}
    ids = bulk.by_search(cases, "zebra", filters, unmasked=False)
    assert sorted(ids) == sorted(hit.id for hit in ask(cases, without_product=["Desk"], from_=["2026-05"]).hits)


def test_the_bulk_form_carries_it_along(client_as, cases):
    curator = client_as("curator")
    data = {"all": "yes", "q": "zebra", "-product": "Desk", "from": "2026-05", "work": "tag", "value": "stripes"}
    text = page(curator.post("/bulk", data=data, follow_redirects=True))
    assert "2 reviews" in text


def test_next_in_the_search_stays_within_it(client_as, cases):
    reader = client_as("reader")
    text = page(reader.get("/search?q=zebra&-product=Phone&from=2026-05&sort=newest"))
    first = html.unescape(re.search(r'<a href="(/reviews/\d+\?from=[^"]+)" data-walk-to', text)[1])
    shown = page(reader.get(first))
    assert 'rel="next"' in shown
    following = html.unescape(re.search(r'<a href="([^"]+)" rel="next"', shown)[1])
    assert 'rel="next"' not in page(reader.get(following))


def test_the_api_takes_them_too(client_as, cases):
    answer = client_as("reader").get("/api/v1/search?q=zebra&-product=Desk&from=2026-05")
    assert answer.json["total"] == 2


@pytest.mark.parametrize("rubbish", ["%00", "%F0%9F%98%80", "a" * 5000, "[2026 TO", "-1"], ids=lambda text: text[:9])
def test_rubbish_in_the_address_is_no_error(client_as, cases, rubbish):
    reader = client_as("reader")
    for name in ("from", "to", "-tag", "-kind", "-type"):
        page(reader.get(f"/search?q=zebra&{name}={rubbish}"))


def test_days_are_read_anew_every_day(cases):
    assert narrowing.of(cases, {"from": ("yesterday",)}).days.first.isoformat() == "2026-06-14"
    cases.now = lambda: datetime(2026, 6, 16, 12, tzinfo=UTC)
    assert narrowing.of(cases, {"from": ("yesterday",)}).days.first.isoformat() == "2026-06-15"


def test_a_search_saved_without_words_is_called_by_what_narrows_it(cases, library):
    from kb import members

    robin = members.by_email(library, "reader@kb.example")
    kept = saved.save(cases, robin, "", "", filters={"tag": ("gdpr",), "-product": ("Desk",), "from": ("30d",)})
    assert kept.name == "gdpr -Desk 30d"


def test_a_value_longer_than_any_makes_no_address_that_no_browser_takes(client_as):
    long = {"q": "export", "team": "x" * 100_000}
    assert len(client_as("reader").post("/mine/searches", data=long).headers["Location"]) < 1000
