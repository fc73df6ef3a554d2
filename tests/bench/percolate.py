#!/usr/bin/env python3
"""Many standing queries against each Item: Wirewatch beside the tuned Lucene Monitor, in turns within one run.

usage: percolate.py BIN_DIR [--peer ../shared/peers/percolate] [--data ../shared/data] [--cache build/percolation]
                    [--watches 1000,10000,100000,1000000] [--turns 3] [--sets plain,rarer,luwak,hostile]
                    [--most-items N] [--correct-only] [--write docs/results/percolation.md]
       percolate.py --from build/percolation/results.json --write docs/results/percolation.md

Both engines must find the same matches; differences are printed in full (the first 20). The peer is built on first use
from Debian's source of lucene8 and kept in the cache, as the query sets are. The figures go to results.json there, and
with --write to a page with a plot beside it. Exit status: 1 for differences or a missed target, 77 without the peer, the
corpora or Java.
"""
import datetime
import filecmp
import glob
import json
import os
import sys

from percolation import corpus, lucene, page, queries, wirewatch

TOP = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SKIPPED = 77
CORE = "1"
BOTH_CORES = "0,1"
SECONDS_A_TURN = 2.0
LARGE = 1000000      # from so many watches on both get fewer Items: Lucene takes seconds for a hundred
LARGE_ITEMS = 500
DEFAULTS = {"peer": "../shared/peers/percolate", "data": "../shared/data", "cache": "build/percolation",
            "watches": "1000,10000,100000,1000000", "turns": "3", "sets": "plain,rarer,luwak,hostile",
            "most-items": "", "write": "", "from": ""}


def option(name):
    if "--" + name in sys.argv:
        return sys.argv[sys.argv.index("--" + name) + 1]
    return os.path.join(TOP, DEFAULTS[name]) if name in ("peer", "data", "cache") else DEFAULTS[name]


def say(text):
    print(text, flush=True)


class Bench:
    """The prepared files of one run. Everything lies in the cache; what was drawn from other texts is drawn anew."""

    def __init__(self, bin_dir, peer, data, cache):
        self.bin_dir, self.peer, self.cache = bin_dir, peer, cache
        self.documents, self.taken = corpus.news(data)
        self.luwak = corpus.luwak(data)
        self.items, self.tokens = self.path("news.jsonl"), self.path("news.tokens")
        if self.changed():
            for path in [self.tokens] + glob.glob(self.path("plain-*.jsonl")):
                if os.path.isfile(path):
                    os.remove(path)
            os.replace(self.items + ".new", self.items)
        if not os.path.isfile(self.tokens):
            peer.tokens(self.items, self.path("news.raw"), True)
            peer.tokens(self.items, self.tokens, False)

    def path(self, name):
        return os.path.join(self.cache, name)

    def changed(self):
        """Whether the documents are not those of the cache; they lie beside its own, as .new."""
        corpus.write_items(self.items + ".new", self.documents)
        return not os.path.isfile(self.items) or not filecmp.cmp(self.items, self.items + ".new", shallow=False)

    def plain(self, count, largest):
        """The first `count` queries of a larger set, as the generator's own users take them."""
        kept = [path for path in glob.glob(self.path("plain-*.jsonl")) if int(path[:-6].rsplit("-", 1)[1]) >= largest]
        if not kept:
            kept = [self.path("plain-%d.jsonl" % largest)]
            queries.generate(self.peer.generator, self.path("news.raw"), largest, kept[0] + ".new")
            os.rename(kept[0] + ".new", kept[0])
        return queries.read_peer(kept[0], count)

    def rarer(self, count):
        corpus.write_items(self.path("luwak.jsonl"), self.luwak[0])
        self.peer.tokens(self.path("luwak.jsonl"), self.path("luwak.tokens"), False)
        return queries.Rarer(queries.read_tokens(self.tokens), queries.read_tokens(self.path("luwak.tokens"))).queries(
            count)

    def compare(self, name, documents, texts):
        """Wirewatch's matches against those of the peer's last run; both lie in the cache."""
        ours = wirewatch.read_matches(self.path("ours.jsonl"), "item")
        theirs = wirewatch.read_matches(self.path("theirs.jsonl"), "doc")
        found, both = wirewatch.differences(ours, theirs)
        say("%s: %d matches of both, %d differences" % (name, both, len(found)))
        wirewatch.show(found, texts, documents)
        return {"name": name, "watches": len(texts), "items": len(documents), "pairs": both,
                "differences": len(found)}

    def run(self, name, texts, documents, most, turns, plain):
        """One query set on both engines, over the first `most` documents; the peer weighs its terms by all of them.
        Without turns only the matches are compared."""
        items, peer_file, watch_file = self.path("items.jsonl"), self.path("queries.jsonl"), self.path("watches.jsonl")
        corpus.write_items(self.path("all.jsonl"), documents)
        documents = documents[:most]
        corpus.write_items(items, documents)
        queries.write_peer(peer_file, texts)
        queries.write_watches(watch_file, texts)
        ours, theirs = [], []
        with lucene.Run(self.peer, self.path("all.jsonl"), peer_file, len(texts), self.path("theirs.jsonl"), CORE,
                        len(documents), once=turns == 0) as peer:
            peer.warm()
            first = wirewatch.match(self.bin_dir, watch_file, items, CORE, "lucene", out=self.path("ours.jsonl"))
            rounds = max(3, min(100, round(SECONDS_A_TURN * first["raw_items_per_cpu_s"] / len(documents))))
            for turn in range(turns):
                theirs.append(peer.turn())
                ours.append(wirewatch.match(self.bin_dir, watch_file, items, CORE, "lucene", rounds=rounds))
                say("%s, turn %d: Wirewatch %.0f, Lucene Monitor %.0f Items per second of CPU" % (
                    name, turn + 1, ours[-1]["raw_items_per_cpu_s"], theirs[-1]["items_per_cpu_s"]))
            result = {"plain": plain, "ours": ours, "theirs": theirs, "peer_heap_mb": peer.heap_mb,
                      "peer_load_s": peer.load_s, "peer_settings": peer.settings, "peer_warm_up": peer.warm_up,
                      "one_thread": None, "two_threads": None}
        if turns:
            both = [[wirewatch.match(self.bin_dir, watch_file, items, cpus, "lucene", threads=threads, rounds=rounds)
                     ["raw_items_per_s"] for cpus, threads in ((CORE, 1), (BOTH_CORES, 2))] for _ in range(turns)]
            result["one_thread"], result["two_threads"] = max(x for x, _ in both), max(x for _, x in both)
        result.update(self.compare(name, documents, texts))
        return result

    def hostile(self):
        tokens = queries.read_tokens(self.tokens)
        for name, texts in (("commonest words", queries.commonest(tokens)),
                            ("leading wildcards", queries.leading_wildcards(tokens)), ("fuzzy", queries.fuzzy(tokens))):
            queries.write_watches(self.path("watches.jsonl"), texts)
            stats = wirewatch.match(self.bin_dir, self.path("watches.jsonl"), self.items, CORE, rounds=3)
            say("%s: p50 %.0f us, p99 %.0f us, worst %.0f us" % (name, stats["p50_us"], stats["p99_us"],
                                                                 stats["max_us"]))
            yield {"name": name, "watches": len(texts), "stats": stats}


