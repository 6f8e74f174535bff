"""How many recorded transitions a second users of viewflow and of django-fsm-2 commit to a Postgres server.

Needs nothing but Python: the packages are installed on the first run. What is measured lives in `workload.py`.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from environment import EnvironmentMissing, python_with_packages

HERE = Path(__file__).resolve().parent
PEERS = ("viewflow", "django-fsm")


def main() -> int:
    arguments = parse()
    try:
        python = python_with_packages(arguments.venv, HERE / "requirements.txt")
    except EnvironmentMissing as missing:
        print(f"transitions.py: {missing}", file=sys.stderr)
        return 1
    # A separate process for each, so that neither runs with the other's packages loaded.
    for peer in arguments.peer or PEERS:
        if failed := measure(python, peer, arguments):
            return failed
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="postgres://user@host:port/database; the user may make a schema")
    parser.add_argument("--peer", choices=PEERS, action="append", help="all of them, unless given")
    parser.add_argument("--clients", type=positive(int), default=1, help="processes, each with a connection (1)")
    parser.add_argument("--seconds", type=positive(float), default=5, help="how long to measure (5)")
    parser.add_argument(
        "--venv", type=Path, default=HERE.parents[2] / "target" / "peers", help="where the packages are (target/peers)"
    )
    return parser.parse_args()


def positive(kind: type):
    def number(text: str):
        value = kind(text)
        if not 0 < value < 1_000_000:
            raise argparse.ArgumentTypeError(f"`{text}` is not above 0 and below a million")
        return value

    return number


def measure(python: Path, peer: str, arguments: argparse.Namespace) -> int:
    # `-B`: the sources stay free of bytecode. The address goes by standard input: its password must not be listed.
    command = [python, "-B", HERE / "workload.py", peer, str(arguments.clients), str(arguments.seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        try:
            process.communicate(arguments.url)
        except KeyboardInterrupt:
            # It has been interrupted too, and drops its tables.
            process.wait()
            return 130
    # A signal that ended it is reported as a shell does.
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


if __name__ == "__main__":
    sys.exit(main())
