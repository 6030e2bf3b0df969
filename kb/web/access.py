"""Who may do what: the one place that says so.

`ENDPOINTS` names the least role for every address of the site; one that is not in it is closed to everybody.
`ABILITIES` names the least role for what a template may offer. Views ask no further questions, but for what depends on
the thing itself (one's own comment, a gem that waits) and is the use case's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

from kb import privacy
from kb.errors import NotAllowed
from kb.languages import N_, Said
from kb.models import Role
from kb.web import uploads

PUBLIC = 0
READER, REVIEWER, CURATOR, ADMIN = Role.READER, Role.REVIEWER, Role.CURATOR, Role.ADMIN

ENDPOINTS: Mapping[str, int] = {
    # Anybody, signed in or not
    "static": PUBLIC,
    "bundle": PUBLIC,
    "health.ok": PUBLIC,
    "auth.sign_in": PUBLIC,
    # The address itself holds the proof of who may: see kb/digest/links.py
    "digest.leave_page": PUBLIC,
    "digest.leave": PUBLIC,
    "digest.feed": PUBLIC,
    # Everybody with an account
    "auth.sign_out": READER,
    "account.index": READER,
    "account.change_password": READER,
    "account.new_token": READER,
    "account.revoke_token": READER,
    "digest.index": READER,
    "digest.show": READER,
    "digest.preferences": READER,
    "digest.new_feed": READER,
    "help.index": READER,
    "home.index": READER,
    "search.index": READER,
    "search.suggest": READER,
    "reviews.index": READER,
    "reviews.show": READER,
    "reviews.as_markdown": READER,
    "reviews.as_text": READER,
    "tags.index": READER,
    "tags.show": READER,
    "tags.follow": READER,
    "tags.complete": READER,
    "gems.index": READER,
    "gems.show": READER,
    "gems.as_markdown": READER,
    "gems.as_text": READER,
    "gem_acts.vote": READER,
    "gem_acts.doubt": READER,
    "gem_acts.comment": READER,
    "gem_acts.take_back_comment": READER,
    "gem_acts.bring_back_comment": READER,
    "notices.index": READER,
    "mine.index": READER,
    "mine.bookmark": READER,
    "mine.bookmarks": READER,
    "mine.history": READER,
    "mine.clear": READER,
    "mine.settings": READER,
    # A draft is the curators': the use case asks. How far one is, is one's own
    "trails.index": READER,
    "trails.show": READER,
    "trails.step": READER,
    "trails.done": READER,
    "trails.share": READER,
    "trails.forget": READER,
    "trails.on_paper": READER,
    "trails.export": READER,
    # One's own, whoever it is: kb/store/replays.py asks for nobody else's
    "replays.index": READER,
    "replays.begin": READER,
    "replays.answer_first": READER,
    "replays.show": READER,
    "replays.answer": READER,
    "replays.throw_away": READER,
    "replays.bring_back": READER,
    # One's own, whoever it is: kb/store/saved_searches.py gives nobody else's
    "saved.index": READER,
    "saved.save": READER,
    "saved.look": READER,
    "saved.change": READER,
    "saved.remove": READER,
    "saved.restore": READER,
    "questions.index": READER,
    "questions.show": READER,
    "questions.new": READER,
    "questions.me_too": READER,
    # Reviewers', and theirs who asked: the use case asks
    "questions.withdraw": READER,
    "questions.split": READER,
    "questions.reword": READER,
    "questions.undo_reword": READER,
    "questions.reopen": READER,
    "questions.judge": READER,
    "questions.join": READER,
    "questions.part": READER,
    "api.search": READER,
    "api.review": READER,
    "api.gem": READER,
    # Those who write reviews
    "reviews.new": REVIEWER,
    "reviews.edit": REVIEWER,
    "reviews.preview": REVIEWER,
    # It shows what fields were before: scores, verdicts and names among them
    "reviews.history": REVIEWER,
    "reviews.trash": REVIEWER,
    "reviews.restore": REVIEWER,  # "Undo" after throwing one away; the trash itself is the curators'
    "reviews.add_tag": REVIEWER,
    "reviews.remove_tag": REVIEWER,
    "reviews.refuse_tag": REVIEWER,
    "reviews.comment": REVIEWER,
    "reviews.take_back_comment": REVIEWER,
    "reviews.bring_back_comment": REVIEWER,
    "gems.new": REVIEWER,
    # Its owner's and its nominator's as well: the use case asks
    "gems.edit": REVIEWER,
    "gems.compare": REVIEWER,
    "gems.restore": REVIEWER,
    "gem_acts.verify": REVIEWER,
    "gem_acts.weigh": REVIEWER,
    "gem_acts.add_evidence": REVIEWER,
    "desk.nominate_again": REVIEWER,
    "desk.due": REVIEWER,  # one's own; all of them are the curators'
    "question_desk.answer": REVIEWER,
    "question_desk.close": REVIEWER,
    "question_desk.topics": REVIEWER,
    "ingest.index": REVIEWER,
    "ingest.upload": REVIEWER,
    "ingest.show": REVIEWER,
    "ingest.status": REVIEWER,
    "ingest.start": REVIEWER,
    "ingest.stop": REVIEWER,
    "ingest.go_on": REVIEWER,
    "ingest.discard": REVIEWER,
    "columns.choose": REVIEWER,
    "columns.bring_back": REVIEWER,
    "columns.mapping_file": REVIEWER,
    "ingest.retry": REVIEWER,
    "ingest.skipped_file": REVIEWER,
    "ingest.skipped_rows": REVIEWER,
    "set_aside.erase": REVIEWER,
    "planned_gems.row": REVIEWER,
    "planned_gems.new": REVIEWER,
    "planned_gems.drop": REVIEWER,
    "planned_gems.make": REVIEWER,
    # Those who keep the library in order
    "desk.queue": CURATOR,
    "desk.publish": CURATOR,
    "desk.withdraw": CURATOR,
    "desk.send_back": CURATOR,
    "desk.decline": CURATOR,
    "desk.retire": CURATOR,
    "desk.bring_back": CURATOR,
    "desk.merge": CURATOR,
    "desk.part": CURATOR,
    "desk.hand_over": CURATOR,
    "desk.library_page": CURATOR,
    "desk.library_csv": CURATOR,
    "desk.set_term": CURATOR,
    "tags.edit": CURATOR,
    "upkeep.history": CURATOR,
    "upkeep.lately": CURATOR,
    "upkeep.undo": CURATOR,
    "upkeep.merge": CURATOR,
    "upkeep.split": CURATOR,
    "upkeep.delete": CURATOR,
    "upkeep.rules": CURATOR,
    "upkeep.save_rule": CURATOR,
    "upkeep.remove_rule": CURATOR,
    "upkeep.restore_rule": CURATOR,
    "upkeep.automatic": CURATOR,
    "upkeep.learn": CURATOR,
    "upkeep.alike": CURATOR,
    "upkeep.keep_apart": CURATOR,
    "upkeep.untagged": CURATOR,
    "to_trail.add": CURATOR,
    "to_trail.take_out": CURATOR,
    "trail_desk.new": CURATOR,
    "trail_desk.from_topic": CURATOR,
    "trail_desk.edit": CURATOR,
    "trail_desk.suggest": CURATOR,
    "trail_desk.add": CURATOR,
    "trail_desk.arrange": CURATOR,
    "trail_desk.put_back": CURATOR,
    "trail_desk.set_state": CURATOR,
    "trail_desk.copy": CURATOR,
    "trail_desk.trash": CURATOR,
    "trail_desk.restore": CURATOR,
    "trail_desk.history": CURATOR,
    "trail_desk.people": CURATOR,
    "trail_desk.take_back": CURATOR,
    "trail_desk.give_again": CURATOR,
    "trail_desk.remind": CURATOR,
    "bulk.index": CURATOR,
    "bulk.plan": CURATOR,
    "bulk.show": CURATOR,
    "bulk.do": CURATOR,
    "bulk.undo": CURATOR,
    "bulk.status": CURATOR,
    "question_desk.trash": CURATOR,
    "question_desk.bring_back": CURATOR,
    "searches.index": CURATOR,
    "searches.as_csv": CURATOR,
    "searches.take_off": CURATOR,
    "searches.put_back": CURATOR,
    "synonyms.index": CURATOR,
    "synonyms.add": CURATOR,
    "synonyms.show": CURATOR,
    "synonyms.change": CURATOR,
    "synonyms.remove": CURATOR,
    "synonyms.undo": CURATOR,
    "trash.index": CURATOR,
    "trash.restore": CURATOR,
    "trash.erase": CURATOR,
    "digest_desk.draft": CURATOR,
    "digest_desk.edit": CURATOR,
    "digest_desk.save": CURATOR,
    "digest_desk.preview": CURATOR,
    "digest_desk.mail": CURATOR,
    "digest_desk.deliveries": CURATOR,
    "digest_desk.settle": CURATOR,
    "digest_desk.allow": CURATOR,
    # Those who let people in
    "members.index": ADMIN,
    "members.add": ADMIN,
    "members.set_role": ADMIN,
    "members.set_active": ADMIN,
    "members.set_team": ADMIN,
    "members.set_name": ADMIN,
    "members.reset_password": ADMIN,
    "members.forget": ADMIN,
}

ABILITIES: Mapping[str, Role] = {
    "write_reviews": REVIEWER,
    "tag_reviews": REVIEWER,
    "comment": REVIEWER,
    "ingest": REVIEWER,
    "nominate_gems": REVIEWER,
    "answer_questions": REVIEWER,
    "publish_gems": CURATOR,
    "edit_tags": CURATOR,
    "work_in_bulk": CURATOR,
    "see_trash": CURATOR,
    "edit_digest": CURATOR,
    "edit_trails": CURATOR,
    "moderate_comments": CURATOR,
    "manage_members": ADMIN,
}

# They show a review or gem as it was written, or let it be written over: for those who see scores and names.
AS_WRITTEN = frozenset(
    {"reviews.edit", "reviews.history", "gems.compare", "gems.restore", "trash.index", "trash.erase"}
)

TAKES_FILES = frozenset({"ingest.upload", "ingest.retry"})

# A mail program posts there by itself (RFC 8058), with no page of ours before it: the proof is in the address.
WITHOUT_A_PAGE = frozenset({"digest.leave"})

# Addresses that a script calls: they answer in JSON, also when they refuse.
JSON_ENDPOINTS = frozenset(
    {
        "search.suggest",
        "tags.complete",
        "ingest.status",
        "bulk.status",
        "trail_desk.suggest",
        "api.search",
        "api.review",
        "api.gem",
    }
)

# Who sends a form again that met nobody signed in (errors/problem.html): named so that no form of ours has them.
AS_EMAIL, AS_PASSWORD = "as_email", "as_password"

# A form that somebody signed out sends is read to show its text again; not more of it than somebody types.
_LONGEST_TYPED = 4 * 1024 * 1024


class NotSignedIn(NotAllowed):
    """Only somebody with an account sees this."""

    status = 401


def can(ability: str) -> bool:
    """Whether the signed-in member has this ability; `see_scores` depends on the library's settings."""
    if not current_user.is_authenticated:
        return False
    if ability == "see_scores":
        return privacy.sees_scores(current_app.extensions["kb"].settings, current_user.member.role)
    return bool(current_user.member.role >= ABILITIES[ability])


