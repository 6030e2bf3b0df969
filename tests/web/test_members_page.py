"""Letting people in, and out."""

from __future__ import annotations

import re

import pytest
from browsing import page

from kb import members
from kb.digest import subscribing
from kb.models import Role
from kb.web.members import first_password

SHOWN = re.compile(r'id="first-password">([^<]+)<')


def test_a_new_member_signs_in_with_the_password_that_was_shown_once(client_as):
    admin = client_as("admin")
    form = {"email": "New@kb.example", "name": "Nia New", "role": "curator"}
    password = SHOWN.search(page(admin.post("/members", data=form)))[1]
    assert password not in page(admin.get("/members"))
    newcomer = client_as(None)
    assert newcomer.sign_in("new", password).status_code == 302
    assert "Nia New" in page(newcomer.get("/account"))


def test_what_was_typed_stays_where_a_member_cannot_be_added(client_as):
    form = {"email": "no address", "name": "Nia New", "role": "curator"}
    text = client_as("admin").post("/members", data=form).text
    assert re.findall(r'name="role" value="(\w+)" checked', text) == ["curator"]
    assert 'value="Nia New"' in text


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"email": "no address", "role": "reader"}, 400, "is not an e-mail address"),
        ({"email": "reader@kb.example", "role": "reader"}, 409, "has an account already"),
        ({"email": "new@kb.example", "role": "owner"}, 400, "one of the four roles"),
        ({}, 400, "one of the four roles"),
    ],
)
def test_what_cannot_be_added_gets_a_sentence_at_its_field(client_as, library, form, status, words):
    response = client_as("admin").post("/members", data=form)
    assert response.status_code == status
    assert words in response.text
    assert len(members.listed(library)) == 5


def test_first_passwords_are_long_and_each_another():
    found = {first_password() for _ in range(100)}
    assert len(found) == 100
    assert all(len(password) >= 16 and not re.search("[0o1il]", password) for password in found)


def test_an_admin_gives_another_role(client_as, library):
    other = members.by_email(library, "other@kb.example")
    client_as("admin").post(f"/members/{other.id}/role", data={"role": "curator"})
    assert members.by_email(library, "other@kb.example").role is Role.CURATOR


def test_an_admin_calls_a_member_otherwise(client_as, library):
    other = members.by_email(library, "other@kb.example")
    assert "Odile Other" in page(
        client_as("admin").post(f"/members/{other.id}/name", data={"name": " Odile  Other "}, follow_redirects=True)
    )
    assert members.by_email(library, "other@kb.example").name == "Odile Other"


def test_a_name_fits_in_a_list(client_as, library):
    other, admin = members.by_email(library, "other@kb.example"), client_as("admin")
    assert admin.post(f"/members/{other.id}/name", data={"name": "N" * 81}).status_code == 400
    assert members.by_email(library, "other@kb.example").name == other.name


def test_the_last_admin_stays_one(client_as, library):
    ada = members.by_email(library, "admin@kb.example")
    response = client_as("admin").post(f"/members/{ada.id}/role", data={"role": "reader"})
    assert response.status_code == 409
    assert "the last admin" in response.text
    assert client_as("admin").post(f"/members/{ada.id}/active", data={"active": "no"}).status_code == 409


def test_an_admin_keeps_somebody_out_and_lets_them_in_again(client_as, library):
    admin, otto = client_as("admin"), members.by_email(library, "other@kb.example")
    admin.post(f"/members/{otto.id}/active", data={"active": "no"})
    assert client_as(None).sign_in("other").status_code == 401
    admin.post(f"/members/{otto.id}/active", data={"active": "yes"})
    assert client_as(None).sign_in("other").status_code == 302


def test_a_new_password_takes_the_old_ones_place(client_as, library):
    otto, signed_in = members.by_email(library, "other@kb.example"), client_as("other")
    password = SHOWN.search(page(client_as("admin").post(f"/members/{otto.id}/password")))[1]
    assert signed_in.get("/account").status_code == 302
    assert client_as(None).sign_in("other").status_code == 401
    assert client_as(None).sign_in("other", password).status_code == 302


def test_a_new_password_from_an_admin_ends_what_somebody_could_come_in_with_without_it(client_as, app, library):
    otto = members.by_email(library, "other@kb.example")
    token = members.new_token(library, otto.email)
    feed = f"/digest/feed/{subscribing.feed_token(library, subscribing.of_member(library, otto.id))}"
    assert app.test_client().get(feed).status_code == 200
    said = page(client_as("admin").post(f"/members/{otto.id}/password"))
    assert "They are signed out everywhere. 1 token is revoked." in said
    assert members.by_token(library, token) is None
    assert app.test_client().get(feed).status_code == 404


def test_a_curator_cannot_make_themselves_an_admin(client_as, library):
    chris = members.by_email(library, "curator@kb.example")
    assert client_as("curator").post(f"/members/{chris.id}/role", data={"role": "admin"}).status_code == 403
    assert members.by_email(library, "curator@kb.example").role is Role.CURATOR
