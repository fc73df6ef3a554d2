#!/usr/bin/env python3
"""Installs the component watch-engine alone, moves it, and builds and runs the examples of docs/ against it: with
pkg-config and with CMake, in C and in C++, warnings being errors.

usage: installed.py BUILD_DIR ROOT
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

QUERIES = ["KFOR NEAR/5 clash*", "language:en AND kfor", "soldiers OR police"]
TEXT = "KFOR's soldiers clashed with protesters in Zve\u010dan.\nNothing happened.\n"


def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
                          timeout=280, check=False, **options)
    if done.returncode != 0:
        sys.exit("%s: status %d\n%s" % (" ".join(command), done.returncode, done.stdout[-6000:]))
    return done.stdout


def must_be(what, got, expected):
    if got != expected:
        sys.exit("%s gave\n%s\nnot\n%s" % (what, got, expected))


def expected_output(root):
    """What the page says that the examples print."""
    with open(os.path.join(root, "docs", "embedding-the-watch-engine.md"), encoding="utf-8") as file:
        page = file.read()
    block = re.search(r"```console\n\$ [^\n]*embed[^\n]*\n(.*?)```", page, re.S)
    if not block:
        sys.exit("the page does not show what the examples print")
    return block.group(1)


def check_page(root, examples):
    with open(os.path.join(root, "docs", "embedding-the-watch-engine.md"), encoding="utf-8") as file:
        page = file.read()
    for name in ["embed.c", "embed.cc"]:
        with open(os.path.join(examples, name), encoding="utf-8") as file:
            lines = file.read().count("\n")
        if lines >= 60:
            sys.exit("%s: %d lines, not under 60" % (name, lines))
        if "examples/watch-engine/" + name not in page:
            sys.exit("the page does not name " + name)


def with_pkg_config(prefix, examples, work, expected):
    environment = dict(os.environ, PKG_CONFIG_PATH=os.path.join(prefix, "lib", "pkgconfig"),
                       LD_LIBRARY_PATH=os.path.join(prefix, "lib"))
    strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    for package, source, compiler in [
            ("wirewatch-watch", "embed.c", ["cc", "-std=c99"] + strict),
            ("wirewatch-watch-cpp", "embed.cc", ["g++", "-std=c++20", "-O1"])]:
        program = os.path.join(work, source.replace(".", "_pc_"))
        flags = run(["pkg-config", "--cflags", "--libs", package], env=environment).split()
        run(compiler + ["-o", program, os.path.join(examples, source)] + flags, env=environment)
        must_be(program, run([program] + QUERIES, input=TEXT, env=environment), expected)
    version = run(["pkg-config", "--modversion", "wirewatch-watch"], env=environment).strip()
    if not os.path.exists(os.path.join(prefix, "lib", "libwirewatch-watch.so." + version)):
        sys.exit("no library of version %s" % version)
    return environment


def with_cmake(prefix, examples, work, expected):
    there = os.path.join(work, "build")
    configure = ["cmake", "-S", examples, "-B", there, "-DCMAKE_PREFIX_PATH=" + prefix]
    # The C program first, in a project that has no C++ and finds nothing else.
    for more, program in [([], "embed_c"), (["-DWITH_CXX=ON"], "embed_cc")]:
        run(configure + more)
        run(["cmake", "--build", there])
        must_be(program, run([os.path.join(there, program)] + QUERIES, input=TEXT), expected)


def main():
    build, root = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    examples = os.path.join(root, "docs", "examples", "watch-engine")
    work = tempfile.mkdtemp(prefix="wirewatch-embed-")
    try:
        first, prefix = os.path.join(work, "first"), os.path.join(work, "moved", "there")
        run(["cmake", "--install", build, "--component", "watch-engine", "--prefix", first])
        os.makedirs(os.path.dirname(prefix))
        os.rename(first, prefix)
        if os.path.exists(os.path.join(prefix, "bin")):
            sys.exit("the component has more than the watch engine")
        check_page(root, examples)
        expected = expected_output(root)
        with_pkg_config(prefix, examples, work, expected)
        with_cmake(prefix, examples, work, expected)
    finally:
        shutil.rmtree(work)
    print("installed, moved, and the examples built and run against it")


if __name__ == "__main__":
    main()
