#!/usr/bin/env python3
"""Checks the completions and the man page that `wirewatch` prints, in the shells and with the mandoc that are there.

usage: command_texts.py BIN_DIR
"""
import os
import shutil
import subprocess
import sys
import tempfile

# What is typed, up to the cursor, and what completes it. The folder holds pipeline.yaml and the folder inbox.
CASES = [
    (["gr"], {"graph"}),
    (["plugins", ""], {"show"}),
    (["plugins", "show", "lang"], {"language"}),
    (["plugins", "show", "jsonl", "--format", "m"], {"markdown"}),
    (["graph", "--format", ""], {"text", "dot", "mermaid"}),
    (["inspect", "--format", ""], {"text", "json"}),
    (["graph", "--fo"], {"--format"}),
    (["run", "--o"], {"--once"}),
    (["run", "pi"], {"pipeline.yaml"}),
    (["run", "--store", "pi"], {"pipeline.yaml"}),
    (["run", "--workers", ""], set()),
    (["new", "a"], {"analysis", "alert"}),
    (["new", "source", "counter", "--in", "i"], {"inbox"}),
    (["completion", ""], {"bash", "zsh", "fish"}),
]

BASH = """
source <(wirewatch completion bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_wirewatch
printf '%s\\n' "${COMPREPLY[@]}"
"""

# Without a terminal zsh does not complete; what it would offer is asked of the functions that it calls.
ZSH_SYNTAX = "wirewatch completion zsh > _wirewatch && zsh -n _wirewatch"
FISH = 'wirewatch completion fish | source; complete -C "$argv"'


def main():
    bin_dir = os.path.abspath(sys.argv[1])
    failures, shells = [], []
    with tempfile.TemporaryDirectory(prefix="wirewatch-texts-") as work:
        os.mkdir(os.path.join(work, "inbox"))
        open(os.path.join(work, "pipeline.yaml"), "w", encoding="utf-8").close()
        environment = dict(os.environ, PATH=bin_dir + ":" + os.environ["PATH"], HOME=work, LC_ALL="C.UTF-8",
                           XDG_CACHE_HOME=os.path.join(work, ".cache"))
        environment.pop("WIREWATCH_PLUGIN_PATH", None)

        def run(command, given=None):
            return subprocess.run(command, cwd=work, env=environment, input=given, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, universal_newlines=True, timeout=60, check=False)

        def compare(shell, words, expected, printed):
            found = {line.split("\t")[0].rstrip("/") for line in printed.splitlines() if line}
            if found != expected:
                failures.append("%s: wirewatch %s is completed by %s instead of %s" % (shell, " ".join(words),
                                                                                      sorted(found), sorted(expected)))

        if shutil.which("bash"):
            shells.append("bash")
            for words, expected in CASES:
                compare("bash", words, expected, run(["bash", "-c", BASH, "bash", "wirewatch"] + words).stdout)
        if shutil.which("fish"):
            shells.append("fish")
            for words, expected in CASES:
                compare("fish", words, expected, run(["fish", "-c", FISH, "wirewatch " + " ".join(words)]).stdout)
        if shutil.which("zsh"):
            shells.append("zsh (syntax)")
            done = run(["sh", "-c", ZSH_SYNTAX])
            if done.returncode != 0:
                failures.append("zsh: " + done.stdout)

        page = run(["wirewatch", "man"]).stdout
        for heading in (".SH EXIT STATUS", ".SH ENVIRONMENT", "wirewatch plugins show"):
            if heading not in page:
                failures.append("the man page has no " + heading)
        if shutil.which("mandoc"):
            shells.append("mandoc")
            done = run(["mandoc", "-T", "lint", "-W", "error"], page)
            if done.returncode != 0:
                failures.append("the man page: " + done.stdout)
    print("\n".join(failures) or "%d completions right; tried with %s" % (len(CASES), ", ".join(shells)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
