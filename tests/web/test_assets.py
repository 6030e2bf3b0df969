"""Styles and scripts: kept for good by their address, in few pieces."""

from __future__ import annotations

import re

from browsing import page

from kb.web.assets import BUNDLES


def test_a_page_asks_for_one_style_sheet_and_one_script_for_all_that_every_page_needs(client_as):
    text = page(client_as("reader").get("/help"))
    assert len(re.findall(r'rel="stylesheet"', text)) == 2  # the other is for paper
    assert len(re.findall(r"<script", text)) == 1


def test_a_bundle_has_all_its_parts_and_is_kept_for_good(client_as):
    browser = client_as(None)
    address = re.search(r'href="(/bundle/site.css\?v=[^"]*)"', page(browser.get("/sign-in")))[1]
    answer = browser.get(address)
    assert answer.content_type == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--paper:" in answer.text
    assert ".search-box" in answer.text


def test_a_bundle_under_an_old_address_is_asked_for_again(client_as):
    assert client_as(None).get("/bundle/site.css?v=old").headers["Cache-Control"] == "no-cache"


def test_there_are_no_other_bundles(client_as):
    assert client_as(None).get("/bundle/other.css").status_code == 404


def test_scripts_of_a_bundle_import_nothing_so_that_they_can_stand_in_one_file(app):
    for name in BUNDLES["site.js"]:
        text = app.test_client().get(f"/static/{name}").text
        assert not re.search(r"^\s*(import|export)\b", text, re.MULTILINE)
