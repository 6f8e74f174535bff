"""The virtual environment that holds the packages, made if it is absent or differs from `requirements`."""

import importlib.util
import subprocess
import sys
from pathlib import Path


class EnvironmentMissing(Exception):
    """There is no such environment and it could not be made; one line with the reason."""


def python_with_packages(venv: Path, requirements: Path) -> Path:
    """The interpreter that has exactly the packages of `requirements`."""
    python = venv / "bin" / "python"
    installed = venv / "requirements.txt"
    wanted = requirements.read_text()
    if not (installed.exists() and installed.read_text() == wanted):
        check_python()
        print(f"transitions.py: installing into {venv}", file=sys.stderr)
        make(venv)
        install(python, requirements)
        # Written last, so that an interrupted environment is made again.
        installed.write_text(wanted)
    return python


def check_python() -> None:
    if sys.version_info < (3, 11):
        version = sys.version.split()[0]
        raise EnvironmentMissing(f"this is Python {version}, and the packages need 3.11 or later")
    # Debian's Python has `venv` and yet cannot make one that has pip.
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise EnvironmentMissing("this Python cannot make a virtual environment; on Debian, `python3-venv` is missing")


def make(venv: Path) -> None:
    if venv.exists() and any(venv.iterdir()) and not (venv / "pyvenv.cfg").exists():
        raise EnvironmentMissing(f"`{venv}` is no virtual environment, and making one would empty it")
    run("venv", [sys.executable, "-m", "venv", "--clear", venv])


def install(python: Path, requirements: Path) -> None:
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--retries", "1", "--only-binary", ":all:"]
    run("pip", [python, "-m", "pip", "install", *options, "-r", requirements])


def run(name: str, command: list) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        return
    lines = [line for line in done.stdout.splitlines() if line.strip()] or [f"exit status {done.returncode}"]
    if any("connection broken" in line for line in lines):
        raise EnvironmentMissing(f"`{name}` reaches no package index; `PIP_INDEX_URL` may name one that it does reach")
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    raise EnvironmentMissing(f"`{name}` failed: {errors[0].removeprefix('ERROR: ')}")
