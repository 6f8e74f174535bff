"""Verifies tollgate's test vectors, and durable logs, by FORMAT.md alone: nothing but Python's standard library.

    python3 check.py                      the vectors in this folder
    python3 check.py LOG.jsonl ..         durable logs, each with its finished files and its charts
"""

import datetime
import hashlib
import json
import pathlib
import re
import struct
import sys

KINDS = ["creation", "transition", "event", "refusal", "adoption"]
MAX_DEPTH = 64
# Keys that serde_json reserves: no object in a record has them.
RESERVED = {"$serde_json::private::Number", "$serde_json::private::RawValue"}
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
TIME = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.\d{9}Z", re.ASCII)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DIGEST = re.compile(r"[0-9a-f]{64}")
START = "0" * 64
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# No other byte is white space: Python's own `strip` takes more.
BLANK = b" \t\n\f\r"


class Refused(Exception):
    """A text that is not a record, with the reason."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def parse(text):
    """JSON in UTF-8, with integers and floats apart, and each key once."""

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
        text = text.decode() if isinstance(text, bytes) else text
        return json.loads(text, object_pairs_hook=once, parse_constant=constant, parse_int=integer)
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)) from error


def quoted(text):
    if not isinstance(text, str):
        raise Refused(f"{text!r:.100} is not a text")
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise Refused(f"{ascii(text):.100} has a lone surrogate")
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
    if RESERVED & set(value):
        raise Refused("a key is one of serde_json's own")
    # Keys in the order of their code points are in the order of their bytes.
    keys = sorted(value)
    return "{" + ",".join(f"{quoted(key)}:{canonical(value[key], depth + 1)}" for key in keys) + "}"


def entries(value):
    """An object whose entries are values, each with its own depth."""
    if not isinstance(value, dict) or not value:
        raise Refused("an object that is not empty belongs here")
    return canonical(value, -1)


def in_order(value, keys, required):
    """An object of these keys, in this order."""
    if not isinstance(value, dict) or not set(required) <= set(value) <= set(keys):
        raise Refused(f"an object of {', '.join(keys)} belongs here")
    return "{" + ",".join(f'"{key}":{form(value[key])}' for key, form in keys.items() if key in value) + "}"


def identifier(value):
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise Refused("an id is an integer or a text")
    return canonical(value)


def one_of(*words):
    def form(value):
        if value not in words:
            raise Refused(f"{value!r:.100} is none of {', '.join(words)}")
        return quoted(value)

    return form


def actor(value, depth=0):
    if depth > MAX_DEPTH:
        raise Refused("too many actors on behalf of others")
    keys = {
        "kind": one_of("user", "service", "system"), "id": identifier, "display": quoted,
        "on_behalf_of": lambda other: actor(other, depth + 1),
    }
    return in_order(value, keys, ["kind", "id"])


def subject(value):
    return in_order(value, {"kind": quoted, "id": identifier}, ["kind", "id"])


def time(value):
    text = quoted(value)
    match = TIME.fullmatch(value)
    try:
        # Python has no year 0. It is a leap year, as 2000 is.
        year, *others = map(int, match.groups())
        datetime.datetime(year or 2000, *others)
    except (AttributeError, ValueError):
        raise Refused(f"{text:.100} is not a time in the canonical form") from None
    return text


def matching(pattern, what):
    def form(value):
        text = quoted(value)
        if not pattern.fullmatch(value):
            raise Refused(f"{text:.100} is not {what}")
        return text

    return form


digest = matching(DIGEST, "a digest")


def digests(value):
    texts = [digest(item) for item in value] if isinstance(value, list) else []
    if not texts or texts != sorted(set(texts)):
        raise Refused("digests in ascending order belong here")
    return "[" + ",".join(texts) + "]"


def wire_version(value):
    if count(value) != "1":
        raise Refused(f"the wire version is {value}")
    return "1"


def count(value):
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Refused(f"{value!r:.100} is not an integer from 1")
    return canonical(value)


# The fields of a record in their order, with their forms.
FIELDS = {
    "v": wire_version, "id": matching(UUID, "a UUID"), "at": time, "kind": one_of(*KINDS), "subject": subject,
    "machine": quoted, "chart": digest, "version": count, "transition": quoted, "from": quoted, "to": quoted,
    "actor": actor, "reason": quoted, "context": entries, "parameters": entries, "data": canonical,
    "personal": digests, "prev": digest, "event": quoted, "properties": canonical, "refused_by": quoted,
    "refusal": quoted,
}
# They are not part of the canonical form.
BESIDES = {"position": count, "prev_line": digest}


def canonical_record(record):
    """The canonical form of a record, as bytes."""
    if not isinstance(record, dict):
        raise Refused("a record is an object")
    if other := set(record) - set(FIELDS) - set(BESIDES):
        raise Refused(f"a record has no field {ascii(min(other)):.100}")
    if missing := {"v", "id", "at", "kind"} - set(record):
        raise Refused(f"a record has the field {min(missing)}")
    texts = {}
    for field, form in (FIELDS | BESIDES).items():
        try:
            if field in record:
                texts[field] = form(record[field])
        except Refused as why:
            raise Refused(f"{field}: {why}") from None
    return ("{" + ",".join(f'"{field}":{text}' for field, text in texts.items() if field in FIELDS) + "}").encode()


def check_vectors(folder):
    """Yields the name of each vector, and its fault, if any."""
    lines = lines_of(folder / "records.jsonl")
    expected_digests = (folder / "digests.txt").read_text().split()
    assert len(lines) == len(expected_digests) > 0, "a digest for each record"
    heads = {}
    for (number, line), expected_digest in zip(lines, expected_digests):
        record = parse(line)
        found = canonical_record(record)
        yield f"record {number} is canonical", None if found == line else found.decode()
        yield f"digest of record {number}", None if sha256(found) == expected_digest else sha256(found)
        if record["kind"] in ("creation", "transition"):
            key = (record["machine"], subject(record["subject"]))
            expected = heads.get(key)
            if expected and record["version"] > 1:
                yield f"chain at record {number}", None if record.get("prev") == expected else f"expected {expected}"
            heads[key] = expected_digest
    for number, line in lines_of(folder / "values.jsonl"):
        vector = parse(line)
        found = canonical(parse(vector["given"]))
        yield f"value {number}", None if found == vector["canonical"] else found
    for number, line in lines_of(folder / "refused.jsonl"):
        try:
            canonical_record(parse(parse(line)["given"]))
            yield f"refused record {number}", "it was read"
        except Refused:
            yield f"refused record {number}", None
    for line in (folder / "floats.txt").read_text().splitlines():
        bits, text = line.split()
        (number,) = struct.unpack(">d", bytes.fromhex(bits))
        found = float_text(number)
        is_same = struct.pack(">d", float(text)).hex() == bits
        yield f"float {bits}", None if found == text and is_same else found
    for log in sorted(folder.glob("log/*.jsonl")):
        if not re.search(r"\.(\d{6,}|charts)[.]", log.name):
            yield from check_log(log)


def lines_of(path, is_finished=False):
    """The lines that are not blank, with their numbers. One without an end counts only in a finished file: elsewhere it
    is still being written, or was torn off."""
    lines = path.read_bytes().split(b"\n")
    lines = lines if is_finished else lines[:-1]
    return [(number, line) for number, line in enumerate(lines, 1) if unmarked(number, line).strip(BLANK)]


def unmarked(number, line):
    """The line without the byte order mark that an editor may have put at the start of a file."""
    return line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line


def finished_files(path, stem, extension):
    """The finished files of a log with their numbers, in their order."""
    name = re.compile(rf"{re.escape(stem)}\.(\d{{6,}})(\.(\d{{4}}-\d\d-\d\d))?{re.escape(extension)}", re.ASCII)

    def number(found):
        match = name.fullmatch(found.name)
        try:
            time(f"{match[3] or '2000-01-01'}T00:00:00.000000000Z")
            return int(match[1])
        except (TypeError, Refused):
            return 0

    return sorted((number(found), found) for found in path.parent.iterdir() if 0 < number(found) < 2**64)


def read_chart(line):
    """A chart's fingerprint and its text."""
    chart = parse(line)
    in_order(chart, {"chart": digest, "text": quoted}, ["chart", "text"])
    return chart["chart"], chart["text"]


