"""What the library of the browser tests holds: the project's own samples, and one review with all that is awkward."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from standing import set_status

from kb import members, resources, reviews, threads, trash
from kb.finding import saved, searches, synonyms
from kb.gems import gems, planned
from kb.intake import intake, runs
from kb.library import Library
from kb.models import Answer, Draft, Feedback, GemDraft, GemStatus, Kind, Role, Turn
from kb.questions import answering, asking
from kb.store import trails as trail_store
from kb.tags import tags
from kb.trails import assigning, steps, trails
from kb.values.trails import StepKind, TrailState

PASSWORD = "correct horse battery"
PEOPLE = {
    "reader": ("Robin Reader", Role.READER),
    "reviewer": ("Rosa Reviewer", Role.REVIEWER),
    "curator": ("Chris Curator", Role.CURATOR),
    "admin": ("Ada Admin", Role.ADMIN),
}
AWKWARD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 2
ADVICE = "Filter first, then export in two halves."
MANY_WORDS = "a topic with a name of many words, as an import may bring it"
LONG_WORD = "https://orrinvale.example/" + "a_very_long_path_without_any_blank/" * 6

BODY = f"""\
## What happened

The export of **Acme-like** stopped at 50,000 rows; see {LONG_WORD}.

| step | what was seen by the customer on the second screen of the long wizard | result |
|---|---|---|
| 1 | `EXPORT_LIMIT_50K` | stopped |

```
a line of code that is far longer than any screen of a telephone is wide, and it must scroll by itself
```

Filter first, then export; the limit is per request, not per report.
"""


def fill(library: Library) -> None:
    """Bring everything in."""
    for role, (name, rank) in PEOPLE.items():
        members.add(library, f"{role}@kb.example", role=rank, password=PASSWORD, name=name)
    examples = str(resources.folder("examples"))
    intake.ingest(library, [examples], intake.IntakeOptions(source="examples"), who="admin@kb.example")
    awkward(library)
    ask(library)
    trail(library)
    look_at_an_upload(library)
    set_something_aside(library)
    throw_away(library)
    mention(library)


def mention(library: Library) -> None:
    """A review all about a lighthouse, and a gem from it that hardly mentions one: it stands within its review."""
    said = "The lighthouse is dark. Who looks for the lighthouse at night sees no lighthouse."
    review = reviews.add(library, Draft(title="A lighthouse at night", body=said, language="en"), "Rosa Reviewer")
    body = (
        f"{ADVICE} {LONG_WORD}\n\n" + "Then tell the customer which half comes first, and why. " * 20 + "A lighthouse."
    )
    gems.lift(library, review.id, GemDraft("Two halves", body, "at night"), who="Rosa Reviewer", publish=True)


def throw_away(library: Library) -> None:
    """A review in the trash, and one that was erased there."""
    for title in ("Erased", f"Thrown away: {LONG_WORD}"):
        draft = Draft(title=title, body=f"{ADVICE} {LONG_WORD}", reviewee="Maren Vogt", language="en")
        id = reviews.add(library, draft, "Rosa Reviewer").id
        reviews.trash(library, [id], "Rosa Reviewer")
        if title == "Erased":
            trash.erase(library, [id], "Chris Curator")


def look_at_an_upload(library: Library) -> None:
    """An upload that waits for its word, with columns of somebody else's and a gem lifted from one of its rows."""
    folder = library.settings.uploads / "looked-at"
    folder.mkdir(parents=True)
    row = {"id": "up-1", "title": "Ramp closed in winter", "tags": ["deliveries"], "Agent": "Maren", LONG_WORD: "long",
           "body": f"See {LONG_WORD}.\n\n{ADVICE}",
           "turns": [{"speaker": "Jo", "role": "customer", "text": "The ramp was closed."},
                     {"speaker": "Maren", "role": "agent", "text": "Take the side door, please."}]}  # fmt: skip
    (folder / "notes.ndjson").write_text(json.dumps(row) + "\n{cut off\n", "utf-8")
    run_id = runs.plan(library, folder, intake.IntakeOptions(source="helpdesk"), who="reviewer@kb.example")
    shown = intake.preview(library, [str(folder)], intake.IntakeOptions(source="helpdesk")).first[0]
    member = members.by_email(library, "reviewer@kb.example")
    assert member is not None
    planned.plan(library, run_id, shown, GemDraft("Side door in winter", "Take it.", ADVICE), member=member)


def set_something_aside(library: Library) -> None:
    """A run that could take nothing: a table with somebody else's columns, and a line that is cut off."""
    folder = library.settings.home / "set-aside"
    folder.mkdir()
    head = f"Ticket;Subject;Findings;{LONG_WORD}"
    (folder / "tickets.csv").write_text(
        f"{head}\n4390;The clock ran ahead;Nobody could sign in.;{LONG_WORD}\n", "utf-8"
    )
    (folder / "notes.ndjson").write_text(f'{{"id": "{LONG_WORD}", "body": "cut off\n', "utf-8")
    intake.ingest(library, [str(folder)], intake.IntakeOptions(source="desk"), who="reviewer@kb.example")