def install(app: Flask) -> None:
    app.before_request(_gate)


def _gate() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address, or not with this method: problems.py says so
    least = ENDPOINTS.get(request.endpoint)
    if least is None:
        raise NotAllowed("Nobody may open this page.")
    if least != PUBLIC:
        if not current_user.is_authenticated and not _signs_in_with_it():
            return _to_sign_in()
        if current_user.member.role < least:
            raise NotAllowed(
                "This is for %(people)s; your role is %(role)s. If you need it, ask an admin for another role.",
                people=Said(_PEOPLE[Role(least)]),
                role=Said(current_user.member.role.word),
            )
        if request.endpoint in AS_WRITTEN and not can("see_scores"):
            raise NotAllowed("This shows scores and names, which this library keeps from your role.")
    if request.endpoint in TAKES_FILES:
        # Only now, when it is sure that this person may bring something in, is a large body read, onto the disk.
        uploads.accept(request, current_app.extensions["kb"].settings)
    if request.endpoint not in WITHOUT_A_PAGE and not g.get("csrf_valid"):
        cast(CSRFProtect, current_app.extensions["csrf"]).protect()
    return None


_PEOPLE = {
    Role.READER: N_("people with an account"),
    Role.REVIEWER: N_("reviewers, curators and admins"),
    Role.CURATOR: N_("curators and admins"),
    Role.ADMIN: N_("admins"),
}


def _signs_in_with_it() -> bool:
    """Whether the form that was refused to somebody signed out comes again with their address and password, and these are
    right: then it is carried out as if they had never been signed out, and nobody writes or sends anything twice."""
    from kb.web import auth  # which needs this module

    if request.mimetype != "application/x-www-form-urlencoded" or request.endpoint in JSON_ENDPOINTS:
        return False
    request.max_content_length = _LONGEST_TYPED
    if AS_EMAIL not in request.form:
        return False
    # By the token of the session that it was shown in: that session ends here.
    cast(CSRFProtect, current_app.extensions["csrf"]).protect()
    return auth.begins_here(request.form[AS_EMAIL], request.form.get(AS_PASSWORD, ""))


def _to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and back. What was typed into a form is not thrown away on the way: see problems.py."""
    if request.endpoint in JSON_ENDPOINTS:
        raise NotSignedIn("Sign in first, or send a token: Authorization: Bearer kb_...")
    if request.method not in ("GET", "HEAD"):
        request.max_content_length = _LONGEST_TYPED
        raise NotSignedIn("You are signed out, so nothing was saved.")
    wanted = request.full_path.rstrip("?") if request.query_string else request.path
    return redirect(url_for("auth.sign_in", next=wanted if wanted != "/" else None))
