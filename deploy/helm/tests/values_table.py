"""The table of values in the chart's README, made from the comments of values.yaml."""

import re

import yaml
from chart import load

START, END = "<!-- values -->\n", "<!-- end of values -->\n"
KEY = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z][A-Za-z0-9]*):(?: (?P<value>.*))?$")


def table(text):
    """One row for each value that has a comment; members without one belong to the row above."""
    values = load(text)
    rows, path, comment = ["| value | meaning | default |", "|---|---|---|"], [], []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            comment.append(stripped.removeprefix("#").strip())
            continue
        key = KEY.match(line)
        if key:
            path = path[: len(key["indent"]) // 2] + [key["key"]]
            if comment:
                rows.append(f"| `{'.'.join(path)}` | {' '.join(comment)} | {written(found(values, path))} |")
        comment = []
    return "\n".join(rows) + "\n"


def found(values, path):
    for key in path:
        values = values[key]
    return values


def written(value):
    if value in ("", {}, []):
        return "none"
    return "`" + yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix("...\n").strip() + "`"


def leaves(values, path=()):
    """The paths of all values that are no tables."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


def documented(text):
    """The paths that have a comment of their own, each as a tuple."""
    return [tuple(re.match(r"\| `([^`]*)`", row)[1].split(".")) for row in table(text).splitlines()[2:]]