def ask(library: Library) -> None:
    """Open questions: one of several people with look-alikes, one long, one answered."""
    people = {role: members.by_email(library, f"{role}@kb.example") for role in PEOPLE}
    for text, askers in (
        ("How long does a sandbox keep its license after a refresh?", ("reader", "admin")),
        ("Does a refresh of the sandbox keep the license?", ("curator",)),
        (f"Who knows {LONG_WORD}?", ("reader",)),
        ("Can dashboards be restored from the archive?", ("reader",)),
    ):
        for role in askers:
            asked = asking.ask(library, text, people[role], named=role == "admin").question
    answer = answering.Answer("Yes, for *30 days*: Archive > Restore.", gem_id=1)
    answering.answer(library, asked.id, answer, people["reviewer"])
    saved.save(library, people["reader"], "Everything on exports", "export", filters={"kind": ("call",)})
    saved.save(library, people["reader"], "", LONG_WORD, filters={}, alert=False)
    synonyms.add(library, ("license", "licence", "Lizenz", "ライセンス"), people["curator"])
    counter = searches.Counter()
    for text, times, found in (("parquet timestamps", 7, 0), ("キャンセル料", 3, 0), (LONG_WORD, 2, 4)):
        for _ in range(times):
            counter.searched(text, found)
    counter.save(library)


def trail(library: Library) -> int:
    """A trail with a step of every sort, one of them a gap, assigned to the reader."""
    curator = members.by_email(library, "curator@kb.example")
    made = trails.from_topic(library, tags.named(library, "GDPR").id, curator, "%s in your first week")
    case = library.db.execute("SELECT id FROM reviews WHERE external_id = 'en-export-limit-tressel'").fetchone()[0]
    steps.add(library, made.id, StepKind.REPLAY, curator, object_id=case)
    steps.add(library, made.id, StepKind.REVIEW, curator, object_id=case)
    steps.add(
        library, made.id, StepKind.WORDS, curator, words="## Well done\n\nNow ask *Maren* for a case of your own."
    )
    retired = gems.listed(library, status=GemStatus.RETIRED, unmasked=True)[0][0].id
    with library.transaction() as db:
        trail_store.insert_steps(db, made.id, [(StepKind.GEM, retired, "")], 99)
    first = trails.steps(library, made.id)[1]
    version = trails.get(library, made.id, curator).version
    steps.say(library, made.id, {first.id: "Read this **before** your first request."}, curator, version=version)
    intro = "What customers ask about their data, and *how far* we may go."
    trails.edit(library, made.id, "GDPR in your first week", intro, version=version + 1, member=curator)
    trails.set_state(library, made.id, TrailState.PUBLISHED, curator)
    assigning.assign(library, made.id, "member", curator, email="reader@kb.example")
    trails.copy(library, made.id, curator, "A first week", TrailState.TEMPLATE)
    return made.id


def awkward(library: Library) -> int:
    """A review with overlapping passages, wide tables, words without end, a scorecard, comments and suggestions."""
    draft = Draft(
        kind=Kind.PEER,
        title=f"Awkward on purpose: {AWKWARD}",
        body=BODY,
        date=datetime(2026, 11, 20, 12, tzinfo=UTC),
        reviewer="Rosa Reviewer",
        reviewee="Maren Vogt",
        customer="Tallow & Tin",
        case_id="C-1",
        case_url="https://desk.orrinvale.example/cases/1",
        channel="chat",
        product="Reports",
        team="Support EMEA",
        language="en",
        cycle=date(2026, 11, 16),
        tags=("export",),
        scorecard=(Answer("Understood what the customer needs", "yes"), Answer("Tone", "4", "warm, and brief")),
        score=87.5,
        feedback=Feedback(csat=5, comment="That was quick!"),
        turns=(
            Turn("The single sign-on works, but the export stops.", "Jo Tallow", "customer", "2026-11-20T10:01:00"),
            Turn(f"{ADVICE}\nThe webhooks are not touched by it.", "Maren Vogt", "agent", "2026-11-20T10:04:00"),
            Turn("The limit is written down nowhere.", "", "note"),
        ),
    )  # fmt: skip
    review = reviews.add(library, draft, "Rosa Reviewer")
    for title, quote, publish in (
        ("Export in two halves", ADVICE, True),
        ("The second half of an export needs its own filter", "then export in two halves.\nThe webhooks", True),
        ("The limit is per request", "the limit is per request, not per report", False),
    ):
        gems.lift(library, review.id, GemDraft(title, "Do it so.", quote), who="Rosa Reviewer", publish=publish)
    retired = gems.lift(
        library, review.id, GemDraft("Ask for a higher limit", "No longer.", "stopped at 50,000 rows"),
        who="Chris Curator", publish=True,
    )  # fmt: skip
    set_status(library, retired.id, GemStatus.RETIRED, "Chris Curator")
    curator = members.by_email(library, "curator@kb.example")
    threads.say(library, review.id, "Was it *per request* or per day?", curator)
    tags.add_to_review(library, review.id, MANY_WORDS, "Rosa Reviewer")
    return review.id