def about(bench):
    words = sum(len(text.split()) for text in bench.documents) / len(bench.documents)
    return {"commit": page.commit(TOP), "machine": page.machine(), "load": os.getloadavg()[0],
            "date": datetime.date.today().isoformat(), "lucene": bench.peer.version, "java": bench.peer.java_version(),
            "java_options": lucene.JAVA[1:], "documents": len(bench.documents), "words": words,
            "cut": corpus.WORDS_A_DOCUMENT, "taken": bench.taken}


def measure(bench, counts, sets, turns):
    results = {"about": about(bench), "runs": [], "correct_only": [], "hostile": []}
    target = results["runs"] if turns else results["correct_only"]
    most = int(option("most-items") or 0)
    if "luwak" in sets and bench.luwak:
        documents, texts = bench.luwak
        results["correct_only"].append(bench.run("Luwak benchmark", texts, documents, len(documents), 0, False))
    if "hostile" in sets:
        results["hostile"] += bench.hostile()
    if "rarer" in sets and bench.luwak:
        target.append(bench.run("100,000 of rarer terms", bench.rarer(100000), bench.documents,
                                most or len(bench.documents), turns, False))
    for count in counts if "plain" in sets else []:
        taken = most or (LARGE_ITEMS if count >= LARGE else len(bench.documents))
        target.append(bench.run("%s watches" % format(count, ","), bench.plain(count, max(counts)),
                                bench.documents, taken, turns, True))
    return results


def write_page(results, path):
    plot_name = os.path.splitext(os.path.basename(path))[0] + ".svg"
    with open(path, "w", encoding="utf-8") as file:
        file.write(page.render(results, plot_name))
    if any(run["plain"] for run in results["runs"]):
        with open(os.path.join(os.path.dirname(path), plot_name), "w", encoding="utf-8") as file:
            file.write(page.draw(results))


def main():
    if option("from"):
        with open(option("from"), encoding="utf-8") as file:
            write_page(json.load(file), option("write"))
        return 0
    if len(sys.argv) < 2 or sys.argv[1].startswith("--"):
        sys.exit(__doc__)
    if not os.path.isdir(os.path.join(option("data"), "meantime")):
        say("skipped: no corpora at %s" % option("data"))
        return SKIPPED
    try:
        peer = lucene.Peer(option("peer"), option("cache"))
    except lucene.Missing as missing:
        say("skipped: not there: %s" % missing)
        return SKIPPED
    bench = Bench(sys.argv[1], peer, option("data"), option("cache"))
    turns = 0 if "--correct-only" in sys.argv else int(option("turns"))
    results = measure(bench, [int(count) for count in option("watches").split(",")], option("sets").split(","), turns)
    with open(bench.path("results.json"), "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
    if option("write"):
        write_page(results, option("write"))
    failures = page.missed(results)
    say("\n".join(failures) or "no differences; every target measured is kept")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
