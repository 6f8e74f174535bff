"""Verifies tollgate's test vectors, and durable logs, by FORMAT.md alone: nothing but Python's standard library.

    python3 check.py                      the vectors in this folder
    python3 check.py LOG.jsonl ..         durable logs, each with its finished files and its charts
"""

import hashlib
import json
import pathlib
import re
import struct
import sys

# The fields of a record in their order; those that are no part of the canonical form come last.
FIELDS = [
    "v", "id", "at", "kind", "subject", "machine", "chart", "version", "transition", "from", "to", "actor", "reason",
    "context", "parameters", "data", "personal", "prev", "event", "properties", "refused_by", "refusal",
]
BESIDES = ["position", "prev_line"]
KINDS = ["creation", "transition", "event", "refusal", "adoption"]
MAX_DEPTH = 64
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
TIME = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{9})Z")


class Refused(Exception):
    """A text that is not a record, and why."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def parse(text):
    """JSON with integers and floats apart, and each key once."""

    def once(pairs):
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            raise Refused("a key occurs twice")
        return dict(pairs)

    def constant(word):
        raise Refused(f"{word} is not JSON")

    def integer(digits):
        return -0.0 if digits == "-0" else int(digits)

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=constant, parse_int=integer)
    except ValueError as error:
        raise Refused(str(error)) from error


def quoted(text):
    return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


def float_text(number):
    if number != number or number in (float("inf"), float("-inf")):
        raise Refused(f"{number} is not finite")
    # Python's repr has the shortest digits that read back, and the same limits of its two forms but for 0.00001.
    mantissa, _, exponent = repr(number).partition("e")
    if not exponent:
        return mantissa
    if exponent == "-05":
        sign, digits = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
        return f"{sign}0.0000{digits.replace('.', '')}"
    return f"{mantissa}e{int(exponent):+d}"


def canonical(value, depth=0):
    """The canonical text of a value."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            raise Refused(f"{value} is no 64-bit integer")
        return str(value)
    if isinstance(value, float):
        return float_text(value)
    if depth == MAX_DEPTH:
        raise Refused("nested too deep")
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    keys = sorted(value, key=lambda key: key.encode())
    return "{" + ",".join(f"{quoted(key)}:{canonical(value[key], depth + 1)}" for key in keys) + "}"


def entries(value):
    """An object whose entries are values, each with a depth of its own."""
    if not isinstance(value, dict) or not value:
        raise Refused("an object that is not empty belongs here")
    return canonical(value, -1)


def in_order(value, keys, required):
    """An object of these keys, in this order."""
    if not isinstance(value, dict) or not set(required) <= set(value) <= set(keys):
        raise Refused(f"an object of {', '.join(keys)} belongs here")
    return [(key, value[key]) for key in keys if key in value]


def identifier(value):
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise Refused("an id is an integer or a text")
    return canonical(value)


def actor(value):
    parts = []
    for key, part in in_order(value, ["kind", "id", "display", "on_behalf_of"], ["kind", "id"]):
        if key == "kind" and part not in ("user", "service", "system"):
            raise Refused(f"{part} is no kind of actor")
        text = actor(part) if key == "on_behalf_of" else identifier(part) if key == "id" else canonical(part)
        parts.append(f'"{key}":{text}')
    return "{" + ",".join(parts) + "}"


def subject(value):
    parts = in_order(value, ["kind", "id"], ["kind", "id"])
    return "{" + ",".join(f'"{key}":{identifier(part) if key == "id" else canonical(part)}' for key, part in parts) + "}"


def time(value):
    match = TIME.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise Refused(f"{value} is not a time in the canonical form")
    _, month, day, hour, minute, second, _ = map(int, match.groups())
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60):
        raise Refused(f"{value} is not a time")
    return quoted(value)


def canonical_record(record):
    """The canonical form of a record, as bytes."""
    if not isinstance(record, dict) or not set(record) <= set(FIELDS + BESIDES):
        raise Refused("a record has other fields")
    if record.get("v") != 1 or record.get("kind") not in KINDS or not {"id", "at"} <= set(record):
        raise Refused("a record has the wire version 1, an id, a time and a kind")
    for digest in [record.get("chart"), record.get("prev"), record.get("prev_line"), *record.get("personal", [])]:
        if digest is not None and not (isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest)):
            raise Refused(f"{digest} is not a digest")
    special = {"subject": subject, "actor": actor, "at": time, "context": entries, "parameters": entries}
    texts = [f'"{field}":{special.get(field, canonical)(record[field])}' for field in FIELDS if field in record]
    return ("{" + ",".join(texts) + "}").encode()