def check_log(path):
    """Yields the name of each line of a durable log, and its fault, if any."""
    path = path.resolve()
    stem, dot, extension = path.name.rpartition(".")
    # A name that only begins with a dot has no extension.
    stem, extension = (stem, dot + extension) if stem else (path.name, "")
    charts = set()
    charts_file = path.with_name(f"{stem}.charts{extension}")
    has_charts = charts_file.exists()
    for number, line in lines_of(charts_file) if has_charts else []:
        name = f"{charts_file.name} {number}"
        try:
            fingerprint, text = read_chart(unmarked(number, line))
        except Refused as why:
            yield name, f"not a chart: {why}"
            continue
        charts.add(fingerprint)
        yield name, None if sha256(text.encode()) == fingerprint else "another text"
    files = finished_files(path, stem, extension)
    # While a log is rotated, or before its first line, there may be no current file.
    if path.exists() or not files:
        files.append((None, path))
    # None until a line is linked; the digest of the line before, if it is known.
    start = head = before = None
    for file_number, file in files:
        if before is not None and file_number is not None and file_number > before + 1:
            yield f"{stem}.{before + 1:06}{extension}", f"missing or compressed: {file_number - before - 1} in a row"
            head = None
        before = file_number
        is_first = True
        for number, line in lines_of(file, file_number is not None):
            name = f"{file.name} {number}"
            line_head, head = head, sha256(line)
            was_first, is_first = is_first, False
            # A carriage return, like the mark, comes from another program.
            text = unmarked(number, line).removesuffix(b"\r")
            try:
                record = parse(text)
                found = canonical_record(record)
            except Refused as why:
                yield name, f"not a record: {why}"
                continue
            linked = record.get("prev_line")
            if linked is not None:
                found = found[:-1] + f',"prev_line":"{linked}"}}'.encode()
                is_restart = linked == START and was_first and start is not None
                if is_restart:
                    print(f"{name}: the chain begins again; the file before was missing or compressed, or was removed since")
                elif start is None and line_head is None and linked != START:
                    print(f"{name}: the log starts after a line of the digest {linked}")
                is_sound = line_head is None or linked == line_head or is_restart
                yield f"{name}: the line before", None if is_sound else f"its digest is {line_head}"
                start = start or linked
            elif start is not None:
                yield f"{name}: the line before", "it names none, after lines that do"
            yield f"{name} is canonical", None if found == text else found.decode()
            if "chart" in record and record["kind"] != "refusal" and has_charts:
                yield f"{name}: its chart", None if record["chart"] in charts else "it is not next to the log"


def main(arguments):
    # Names of files, and the content of a line, can be anything.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    folder = pathlib.Path(__file__).parent
    checks = [check_log(pathlib.Path(log)) for log in arguments] or [check_vectors(folder)]
    passed = failed = 0
    for check in checks:
        try:
            for name, problem in check:
                passed, failed = passed + (problem is None), failed + (problem is not None)
                if problem is not None:
                    print(f"{name}: {problem}")
        except (Refused, OSError) as why:
            failed += 1
            print(f"the check ended early: {why}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
