#!/usr/bin/env python3
"""Installs the build into a folder, moves that folder, and builds a new plugin of each kind against it.

usage: install_test.py out_of_tree|in_tree BUILD_DIR ROOT

Shows that the installed tree is relocatable, that `wirewatch new` gives plugins that build out of tree with
find_package(Wirewatch), that their tests pass, that the installed command finds them, that a pipeline of them runs, and
that the same folders build as they are among the plugins of a source tree, where warnings are errors.
"""
import os
import shutil
import subprocess
import sys
import tempfile

# A source tree with nothing but plugins, built by ROOT/cmake as ROOT builds its own.
TREE = """cmake_minimum_required(VERSION 3.25)
project(Tree LANGUAGES CXX)
list(APPEND CMAKE_MODULE_PATH %s/cmake)
include(Toolchain)
find_package(Wirewatch REQUIRED)
find_package(GTest CONFIG REQUIRED)
include(GoogleTest)
add_library(wirewatch_sdk ALIAS Wirewatch::sdk)
add_library(wirewatch_testing ALIAS Wirewatch::testing)
set(WIREWATCH_TESTS ON)
enable_testing()
include(Targets)
wirewatch_scan_plugins(plugins)
"""

KINDS = [("source", "sources", "count"), ("analysis", "analyses", "long_read"), ("alert", "alerts", "herald")]

# What `wirewatch new` must refuse, and what it must say.
REFUSED = [
    (["source", "Count"], "is no name for a plugin"),
    (["source", "two-words"], "is no name for a plugin"),
    (["source", "../up"], "is no name for a plugin"),
    (["source", "count_test"], "is no name for a plugin"),
    (["source", "source"], "stands for something else"),
    (["analysis", "all"], "stands for something else"),
    (["source", "count"], "is there already; nothing was changed"),
    (["watch", "kosovo"], "watch not in {"),
]

PIPELINE = """name: numbers
sources:
  - count: { items: 4 }
analyses:
  - long_read: { words: 2 }
  - watch:
      watches:
        - { id: three, query: "3" }
alerts:
  wait: 0s
  channels:
    - herald: { prefix: heard }
"""


def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
                          timeout=280, check=False, **options)
    if done.returncode != 0:
        print(done.stdout[-6000:])
        sys.exit("%s: status %d" % (" ".join(command), done.returncode))
    return done.stdout


def must_hold(text, what):
    if what not in text:
        sys.exit("not found: %s\n%s" % (what, text))


def must_be_refused(command, what, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
                          timeout=60, check=False, **options)
    if done.returncode == 0 or what not in done.stdout:
        sys.exit("%s: status %d, expected: %s\n%s" % (" ".join(command), done.returncode, what, done.stdout))


def build_and_test(here, there, prefix):
    run(["cmake", "-G", "Ninja", "-S", here, "-B", there, "-DCMAKE_PREFIX_PATH=" + prefix])
    run(["cmake", "--build", there, "-j", "2"])
    must_hold(run(["ctest", "--test-dir", there, "--output-on-failure"]), "100% tests passed")


def install(build, work):
    """The installed tree, moved to where it was not installed."""
    first, prefix = os.path.join(work, "first"), os.path.join(work, "moved", "there")
    run(["cmake", "--install", build, "--prefix", first])
    os.makedirs(os.path.dirname(prefix))
    os.rename(first, prefix)
    return prefix


def out_of_tree(prefix, work, environment, source):
    wirewatch = os.path.join(prefix, "bin", "wirewatch")
    must_hold(run([wirewatch, "version"], env=environment), "wirewatch ")
    must_hold(run([wirewatch, "plugins"], env=environment), "dateline")
    paths = []
    for _, folder, name in KINDS:
        there = os.path.join(work, "build", name)
        build_and_test(os.path.join(source, name), there, prefix)
        paths.append(os.path.join(there, "plugins"))
        environment["WIREWATCH_PLUGIN_PATH"] = ":".join(paths)
        must_hold(run([wirewatch, "plugins", "show", name], env=environment), "%s (%s)" % (name, folder))
    for arguments, what in REFUSED:
        must_be_refused([wirewatch, "new"] + arguments + ["--in", source], what, env=environment)
    pipeline = os.path.join(work, "pipeline.yaml")
    with open(pipeline, "w", encoding="utf-8") as file:
        file.write(PIPELINE)
    must_hold(run([wirewatch, "run", "--once", pipeline], env=environment), "heard: three: 1 Item")


def in_tree(prefix, work, root, source):
    tree = os.path.join(work, "tree")
    for _, folder, name in KINDS:
        shutil.copytree(os.path.join(source, name), os.path.join(tree, "plugins", folder, name))
    with open(os.path.join(tree, "CMakeLists.txt"), "w", encoding="utf-8") as file:
        file.write(TREE % root)
    build_and_test(tree, os.path.join(work, "build", "tree"), prefix)


def main():
    mode, build, root = sys.argv[1], os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
    work = tempfile.mkdtemp(prefix="wirewatch-install-")
    try:
        prefix = install(build, work)
        environment = dict(os.environ, XDG_CACHE_HOME=os.path.join(work, "cache"),
                           XDG_STATE_HOME=os.path.join(work, "state"))
        source = os.path.join(work, "plugins")
        for kind, _, name in KINDS:
            run([os.path.join(prefix, "bin", "wirewatch"), "new", kind, name, "--in", source], env=environment)
        if mode == "out_of_tree":
            out_of_tree(prefix, work, environment, source)
        else:
            in_tree(prefix, work, root, source)
    finally:
        shutil.rmtree(work)
    print("installed, moved, and three plugins built against it, " + mode.replace("_", " "))
    return 0


if __name__ == "__main__":
    sys.exit(main())
