"""Wirewatch's side: one call of `wirewatch watch match`, and the comparison of two match files."""
import json
import os
import subprocess
import tempfile


class Failed(Exception):
    """The command ended with an error; the message holds what it said."""


def match(bin_dir, watches, items, cpus, dialect=None, threads=1, rounds=None, out=os.devnull):
    """The figures of --stats; the peak of the process's resident memory and its whole CPU time as the system counts
    them, `peak_bytes` and `cpu_s`, beside them."""
    command = ["taskset", "-c", cpus] if cpus else []
    command += [os.path.join(bin_dir, "wirewatch"), "watch", "match", "--watches", watches, "--items", items, "--stats"]
    command += ["--threads", str(threads)] + (["--dialect", dialect] if dialect else [])
    command += ["--rounds", str(rounds)] if rounds else []
    with open(out, "w", encoding="utf-8") as file, tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(command, stdout=file, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        lines = errors.read().splitlines()
    if process.returncode != 0 or not lines:
        raise Failed("%s: status %d\n%s" % (" ".join(command), process.returncode, "\n".join(lines[-10:])))
    stats = json.loads(lines[-1])
    stats["peak_bytes"], stats["cpu_s"] = 1024 * usage.ru_maxrss, usage.ru_utime + usage.ru_stime
    return stats


def read_matches(path, key):
    """[(item, [watch ids])] in the file's order."""
    with open(path, encoding="utf-8") as file:
        return [(int(entry[key]), [int(number) for number in entry["matches"]]) for entry in map(json.loads, file)]


def differences(ours, theirs):
    """([(item, watch, who alone says so)], pairs that both have). Both cover the same items, or ValueError is raised."""
    ours, theirs = dict(ours), dict(theirs)
    if ours.keys() != theirs.keys():
        raise ValueError("not the same items: %d and %d" % (len(ours), len(theirs)))
    found, both = [], 0
    for item in sorted(ours):
        if ours[item] != sorted(set(ours[item])):
            raise ValueError("item %d: the ids do not ascend, or one comes twice" % item)
        mine, other = set(ours[item]), set(theirs[item])
        both += len(mine & other)
        found += [(item, watch, "Wirewatch") for watch in sorted(mine - other)]
        found += [(item, watch, "the other") for watch in sorted(other - mine)]
    return found, both


def show(found, queries, documents, most=20):
    """The first differences, each with its query and text."""
    for item, watch, who in found[:most]:
        print("item %d, watch %d: only %s has the match\n  query: %s\n  text:  %s" % (
            item, watch, who, queries[watch], json.dumps(documents[item], ensure_ascii=False)))
    if len(found) > most:
        print("... and %d more" % (len(found) - most))
