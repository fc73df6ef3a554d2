#!/usr/bin/env python3
"""The C interface through ctypes, as docs/examples/watch-engine/embed.py does it.

usage: from_python.py LIBRARY ROOT
"""
import os
import sys
import threading


def main():
    library, root = sys.argv[1:]
    sys.path.insert(0, os.path.join(root, "docs", "examples", "watch-engine"))
    import embed
    watches = embed.Watches(library)
    watches.add("clash", "KFOR NEAR/5 clash*")
    watches.add("town", "zvecan")
    assert watches.match("KFOR and others clashed in Zve\u010dan") == ["clash", "town"]
    assert watches.match("nothing") == []
    try:
        watches.add("wrong", "a AND b OR c")
        raise SystemExit("a wrong query was taken")
    except ValueError as error:
        assert "parentheses" in str(error), error
    # ctypes lets go of the interpreter's lock during a call: these run at once.
    found = []

    def match():
        matcher = embed.Watches.__new__(embed.Watches)
        matcher.library, matcher.engine, matcher.matcher = watches.library, watches.engine, embed.c_void_p()
        matcher.call("matcher_create", matcher.engine, embed.byref(matcher.matcher))
        found.append(sum(len(matcher.match("KFOR clashed %d" % number)) for number in range(2000)))

    threads = [threading.Thread(target=match) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(200):
        watches.add("other", "word%d" % number)
    for thread in threads:
        thread.join()
    assert found == [2000] * 4, found
    print("matched from Python, by four threads at once")


if __name__ == "__main__":
    main()
