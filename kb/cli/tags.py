"""`kb tag`."""

from __future__ import annotations

import sys

import click
from tqdm import tqdm

from kb.cli.common import Context, pass_context, print_json, who
from kb.library import Library
from kb.models import Tag, TagRule
from kb.tags import auto_tagging, bulk, deeds, learning, look_alikes, suggesting, tags
from kb.tags import merging as tag_merging
from kb.tags import rules as tag_rules
from kb.words import name_key


@click.group()
def tag() -> None:
    """Topics: list, rename, merge, split, rules, learning."""


def _plain(one: Tag) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "definition": one.definition,
        "aliases": list(one.aliases),
        "parent": one.parent_name or None,
        "owner": one.owner_name or None,
        "automatic": one.automatic,
        "reviews": one.reviews,
        "gems": one.gems,
    }


@tag.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@pass_context
def listed(context: Context, as_json: bool) -> None:
    """All tags, with how many reviews and gems carry them."""
    found = tags.listed(context.library)
    if as_json:
        print_json([_plain(one) for one in found])
        return
    for one in found:
        also = f"  (= {', '.join(one.aliases)})" if one.aliases else ""
        click.echo(f"{one.reviews:6} reviews {one.gems:5} gems  {one.name}{also}")
    if not found:
        click.echo("No tags yet. They come with what you bring in: kb ingest PATH --tag NAME")


@tag.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@pass_context
def show(context: Context, name: str, as_json: bool) -> None:
    """One tag, by its name or an alias."""
    one = tags.named(context.library, name)
    if as_json:
        print_json(_plain(one))
        return
    click.echo(one.name)
    for label, value in (
        ("also", ", ".join(one.aliases)),
        ("under", one.parent_name),
        ("kept by", one.owner_name),
        ("", one.definition),
    ):
        if value:
            click.echo(f"{label + ': ' if label else ''}{value}")
    click.echo(f"{one.reviews} reviews, {one.gems} gems")


@tag.command("rename")
@click.argument("name")
@click.argument("new_name")
@pass_context
def rename(context: Context, name: str, new_name: str) -> None:
    """Give a tag another name; the old one stays as an alias."""
    library = context.library
    renamed = tags.rename(library, tags.named(library, name).id, new_name, who())
    library.catch_up()
    click.echo(f"{name} is called {renamed.name} now.{_undo_hint(library, renamed.id)}")


@tag.command("merge")
@click.argument("name")
@click.argument("into")
@pass_context
def merge(context: Context, name: str, into: str) -> None:
    """Move everything of tag NAME to tag INTO; NAME becomes an alias."""
    library = context.library
    kept = tag_merging.merge(library, tags.named(library, name).id, tags.named(library, into).id, who())
    library.catch_up()
    click.echo(
        f"{name} is part of {kept.name} now: {kept.reviews} reviews, {kept.gems} gems.{_undo_hint(library, kept.id)}"
    )


def _undo_hint(library: Library, tag_id: int) -> str:
    last = deeds.of_tag(library, tag_id, limit=1)
    return f" Undo it with: kb tag undo {last[0].id}" if last else ""


@tag.command("split")
@click.argument("name")
@click.argument("new_name")
@click.option("--search", "question", required=True, help="Which of its reviews carry the new tag instead.")
@pass_context
def split(context: Context, name: str, new_name: str, question: str) -> None:
    """Make a new tag of those of a tag's reviews that a search finds."""
    library = context.library
    one = tags.named(library, name)
    found = bulk.by_search(library, question, {"tag": (one.name,)}, unmasked=True)
    new = tag_merging.split(library, one.id, new_name, found, who())
    library.catch_up()
    click.echo(f"{new.name} is on {new.reviews} reviews that were {one.name}.{_undo_hint(library, new.id)}")


@tag.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_context
def delete(context: Context, name: str, yes: bool) -> None:
    """Take a tag off everything and out of the list. Its reviews and gems stay."""
    library = context.library
    look = tag_merging.outlook(library, tags.named(library, name).id)
    one = look.tag
    click.echo(
        f"{one.reviews} reviews and {one.gems} gems lose it; {look.left_untagged} reviews have no other tag then."
    )
    if not yes:
        click.confirm(f"Delete {one.name}?", abort=True)
    deed = tag_merging.delete(library, one.id, who())
    library.catch_up()
    click.echo(f"{one.name} is deleted. Undo it with: kb tag undo {deed}")


@tag.command("edit")
@click.argument("name")
@click.option("--definition", help="What belongs under it, in Markdown.")
@click.option("--alias", "aliases", multiple=True, help="Another name for it; several times.")
@click.option("--remove-alias", "removed", multiple=True, help="A name that it has no longer; several times.")
@click.option("--parent", help='The wider tag that it stands under; "" for none.')
@click.option("--owner", help='The address of the member who keeps it; "" for nobody.')
@click.option("--automatic", type=click.Choice(["on", "off"]), help="Whether kb puts it on new reviews by itself.")
@pass_context
def edit(
    context: Context,
    name: str,
    definition: str | None,
    aliases: tuple[str, ...],
    removed: tuple[str, ...],
    parent: str | None,
    owner: str | None,
    automatic: str | None,
) -> None:
    """Change what a tag stands for: only what is given."""
    library = context.library
    one = tags.named(library, name)
    gone = {name_key(alias) for alias in removed}
    kept = [alias for alias in (*one.aliases, *aliases) if name_key(alias) not in gone]
    tags.edit(
        library, one.id, who=who(), definition=definition, aliases=kept if aliases or removed else None, parent=parent,
        owner=owner,
    )  # fmt: skip
    if automatic:
        auto_tagging.set_automatic(library, one.id, who(), on=automatic == "on")
    library.catch_up()
    click.echo(f"{one.name} is saved.")


