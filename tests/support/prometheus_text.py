"""A strict reader of Prometheus' text format 0.0.4, with the rules of promtool's lint that names can be held to.

parse(text) gives {family: Family}; ValueError, with the line, for anything that is not right.
"""
import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(r"(%s)(?:\{(.*)\})? (\S+)$" % NAME)
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
HELP = re.compile(r"# HELP (%s) ((?:[^\\]|\\[\\n])*)$" % NAME)
TYPE = re.compile(r"# TYPE (%s) (counter|gauge|histogram)$" % NAME)
# Prometheus' own names, which do not all keep to its rules.
STANDARD = {"process_start_time_seconds", "process_open_fds", "process_max_fds"}


class Family:
    def __init__(self, name, help_text):
        self.name, self.help, self.type = name, help_text, None
        self.samples = {}  # (sample's name, ((label, value), ...)) -> number
        self.series = set()  # the same names, labels sorted

    def value(self, **labels):
        """The only sample that has these labels."""
        found = [number for (_, own), number in self.samples.items() if labels.items() <= dict(own).items()]
        if len(found) != 1:
            raise KeyError("%d samples of %s with %s" % (len(found), self.name, labels))
        return found[0]


def parse_labels(text):
    labels, at = [], 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match or (match.group(3) == "," and match.end() == len(text)):
            raise ValueError("labels %r" % text[at:])
        value = re.sub(r"\\(.)", lambda escaped: {"n": "\n"}.get(escaped.group(1), escaped.group(1)), match.group(2))
        labels.append((match.group(1), value))
        at = match.end()
    if len({name for name, _ in labels}) != len(labels):
        raise ValueError("a label stands twice")
    return tuple(labels)


def parse_number(text):
    if text in ("+Inf", "-Inf", "NaN"):
        return float(text.replace("Inf", "inf"))
    if not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", text):
        raise ValueError("number %r" % text)
    return float(text)


def check_histogram(family):
    series = {}
    for (name, labels), number in family.samples.items():
        own = tuple(label for label in labels if label[0] != "le")
        bound = dict(labels).get("le")
        if (name == family.name + "_bucket") != (bound is not None):
            raise ValueError("%s: le belongs to buckets, and to each of them" % family.name)
        part = series.setdefault(own, {"buckets": []})
        if bound is not None:
            part["buckets"].append((parse_number(bound), number))
        else:
            part[name[len(family.name):]] = number
    for own, part in series.items():
        bounds = [bound for bound, _ in part["buckets"]]
        counts = [count for _, count in part["buckets"]]
        if not bounds or bounds != sorted(set(bounds)) or bounds[-1] != math.inf:
            raise ValueError("%s%s: bounds %s" % (family.name, own, bounds))
        if counts != sorted(counts) or part.get("_count") != counts[-1] or "_sum" not in part:
            raise ValueError("%s%s: counts do not add up" % (family.name, own))


def check_family(family):
    name = family.name
    if family.type is None or not family.samples:
        raise ValueError("%s has no type or no sample" % name)
    if not family.help:
        raise ValueError("%s has no help" % name)
    if (family.type == "counter") != name.endswith("_total"):
        raise ValueError("%s: counters, and only they, end in _total" % name)
    if re.search(r"_(ms|us|ns|milliseconds|minutes|hours|kb|mb|kib|mib|percent)(_|$)", name, re.IGNORECASE):
        raise ValueError("%s is not in a base unit" % name)
    if name not in STANDARD and re.search(r"[A-Z:]|(counter|gauge|histogram|metric)", name):
        raise ValueError("%s is no good name" % name)
    for (sample, labels), number in family.samples.items():
        if family.type != "gauge" and not number >= 0:
            raise ValueError("%s%s is %s" % (sample, labels, number))
    if family.type == "histogram":
        check_histogram(family)


def parse_line(line, families, current):
    """The family that the next line belongs to."""
    if line.startswith("#"):
        if match := HELP.match(line):
            if match.group(1) in families:
                raise ValueError("family %s is not in one piece" % match.group(1))
            families[match.group(1)] = Family(match.group(1), match.group(2))
            return families[match.group(1)]
        match = TYPE.match(line)
        if not match or current is None or match.group(1) != current.name or current.type or current.samples:
            raise ValueError("a TYPE must follow its HELP")
        current.type = match.group(2)
        return current
    match = SAMPLE.match(line)
    if not match or current is None or current.type is None:
        raise ValueError("no sample of a family")
    suffixes = ("_bucket", "_sum", "_count") if current.type == "histogram" else ("",)
    if match.group(1) not in [current.name + suffix for suffix in suffixes]:
        raise ValueError("no sample of %s" % current.name)
    key = (match.group(1), parse_labels(match.group(2) or ""))
    series = (key[0], tuple(sorted(key[1])))
    if series in current.series:
        raise ValueError("a series stands twice")
    current.series.add(series)
    current.samples[key] = parse_number(match.group(3))
    return current


def parse(text):
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    families, current = {}, None
    for number, line in enumerate(text[:-1].split("\n"), 1):
        try:
            current = parse_line(line, families, current)
        except ValueError as wrong:
            raise ValueError("line %d: %s: %r" % (number, wrong, line)) from None
    for family in families.values():
        check_family(family)
    return families
