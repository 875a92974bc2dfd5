"""`kdmp user add` and `kdmp client add`: staff and other systems, each with a secret that is shown once."""

from __future__ import annotations

import click

from kdmp_core import access, areas
from kdmp_core.errors import InvalidInput
from kdmp_core.records import Role
from kdmp_core.settings import Settings
from kdmp_core.texts import text
from workflows.command import house
from workflows.command.words import say

SCOPES = ("read", "write")


@click.group(help=text("command.user_help"))
def user() -> None:
    """Staff."""


@user.command("add")
@click.argument("login")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, metavar="ROLE[:AREA]", help=text("command.role_help"))
@click.option("--party", "parties", multiple=True, type=int, metavar="ID", help=text("command.party_help"))
def add_user(login: str, name: str, roles: tuple[str, ...], parties: tuple[int, ...]) -> None:
    """Make a user and print his one-time password."""
    granted = [role_of(words) for words in roles]
    with house.record(Settings()) as store, store.write() as session:
        made, password = access.add_user(
            session, login, name, granted, now=house.now(), by=house.OPERATOR, party_ids=parties
        )
        login = made.login
    say("user_added", login=login, password=password)


@click.group(help=text("command.client_help"))
def client() -> None:
    """Other systems."""


@client.command("add")
@click.argument("name")
@click.option("--user", "login", required=True, metavar="LOGIN", help=text("command.client_user_help"))
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES))
def add_client(name: str, login: str, scopes: tuple[str, ...]) -> None:
    """Make an API client and print its id and secret."""
    with house.record(Settings()) as store, store.write() as session:
        owner = house.user_by_login(session, login)
        made, secret = access.add_client(session, name, owner, scopes, now=house.now(), by=house.OPERATOR)
        client_id = made.client_id
    say("client_added", client_id=client_id, secret=secret)


def role_of(words: str) -> tuple[Role, str]:
    """Read `ROLE[:AREA]`; the area is a code ("32.03"), empty the nation. Raises InvalidInput."""
    role, _, area = words.partition(":")
    if role not in set(Role):
        raise InvalidInput("command.role_unknown", found=role, known=", ".join(Role))
    if area:
        areas.find(area)
    return Role(role), area
