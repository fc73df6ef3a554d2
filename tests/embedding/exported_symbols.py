#!/usr/bin/env python3
"""Checks what libwirewatch-watch shows: the functions of its header, all of them, by their version, and nothing else.

usage: exported_symbols.py LIBRARY HEADER
"""
import re
import subprocess
import sys


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout


def main():
    library, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        header = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    declared = set(re.findall(r"WIREWATCH_WATCH_API [^;(]*?\b(wirewatch_watch_\w+)\(", header))
    major = re.search(r"ABI_MAJOR (\d+)", header).group(1)
    minor = int(re.search(r"ABI_MINOR (\d+)", header).group(1))
    versions = {"WIREWATCH_WATCH_%s.%d" % (major, number) for number in range(minor + 1)}
    shown, breaches = set(), []
    for line in output("nm", "-D", "--defined-only", "--with-symbol-versions", library).splitlines():
        name = line.split()[-1]
        symbol, _, version = name.partition("@")
        if symbol in versions:
            continue  # the version itself
        shown.add(symbol)
        if version.lstrip("@") not in versions:
            breaches.append("%s is not of a version of the header" % name)
    breaches += ["shown, and not in the header: " + name for name in sorted(shown - declared)]
    breaches += ["in the header, and not shown: " + name for name in sorted(declared - shown)]
    soname = "libwirewatch-watch.so." + major
    dynamic = output("objdump", "-p", library)
    if not re.search(r"SONAME\s+%s$" % re.escape(soname), dynamic, re.M):
        breaches.append("its SONAME is not " + soname)
    if "grpc" in output("ldd", library):
        breaches.append("it needs gRPC")
    print("\n".join(breaches) if breaches else "%d functions, and nothing else" % len(shown))
    return 1 if breaches or len(shown) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
