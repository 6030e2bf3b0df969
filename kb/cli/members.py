"""`kb member` and `kb token`."""

from __future__ import annotations

import secrets
import shlex
import sys

import click

from kb import forgetting, members
from kb.cli.common import Context, pass_context, print_json, who
from kb.errors import InvalidInput
from kb.models import Role
from kb.words import FORMER

_ROLE = click.Choice([role.word for role in Role])


@click.group()
def member() -> None:
    """Accounts: who may sign in, and what they may do."""


@member.command("add")
@click.argument("email")
@click.option("--role", type=_ROLE, required=True, help="Each role includes the ones before it.")
@click.option("--name", default="", help="How the member is called on pages.")
@click.option("--team", default="", help="The team that they are in; trails can be assigned to it.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@pass_context
def add(context: Context, email: str, role: str, name: str, team: str, password_stdin: bool) -> None:
    """Make an account. Asks for the password on a terminal; otherwise makes one and prints it."""
    made = ""
    if password_stdin:
        password = _from_stdin()
    elif sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = made = secrets.token_urlsafe(12)
    added = members.add(context.library, email, role=Role.from_word(role), password=password, name=name, team=team)
    click.echo(f"{added.email} is {_a(added.role)} now." + (f" Password: {made}" if made else ""))


def _a(role: Role) -> str:
    return f"{'an' if role is Role.ADMIN else 'a'} {role.word}"


def _from_stdin() -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise InvalidInput(
            "No password came on standard input. Write: echo PASSWORD | kb member add … --password-stdin"
        )
    if not line.isprintable():  # bytes that are no UTF-8 come as such signs, and no browser sends them
        raise InvalidInput("The password on standard input holds signs that nobody can type, or is not in UTF-8.")
    return line


@member.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@pass_context
def listed(context: Context, as_json: bool) -> None:
    """Who is a member."""
    found = members.listed(context.library)
    if as_json:
        print_json(
            [{"email": m.email, "name": m.name, "role": m.role.word, "active": m.active, "team": m.team} for m in found]
        )
        return
    for one in found:
        click.echo(
            f"{one.role.word:9} {one.email}"
            + (f"  {one.name}" if one.name else "")
            + ("" if one.active else "  (disabled)")
        )
    if not found:
        click.echo("Nobody yet. Add the first: kb member add EMAIL --role admin")


@member.command("role")
@click.argument("email")
@click.argument("role", type=_ROLE)
@pass_context
def set_role(context: Context, email: str, role: str) -> None:
    """Give a member another role."""
    changed = members.set_role(context.library, email, Role.from_word(role))
    click.echo(f"{changed.email} is {_a(changed.role)} now.")


@member.command("name")
@click.argument("email")
@click.argument("name", default="")
@pass_context
def set_name(context: Context, email: str, name: str) -> None:
    """Call a member otherwise; without NAME, by the address."""
    changed = members.set_name(context.library, email, name)
    click.echo(f"{changed.email} is called {changed.called} from now on.")


@member.command("team")
@click.argument("email")
@click.argument("team", default="")
@pass_context
def set_team(context: Context, email: str, team: str) -> None:
    """Put a member into a team; without TEAM, into none."""
    changed = members.set_team(context.library, email, team)
    click.echo(f"{changed.email} is in the team {changed.team}." if changed.team else f"{changed.email} is in no team.")


@member.command("disable")
@click.argument("email")
@click.option("--undo", is_flag=True, help="Let them in again.")
@pass_context
def disable(context: Context, email: str, undo: bool) -> None:
    """Keep a member out, and end their sessions at once."""
    changed = members.set_active(context.library, email, undo)
    click.echo(f"{changed.email} may sign in again." if undo else f"{changed.email} can no longer sign in.")


@member.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@pass_context
def password(context: Context, email: str, password_stdin: bool) -> None:
    """Set a new password for a member who lost theirs. Prints it unless it was given. Ends their sessions and tokens, and
    the address of their feed."""
    given = _from_stdin() if password_stdin else ""
    made = given or secrets.token_urlsafe(12)
    changed, ended = members.reset_password(context.library, email, made)
    click.echo(f"{changed.email} has a new password{'.' if given else ': ' + made}")
    tokens = "a token was" if ended == 1 else f"{ended} tokens were"
    click.echo(f"They are signed out everywhere{f', and {tokens} revoked' if ended else ''}.")


@member.command("forget")
@click.argument("email")
@click.option("--reviews", is_flag=True, help="Also in the reviews that they wrote.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_context
def forget(context: Context, email: str, reviews: bool, yes: bool) -> None:
    """Write a member who left out of the library, for good. `kb member disable` comes first."""
    parting = forgetting.parting(context.library, members.by_email(context.library, email).id)
    click.echo(
        f"Of {parting.member.email} goes what is theirs alone; what they made for all stays, by {FORMER}. "
        f"Nobody keeps their gems ({parting.gems}), topics ({parting.topics}) and trails ({parting.trails}) any more then."
    )
    if parting.alike:
        click.echo(f"Histories cannot tell them from: {', '.join(parting.alike)}. These become {FORMER} there, too.")
    if parting.reviewed:
        said = "say so, too" if reviews else "go on naming them; with --reviews they do not"
        click.echo(f"The reviews that they wrote ({parting.reviewed}) {said}.")
    for name, question, count in parting.named:
        click.echo(f"What names “{name}” stays: {count} found by kb search --exact {shlex.quote(question)}")
    click.echo("Backups, exports and logs are yours to delete. This cannot be undone.")
    if not yes:
        click.confirm("Forget them?", abort=True)
    forgetting.forget(context.library, parting.member.id, who(), as_reviewer=reviews)
    click.echo("Done.")


@click.group()
def token() -> None:
    """Tokens for the API."""


@token.command("new")
@click.argument("email")
@pass_context
def new(context: Context, email: str) -> None:
    """Make a token that acts as this member. It is shown this once."""
    click.echo(members.new_token(context.library, email))


COMMANDS: list[click.Command] = [member, token]
