"""The page of results: only what a run measured, with what it was measured on."""
import os
import platform
import statistics
import subprocess
import textwrap

from . import plot

TARGETS = {10000: 20.0, 100000: 30.0, 1000000: 25.0}
RESIDENT_LIMIT = {1000000: 10 ** 9}


def number(value):
    if value is None:
        return "-"
    return format(round(value), ",") if value >= 100 else "%.3g" % value


def duration(microseconds):
    if microseconds < 1000:
        return "%.3g µs" % microseconds
    return "%.0f ms" % (microseconds / 1000) if microseconds >= 1e5 else "%.3g ms" % (microseconds / 1000)


def megabytes(value):
    return "-" if value is None else "%s MB" % number(value / 1e6)


def table(heads, rows):
    return ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)] + [
        "| " + " | ".join(row) + " |" for row in rows] + [""]


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def ratios(run):
    """Wirewatch's Items per second of CPU time over Lucene's, turn by turn: (median of both, lowest, highest)."""
    turns = [ours["raw_items_per_cpu_s"] / theirs["items_per_cpu_s"]
             for ours, theirs in zip(run["ours"], run["theirs"])]
    return (median(run["ours"], "raw_items_per_cpu_s") / median(run["theirs"], "items_per_cpu_s"), min(turns),
            max(turns))


def missed(results):
    """What the run shows that it should not, one line each."""
    out = ["%s: %d differences" % (run["name"], run["differences"])
           for run in results["runs"] + results["correct_only"] if run["differences"]]
    for run in results["runs"]:
        target = TARGETS.get(run["watches"]) if run["plain"] else None
        if target and ratios(run)[0] < target:
            out.append("%s: %.1f times Lucene's speed, not %.0f" % (run["name"], ratios(run)[0], target))
        limit = RESIDENT_LIMIT.get(run["watches"])
        if limit and median(run["ours"], "resident_bytes") >= limit:
            out.append("%s: %s resident, not below %s" % (run["name"], megabytes(median(run["ours"], "resident_bytes")),
                                                         megabytes(limit)))
    return out


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2 ** 30
    return "%s, %d cores, %.0f GiB, Linux %s" % (model, os.cpu_count(), memory, platform.release().split("-")[0])


def commit(folder):
    def git(*arguments):
        return subprocess.run(["git", "-C", folder] + list(arguments), stdout=subprocess.PIPE, check=True,
                              universal_newlines=True).stdout.strip()
    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short", "HEAD") + (" with changes that are not committed" if changed else "")


def correctness(results):
    rows = [[run["name"], number(run["watches"]), number(run["items"]), number(run["pairs"]),
             str(run["differences"])] for run in results["correct_only"] + results["runs"]]
    return ["## The same matches", ""] + table(["set", "watches", "Items", "matches of both", "differences"], rows)


def speed(results):
    rows = []
    for run in results["runs"]:
        middle, lowest, highest = ratios(run)
        target = TARGETS.get(run["watches"]) if run["plain"] else None
        rows.append([run["name"], number(median(run["ours"], "matches_per_item")),
                     number(median(run["ours"], "raw_items_per_cpu_s")),
                     number(median(run["ours"], "match_items_per_cpu_s")),
                     number(median(run["theirs"], "items_per_cpu_s")), "**%.1f** (%.1f to %.1f)" % (
                         middle, lowest, highest), "-" if not target else "%.0f, %s" % (
                             target, "kept" if middle >= target else "missed")])
    return ["## Speed on one core", "",
            "Items per second of the process's CPU time, from raw text to the ids; the median of the turns. The ratio is "
            "that of the\nmedians, in brackets the lowest and the highest of a turn.", ""] + table(
                ["set", "matches an Item", "Wirewatch", "its matching alone", "Lucene Monitor", "ratio", "target"], rows)


def latencies(results):
    rows = []
    for run in results["runs"]:
        for name, side in (("Wirewatch", "ours"), ("Lucene Monitor", "theirs")):
            rows.append([run["name"], name, number(median(run[side], "candidates_per_item"))] + [
                duration(median(run[side], key)) for key in ("p50_us", "p99_us", "max_us")])
    return ["## Time an Item takes", "",
            "Wall time from raw text, median of the turns; other processes may have had the core meanwhile.", ""] + table(
                ["set", "engine", "candidates", "p50", "p99", "worst"], rows)