@tag.command("undo")
@click.argument("id", type=int, required=False)
@pass_context
def undo(context: Context, id: int | None) -> None:
    """Undo a rename, edit, merge, split or deletion. Without ID, list what can be undone."""
    library = context.library
    if id is None:
        latest = deeds.latest(library)
        if not latest:
            click.echo("Nothing was renamed, edited, merged, split or deleted yet.")
        for deed in latest:
            done = f" (undone by {deed.undone_by})" if deed.state == "undone" else ""
            click.echo(f"{deed.id:6} {deed.at:%Y-%m-%d %H:%M} {deeds.in_words(deed)}{done}")
        return
    deed, _ = deeds.undo(library, id, who())
    library.catch_up()
    click.echo(f"Undone: {deeds.in_words(deed)}.")


@tag.command("alike")
@pass_context
def alike(context: Context) -> None:
    """Pairs of tags that may be one topic."""
    pairs = look_alikes.found(context.library)
    if not pairs:
        click.echo("No two tags look alike.")
    for pair in pairs:
        click.echo(f"{pair.tag.name} ({pair.tag.reviews})  {pair.into.name} ({pair.into.reviews})  {pair.words}")


@tag.command("learn")
@pass_context
def learn(context: Context) -> None:
    """Learn from what was tagged so far which tags to suggest. Every night is often enough."""
    learning.need_sklearn()
    with tqdm(total=1, unit=" tags", desc="Learning", disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        found = learning.learn(context.library, progress)
    click.echo(
        f"Learned from {found.reviews:,} reviews. {len(found.tags)} tags can be suggested: {_listed(found.tags)}."
    )
    if found.unsure:
        click.echo(f"More often wrong than right, so not suggested: {_listed(found.unsure)}.")
    if found.too_few:
        click.echo(f"On fewer than {learning.A_TAG_AT_LEAST} reviews, or too many: {_listed(found.too_few)}.")


def _listed(names: tuple[str, ...], most: int = 12) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more if names else "none"


@tag.group("rule")
def rule() -> None:
    """Rules by which tags are suggested."""


@rule.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@pass_context
def list_rules(context: Context, as_json: bool) -> None:
    """Every rule. Each says how often suggestions of its tag were taken and refused."""
    found = suggesting.shown_rules(context.library)
    if as_json:
        print_json(
            [
                {
                    "id": one.id, "tag": one.tag_name, "kind": one.kind, "pattern": one.pattern, "product": one.product,
                    "team": one.team, "trouble": one.trouble or None, "taken": taken, "refused": refused,
                }
                for one, taken, refused in found
            ]
        )  # fmt: skip
        return
    if not found:
        click.echo("No rules yet. Make one with: kb tag rule add NAME --words WORDS")
    for one, taken, refused in found:
        click.echo(f"{one.id:5} {one.tag_name} for {tag_rules.in_words(one)}  ({taken} taken, {refused} refused)")
        if one.trouble:
            click.echo(f"      set aside: {one.trouble}")


_RULE_OPTIONS = {
    "words": "All these words, in any form.",
    "phrase": "These words in this order.",
    "regex": "A regular expression (RE2).",
    "product": "Only in reviews of this product.",
    "team": "Only in reviews of this team.",
}


@rule.command("add")
@click.argument("name")
@click.option("--words", default="", help=_RULE_OPTIONS["words"])
@click.option("--phrase", default="", help=_RULE_OPTIONS["phrase"])
@click.option("--regex", default="", help=_RULE_OPTIONS["regex"])
@click.option("--product", default="", help=_RULE_OPTIONS["product"])
@click.option("--team", default="", help=_RULE_OPTIONS["team"])
@click.option("--try", "only_try", is_flag=True, help="Only say what it would find.")
@pass_context
def add_rule(
    context: Context, name: str, words: str, phrase: str, regex: str, product: str, team: str, only_try: bool
) -> None:
    """Suggest tag NAME on what the options say; all of them must hold."""
    library = context.library
    given = [(kind, text) for kind, text in (("words", words), ("phrase", phrase), ("regex", regex)) if text]
    if len(given) > 1:
        raise click.UsageError("Give one of --words, --phrase and --regex; a second rule for the same tag adds to it.")
    kind, pattern = given[0] if given else ("", "")
    one = tags.named(library, name)
    wanted = TagRule(tag_id=one.id, kind=kind, pattern=pattern, product=product, team=team)
    trial = tag_rules.try_out(library, wanted)
    click.echo(
        f"It finds {trial.matched} of the newest {trial.seen} reviews; of them {trial.tagged} with {one.name} already."
    )
    if not only_try:
        kept = tag_rules.add(library, one.id, wanted, who())
        click.echo(f"Rule {kept.id}: {one.name} for {tag_rules.in_words(kept)}.")


@rule.command("remove")
@click.argument("id", type=int)
@pass_context
def remove_rule(context: Context, id: int) -> None:
    """Take a rule out, by its number."""
    one = tag_rules.remove(context.library, id, who())
    click.echo(f"Taken out: {one.tag_name} for {tag_rules.in_words(one)}.")


COMMANDS: list[click.Command] = [tag]
