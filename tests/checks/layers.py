#!/usr/bin/env python3
"""Checks the layers: who may include whom, and what a plugin may include. Also the size rules of the SDK's headers.

    layers.py ROOT

Prints each breach as file:line and exits with 1 if there is any.
"""
import pathlib
import re
import sys

# Each component may include those named here, and whatever they may include.
BELOW = {
    "text": [],
    "watch": ["text"],
    "http": ["text"],
    "sdk": ["watch", "http"],
    "templates": ["sdk"],
    "store": ["sdk"],
    "config": ["sdk"],
    "loader": ["sdk", "config"],
    "alerts": ["sdk", "store"],
    "remote": ["sdk", "config"],
    "pipeline": ["alerts", "remote", "loader", "config", "store"],
    "testing": ["pipeline"],
    "service": ["pipeline"],
    "scenario": ["pipeline"],
    "cli": ["service", "testing", "scenario", "templates"],
}
PLUGINS_MAY = {"sdk", "text", "watch", "http", "templates", "v1"}
# Tests get their options from YAML, and their plugins from the harness.
TESTS_MAY = {"testing", "config"}
INCLUDE = re.compile(r'^\s*#\s*include\s*"(wirewatch/([a-z0-9_]+)/[^"]+)"')
MOST_SDK_HEADERS, MOST_SDK_LINES, MOST_LINES = 12, 250, 400


def reach(component):
    seen, todo = {component, "v1"}, [component]
    while todo:
        for below in BELOW[todo.pop()]:
            if below not in seen:
                seen.add(below)
                todo.append(below)
    return seen


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match.group(1), match.group(2)


def main(root):
    breaches = []
    sources = [path for path in [*root.glob("core/**/*"), *root.glob("plugins/**/*")] if path.suffix in (".h", ".cc")]
    for path in sorted(sources):
        place = path.relative_to(root)
        kind, component = place.parts[0], place.parts[1]
        test = path.stem.endswith(("_test", "_bench", "_fuzz", "_fixture"))
        may = reach(component) if kind == "core" else PLUGINS_MAY
        own = f"wirewatch/{component}/"
        for number, header, target in includes(path):
            if target in may or (test and target in TESTS_MAY) or header.startswith(own):
                continue
            breaches.append(f"{place}:{number}: may not include {header}")
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES:
            breaches.append(f"{place}: {lines} lines, more than {MOST_LINES}: split it")
    headers = sorted(root.glob("core/sdk/*.h"))
    if len(headers) > MOST_SDK_HEADERS:
        breaches.append(f"core/sdk: {len(headers)} headers, more than {MOST_SDK_HEADERS}")
    for header in headers:
        lines = len(header.read_text(encoding="utf-8").splitlines())
        if lines > MOST_SDK_LINES:
            breaches.append(f"{header.relative_to(root)}: {lines} lines, more than {MOST_SDK_LINES}")
    print("\n".join(breaches) if breaches else f"layers: {len(sources)} files keep to them")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