def check_vectors(folder):
    """Yields a name for each vector, and what is wrong with it."""
    lines = texts(folder / "records.jsonl")
    digests = (folder / "digests.txt").read_text().split()
    assert len(lines) == len(digests) > 0, "a digest for each record"
    heads = {}
    for number, (line, digest) in enumerate(zip(lines, digests), 1):
        record = parse(line)
        found = canonical_record(record)
        yield f"record {number} is canonical", None if found == line.encode() else found.decode()
        yield f"digest of record {number}", None if sha256(found) == digest else sha256(found)
        if record["kind"] in ("creation", "transition"):
            key = (record["machine"], subject(record["subject"]))
            expected = heads.get(key)
            if expected and record["version"] > 1:
                yield f"chain at record {number}", None if record.get("prev") == expected else f"expected {expected}"
            heads[key] = digest
    for number, line in enumerate(texts(folder / "values.jsonl"), 1):
        vector = parse(line)
        found = canonical(parse(vector["given"]))
        yield f"value {number}", None if found == vector["canonical"] else found
    for number, line in enumerate(texts(folder / "refused.jsonl"), 1):
        try:
            canonical_record(parse(parse(line)["given"]))
            yield f"refused record {number}", "it was read"
        except Refused:
            yield f"refused record {number}", None
    for line in texts(folder / "floats.txt"):
        bits, text = line.split()
        (number,) = struct.unpack(">d", bytes.fromhex(bits))
        found = float_text(number)
        is_same = struct.pack(">d", float(text)).hex() == bits
        yield f"float {bits}", None if found == text and is_same else found
    for log in sorted(folder.glob("log/*.jsonl")):
        if not re.search(r"\.(\d{6,}|charts)[.]", log.name):
            yield from check_log(log)


def lines_of(path):
    """The lines with an end: one without is still being written, or was torn off."""
    return [line for line in path.read_bytes().split(b"\n")[:-1] if line.strip()]


def texts(path):
    return [line.decode() for line in lines_of(path)]


def check_log(path):
    """Yields a name for each line of a durable log, and what is wrong with it."""
    finished = [found for found in path.parent.glob(f"{path.stem}.*{path.suffix}") if re.match(rf"{re.escape(path.stem)}\.\d{{6,}}\.", found.name)]
    finished.sort(key=lambda found: int(found.name[len(path.stem) + 1 :].split(".")[0]))
    charts = {}
    charts_file = path.with_name(f"{path.stem}.charts{path.suffix}")
    if charts_file.exists():
        for number, line in enumerate(lines_of(charts_file), 1):
            chart = parse(line.decode())
            charts[chart["chart"]] = chart["text"]
            yield f"{charts_file.name} {number}", None if sha256(chart["text"].encode()) == chart["chart"] else "another text"
    # None until a line is linked; the digest of the line before, where it is known.
    start = head = None
    for file in [*finished, path]:
        lines = lines_of(file)
        for number, line in enumerate(lines, 1):
            name = f"{file.name} {number}"
            record = parse(line.decode())
            found = canonical_record(record)
            linked = record.get("prev_line")
            if linked is not None:
                found = found[:-1] + f',"prev_line":"{linked}"}}'.encode()
                is_restart = linked == "0" * 64 and number == 1 and start is not None
                is_start = start is None and (head is None or linked == head)
                if is_restart:
                    print(f"{name}: the chain begins again; the file before was missing or compressed, or was removed since")
                elif is_start and head is None and linked != "0" * 64:
                    print(f"{name}: the log starts after a line of the digest {linked}")
                yield f"{name}: the line before", None if linked == head or is_start or is_restart else f"its digest is {head}"
                start = start or linked
            elif start is not None:
                yield f"{name}: the line before", "it names none, after lines that do"
            yield f"{name} is canonical", None if found == line else found.decode()
            if "chart" in record and record["kind"] != "refusal" and charts_file.exists():
                yield f"{name}: its chart", None if record["chart"] in charts else "it is not next to the log"
            head = sha256(line)


def main(arguments):
    folder = pathlib.Path(__file__).parent
    checks = [check_log(pathlib.Path(log)) for log in arguments] or [check_vectors(folder)]
    passed = failed = 0
    for check in checks:
        try:
            for name, problem in check:
                passed, failed = passed + (problem is None), failed + (problem is not None)
                if problem is not None:
                    print(f"{name}: {problem}")
        except Refused as why:
            failed += 1
            print(f"the line after that: {why}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
