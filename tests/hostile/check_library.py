#!/usr/bin/env python3
"""Shows that one hostile library cannot stop `wirewatch plugins`, `check` or `run`.

usage: check_library.py BUILD_DIR NAME SENTENCE

NAME.so, built below BUILD_DIR/testdata, is put where plugins are looked for. `plugins` must list it with SENTENCE beside
the plugins that are right; `check` and `run` of a pipeline without it must not notice; those of a pipeline with it must
end with status 3 and SENTENCE at the place where it is named.
"""
import os
import shutil
import subprocess
import sys
import tempfile

GOOD = """name: hostile
sources:
  - files: { path: inbox/*.txt }
analyses:
  - language
%salerts:
  channels:
    - jsonl: { path: "-" }
"""


def main():
    build, name, sentence = sys.argv[1:]
    work = tempfile.mkdtemp(prefix="wirewatch-hostile-")
    failures = []
    try:
        os.makedirs(os.path.join(work, "plugins", "analyses"))
        os.makedirs(os.path.join(work, "inbox"))
        shutil.copy(os.path.join(build, "testdata", "plugins", "analyses", name + ".so"),
                    os.path.join(work, "plugins", "analyses"))
        for path, text in (("inbox/a.txt", "The bridge was opened on Friday, and nobody was hurt at all."),
                           ("good.yaml", GOOD % ""), ("bad.yaml", GOOD % ("  - %s\n" % name))):
            with open(os.path.join(work, path), "w", encoding="utf-8") as file:
                file.write(text)
        environment = dict(os.environ, WIREWATCH_PLUGIN_PATH=os.path.join(work, "plugins"),
                           XDG_CACHE_HOME=os.path.join(work, "cache"), XDG_STATE_HOME=os.path.join(work, "state"))

        def expect(status, texts, *arguments):
            done = subprocess.run([os.path.join(build, "bin", "wirewatch")] + list(arguments), cwd=work,
                                  env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  universal_newlines=True, timeout=100, check=False)
            missing = [text for text in texts if text not in done.stdout]
            if done.returncode != status or missing:
                failures.append("wirewatch %s: status %d, expected %d; not found: %s\n%s" %
                                (" ".join(arguments), done.returncode, status, missing, done.stdout))

        expect(0, [name, "cannot be used", sentence, "language", "files", "jsonl"], "plugins")
        expect(0, ["1 Items archived"], "run", "--once", "good.yaml")
        expect(3, ["bad.yaml:6:5: error:", sentence], "check", "bad.yaml")
        if name != "hangs":  # that takes ten seconds each time
            expect(0, ["good.yaml: right"], "check", "good.yaml")
            expect(3, ["bad.yaml:6:5: error:", sentence], "run", "--once", "bad.yaml")
    finally:
        shutil.rmtree(work)
    print("\n".join(failures) or "%s: refused, and nothing else disturbed" % name)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
