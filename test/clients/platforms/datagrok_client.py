"""Datagrok by the vendor's own Python client: a family a function, a call a line."""

import os
import tempfile
from pathlib import Path

import pandas
from datagrok_api import DatagrokClient
from datagrok_api.models import Credentials, DataConnection, DatabaseDataSourceType, Group, User

FAMILIES = []


def family(function):
    FAMILIES.append(function)
    return function


def connect():
    return (DatagrokClient(os.environ["SERVER"], f"Bearer {os.environ['TOKEN']}"),)


@family
def users(grok):
    me = grok.users.current()
    assert me.login == "mara.okafor" and grok.users.get(me.id).id == me.id
    assert grok.users.list(smart_filter='status="active"', include_group=True)
    made = grok.users.save(User(login="of.client", first_name="Of", last_name="Client", email="of@client.example"))
    grok.users.block(made)
    grok.users.unblock(made)


@family
def groups(grok):
    assert grok.groups.current().id and grok.groups.list(include_personal=False)
    made = grok.groups.save(Group(name="OfGroups", friendly_name="Of groups"))
    child = grok.groups.find("Geology")[0]
    grok.groups.add_member(grok.groups.get(made.id), child)
    assert grok.groups.get_members(made) and grok.groups.get_members(made, admin=True) == []
    assert grok.groups.get_memberships(child, admin=False) is not None
    grok.groups.delete(made)


@family
def tables(grok):
    frame = pandas.DataFrame({"hole": ["DDH001", "DDH002"], "au_ppm": [1.5, None]})
    stored = grok.tables.upload("OfClient", frame)
    assert list(grok.tables.download(stored["ID"])["hole"]) == ["DDH001", "DDH002"]
    board = grok.tables.create_dashboard("OfClientBoard", stored["ID"])
    shared = grok.shares.share(board["ID"], "Geology", access="View")
    assert shared.is_success()


@family
def files(grok):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "one.csv").write_text("hole,au_ppm\nDDH001,1.5\n")
        grok.files.upload("MaraOkafor:Home", "of client/one.csv", str(Path(folder, "one.csv")))
        assert len(grok.files.download("MaraOkafor:Home", "of client/one.csv")) == 1
        for _ in range(2):
            grok.files.sync_dir("MaraOkafor:Home", "of client", str(Path(folder, "copy")))
        assert Path(folder, "copy", "one.csv").exists()


@family
def functions(grok):
    assert grok.functions.call("Sin", {"x": 0}) == 0
    assert grok.functions.list_queries() and grok.functions.list_scripts()
    assert grok.functions.get(grok.functions.list_scripts()[0].id).name
    database = grok.connections.list(data_source=DatabaseDataSourceType.Postgres)[0]
    assert grok.functions.create_query(database, "select 1", name="OfClient").id
    assert grok.functions.create_script("#name: OfClient\n#language: python\n", name="OfScripts").id


@family
def connections(grok):
    assert grok.connections.list(smart_filter="dataSource='Postgres'") and grok.connections.list(tags=["core"])
    made = grok.connections.save(
        DataConnection(name="OfClient", data_source=DatabaseDataSourceType.Postgres, server="lab.example", db="assays"))
    assert grok.connections.get(made.id).name == "OfClient"
    try:
        grok.connections.test(made)
    except Exception as error:
        assert "lab.example" in str(error) or "connect" in str(error).lower(), error
    grok.connections.delete(made)


@family
def credentials(grok):
    of = grok.connections.list(data_source=DatabaseDataSourceType.Postgres)[0]
    held = grok.credentials.for_entity(of.id)
    held.entity_bind_id = of.id
    grok.credentials.save(held)


@family
def packages(grok):
    one = grok.packages.list()[0]
    assert grok.packages.get(one.id).name and grok.published_packages.list(package_id=one.id)