def memory(results):
    rows = []
    for run in results["runs"]:
        ours = run["ours"]
        rows.append([run["name"], number(median(ours, "bytes_per_watch")), megabytes(median(ours, "index_bytes")),
                     megabytes(median(ours, "resident_bytes")), megabytes(median(ours, "peak_bytes")), "%.2f s (%.2f s CPU)" % (
                         median(ours, "load_s"), median(ours, "load_cpu_s")),
                     "%s MB" % number(run["peer_heap_mb"]) if run["peer_heap_mb"] > 0 else "not seen",
                     "%.1f s" % run["peer_load_s"]])
    return ["## Memory and loading", "",
            "Lucene Monitor: what the live heap grew by while the queries were registered; for few queries what is freed "
            "meanwhile\nhides it.", ""] + table(["set", "bytes a watch", "index", "resident", "peak with loading", "load",
                                                "Lucene: heap", "Lucene: load"], rows)


def cores(results):
    rows = [[run["name"], number(run["one_thread"]), number(run["two_threads"]),
             "%.2f" % (run["two_threads"] / run["one_thread"])] for run in results["runs"] if run["two_threads"]]
    return ["## One and two cores", "",
            "Wirewatch, Items per second of wall time from raw text, best of the turns.", ""] + table(
                ["set", "1 thread", "2 threads", "ratio"], rows)


def hostile(results):
    rows = [[run["name"], number(run["watches"]), number(run["stats"]["matches_per_item"]),
             number(run["stats"]["candidates_per_item"]), number(run["stats"]["raw_items_per_cpu_s"])] +
            [duration(run["stats"][key]) for key in ("p50_us", "p99_us", "max_us")] +
            [str(run["stats"]["max_item"])] for run in results["hostile"]]
    return ["## Hostile watches", "", "Wirewatch alone, in its own language, one core.", ""] + table(
        ["set", "watches", "matches an Item", "candidates", "Items/s of CPU", "p50", "p99", "worst", "which Item"], rows)


def draw(results):
    plain = sorted((run for run in results["runs"] if run["plain"]), key=lambda run: run["watches"])
    series = [("Wirewatch, 1 core", [(run["watches"], median(run["ours"], "raw_items_per_cpu_s")) for run in plain]),
              ("Lucene Monitor, 1 core", [(run["watches"], median(run["theirs"], "items_per_cpu_s"))
                                          for run in plain])]
    both = [(run["watches"], run["two_threads"]) for run in plain if run["two_threads"]]
    if both:
        series.insert(1, ("Wirewatch, 2 cores (wall)", both))
    return plot.log_log("Items a second, from raw text to match ids", "watches",
                        "Items/s (1 core: of CPU time)", series)


def paragraph(text):
    return textwrap.wrap(text, 120, break_long_words=False, break_on_hyphens=False) + [""]


def peer_paragraph(results):
    about = results["about"]
    few = {"`%s`" % run["peer_settings"] for run in results["runs"] if run["watches"] < 10000}
    many = {"`%s`" % run["peer_settings"] for run in results["runs"] if run["watches"] >= 10000}
    return paragraph(
        "The peer is Lucene Monitor %s, built from Debian's source, with the best settings found for it: below 10,000 "
        "queries %s, from there on %s; one Item at a time; `%s`; %s. Both engines ran pinned to one core and took turns "
        "within one run: a turn is one round of Lucene over all Items, then rounds of Wirewatch over the same Items for "
        "two seconds. Lucene was warmed up before until three rounds brought no gain of 3 %% (%s rounds), and by one more "
        "at the start of each turn." % (
            about["lucene"], ", ".join(sorted(few)) or "(not run)", ", ".join(sorted(many)) or "(not run)",
            " ".join(about["java_options"]), about["java"],
            ", ".join(str(len(run["peer_warm_up"])) for run in results["runs"])))


def render(results, plot_name):
    about = results["about"]
    lines = ["# Many standing queries, beside Lucene Monitor", ""]
    lines += paragraph("`tests/bench/percolate.py` on the release build of commit %s, %s. %s; the load of the machine "
                       "when it began was %.1f." % (about["commit"], about["machine"], about["date"], about["load"]))
    if results["runs"]:
        lines += ["![Items a second over watches](%s)" % plot_name, ""]
    lines += peer_paragraph(results) if results["runs"] else []
    lines += paragraph(
        "Items: %s distinct documents of %.0f words on average, cut where they were longer than %d words: %s. The "
        "queries are the mix of the peer's generator (40 %% phrases, 30 %% Boolean, 15 %% proximity, 10 %% lists, 5 %% "
        "prefixes), drawn from the same texts. The rarer set has the same mix, of words that hardly occur." % (
            number(about["documents"]), about["words"], about["cut"],
            ", ".join("%s %d" % tuple(part) for part in about["taken"])))
    lines += correctness(results) if results["runs"] + results["correct_only"] else []
    for part in (speed, latencies, memory, cores) if results["runs"] else ():
        lines += part(results)
    lines += hostile(results) if results["hostile"] else []
    failures = missed(results)
    lines += ["## Against the targets", ""] + (["- " + line for line in failures] or ["All that was measured is kept."])
    return "\n".join(lines) + "\n"
