"""One peer under load: its tables made, its clients run and counted, its work checked, its tables dropped.

Run by `transitions.py`, in the environment that has the packages: `workload.py PEER CLIENTS SECONDS`, with the
server's address on standard input. Prints one line of JSON.
"""

import importlib
import importlib.metadata
import json
import multiprocessing
import os
import platform
import signal
import sys
import time
from contextlib import contextmanager
from itertools import cycle

import django
import psycopg
from django.conf import settings
from psycopg import conninfo, sql

SUBJECTS = 64  # for each client
CYCLE = {"draft": "submit", "review": "publish", "published": "retract"}


class Failed(Exception):
    """Nothing was measured, or the measured work was wrong; one line with the reason."""


def main() -> int:
    peer, clients, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    # The tables are dropped at the end, also after a signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with schema(sys.stdin.read()) as server:
            print(json.dumps(measure(peer, server, clients, seconds)))
    except Failed as failed:
        print(f"transitions.py: {peer}: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


@contextmanager
def schema(url: str):
    """The server's parameters, within a schema that is dropped at the end: the database may have other tables."""
    name = f"tollgate_peers_{os.getpid()}"
    try:
        server = conninfo.conninfo_to_dict(url)
        owner = psycopg.connect(**server, autocommit=True)
    except psycopg.Error as error:
        raise Failed(f"no connection to the server: {' '.join(str(error).split())}") from None
    with owner:
        owner.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        try:
            yield server | {"options": f"{server.get('options', '')} -c search_path={name}".strip()}
        finally:
            owner.execute("SET client_min_messages = warning")
            owner.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))


def measure(name: str, server: dict, clients: int, seconds: float) -> dict:
    peer = load(name, server)
    from django.contrib.auth.models import User
    from django.db import connection

    make_tables(peer)
    actor = User.objects.create(username="ann")
    reports = peer.Report.objects.bulk_create(peer.Report(title=f"report {n}") for n in range(clients * SUBJECTS))
    subjects = [report.pk for report in reports]
    refuse_a_stale_copy(peer, subjects[0], actor)
    before, done, took = run_clients(name, server, actor.pk, [subjects[n::clients] for n in range(clients)], seconds)
    with connection.cursor() as cursor:
        check(peer, cursor, before + done)
    packages = {package: importlib.metadata.version(package) for package in (*peer.PACKAGES, "Django", "psycopg")}
    postgres = ".".join(map(str, divmod(connection.pg_version, 10_000)))
    return {
        "peer": name,
        "versions": packages | {"python": platform.python_version(), "postgres": postgres},
        "clients": clients,
        "transitions": done,
        "seconds": round(took, 3),
        "per_second": round(done / took, 1),
    }


def load(name: str, server: dict):
    """The peer's module: its models can be declared only once Django has its settings."""
    parameters = dict(server)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters.pop("dbname", ""),
        "USER": parameters.pop("user", ""),
        "PASSWORD": parameters.pop("password", ""),
        "HOST": parameters.pop("host", ""),
        "PORT": parameters.pop("port", ""),
        "OPTIONS": parameters,
    }
    apps = ["django.contrib.contenttypes", "django.contrib.auth"]
    if name == "django-fsm":
        apps.append("django_fsm_log")
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=apps, USE_TZ=True)
    django.setup()
    return importlib.import_module(f"with_{name.replace('-', '_')}")


def make_tables(peer) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in peer.TABLES:
            editor.create_model(model)


def refuse_a_stale_copy(peer, subject: int, actor) -> None:
    """Of two copies of a row, the second move must be refused; `check` asserts that it left no record either."""
    first, second = peer.read(subject), peer.read(subject)
    peer.move(first, CYCLE["draft"], actor)
    try:
        peer.move(second, CYCLE["draft"], actor)
    except peer.Stale:
        return
    raise Failed("a stale copy was moved: what is measured here would not be correct under races")


def run_clients(name: str, server: dict, actor: int, shares: list, seconds: float) -> tuple[int, int, float]:
    """Transitions before the measured time, those within it, and how long it was."""
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    try:
        for share in shares:
            ours, theirs = context.Pipe()
            process = context.Process(target=client, args=(theirs, name, server, actor, share, seconds))
            process.start()
            # If it stayed open here, a client that died would be waited for without end.
            theirs.close()
            pipes.append(ours)
            processes.append(process)
        # One more: the copy that was not stale.
        before = 1 + sum(pipe.recv() for pipe in pipes)
        for pipe in pipes:
            pipe.send("go")
        results = [pipe.recv() for pipe in pipes]
    except (EOFError, OSError):
        raise Failed("a client ended before its time") from None
    finally:
        for process in processes:
            process.terminate()
            process.join()
    done = sum(count for count, _, _ in results)
    return before, done, max(end for _, _, end in results) - min(start for _, start, _ in results)


def client(pipe, name: str, server: dict, actor: int, subjects: list, seconds: float) -> None:
    # An interrupt reaches all of them; the process that started them ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    peer = load(name, server)
    from django.contrib.auth.models import User

    user = User.objects.get(pk=actor)
    for subject in subjects:
        step(peer, subject, user)
    pipe.send(len(subjects))
    pipe.recv()
    # This clock is the same for all processes of a machine.
    start = now = time.monotonic()
    count = 0
    for subject in cycle(subjects):
        if now >= start + seconds:
            break
        step(peer, subject, user)
        count += 1
        now = time.monotonic()
    pipe.send((count, start, now))


def step(peer, subject: int, actor) -> None:
    """The work of a request: reads the row, and moves it."""
    subject = peer.read(subject)
    peer.move(subject, CYCLE[peer.state(subject)], actor)


def check(peer, cursor, expected: int) -> None:
    """Checks by queries alone that all counted transitions were done."""
    was = "lag(target) OVER (PARTITION BY report ORDER BY id) AS was"
    history = f"WITH history AS (SELECT *, {was} FROM ({peer.HISTORY}) h)"
    counts = {
        f"of {expected} counted transitions records are missing": f"SELECT {expected} - count(*) FROM history",
        "records do not begin where the one before ended": (
            "SELECT count(*) FROM history WHERE source IS DISTINCT FROM coalesce(was, 'draft')"
        ),
        "records name a move that is none": (
            "SELECT count(*) FROM history WHERE (source, target) NOT IN"
            " (('draft', 'review'), ('review', 'published'), ('published', 'draft'))"
        ),
        "records have no actor or no time": "SELECT count(*) FROM history WHERE actor IS NULL OR at IS NULL",
        "reports are in another state than their last record says": (
            f"SELECT count(*) FROM {peer.Report._meta.db_table} r LEFT JOIN"
            " (SELECT DISTINCT ON (report) report, target FROM history ORDER BY report, id DESC) l ON l.report = r.id"
            " WHERE l.target IS DISTINCT FROM r.state"
        ),
    }
    for fault, query in counts.items():
        cursor.execute(f"{history} {query}")
        (count,) = cursor.fetchone()
        if count != 0:
            raise Failed(f"{fault}: {count}")


if __name__ == "__main__":
    sys.exit(main())
