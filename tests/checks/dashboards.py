#!/usr/bin/env python3
"""Checks that the dashboard and the alert rules ask for metrics and labels that a host has.

usage: dashboards.py ROOT

What a host has is the table in docs/operations.md, which a unit test holds to the code.
"""
import json
import pathlib
import re
import sys

import yaml

ALWAYS = {"instance", "job", "le"}  # from Prometheus, and of histograms
ROW = re.compile(r"^\| `((?:wirewatch|process)_\w+)` \| (\w+) \| ([\w, ]*) \|", re.MULTILINE)


def documented(page):
    metrics = {}
    for name, kind, labels in ROW.findall(page):
        known = set(filter(None, labels.replace(" ", "").split(",")))
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            metrics[name + suffix] = (kind, known)
    return metrics


def wrong_with(expression, metrics):
    """What is wrong with one PromQL expression, as far as names go."""
    names = set(re.findall(r"\b(?:wirewatch|process)_\w+", re.sub(r'"[^"]*"', '""', expression)))
    for name in names - metrics.keys():
        yield "no metric %s" % name
    names &= metrics.keys()
    known = ALWAYS.union(*(metrics[name][1] for name in names))
    used = set(re.findall(r'(\w+)\s*(?:=~|!=|=)\s*"', expression))
    for group in re.findall(r"\b(?:by|without|on)\s*\(([^)]*)\)", expression):
        used |= set(re.findall(r"\w+", group))
    for label in used - known:
        yield "no label %s on %s" % (label, ", ".join(sorted(names)) or "anything")
    rated = set(re.findall(r"(?:rate|increase)\((\w+)", expression))
    for name in names:
        if (metrics[name][0] != "gauge") != (name in rated):
            yield "%s is a %s" % (name, metrics[name][0])


def expressions(root):
    rules = yaml.safe_load((root / "alerts.yml").read_text(encoding="utf-8"))
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        if not rule["annotations"]["summary"] or rule["labels"]["severity"] not in ("page", "ticket"):
            raise ValueError("%s has no summary or severity" % rule["alert"])
        yield rule["alert"], rule["expr"]
    for panel in json.loads((root / "grafana.json").read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def main():
    root = pathlib.Path(sys.argv[1])
    metrics = documented((root / "docs" / "operations.md").read_text(encoding="utf-8"))
    # The check itself must see what is wrong.
    for slip in ("wirewatch_redy == 0", 'wirewatch_ready{step="x"}', "rate(wirewatch_ready[5m])",
                 "wirewatch_reloads_total > 0", "sum by (step) (wirewatch_ready)"):
        if not list(wrong_with(slip, metrics)):
            raise AssertionError("not seen: " + slip)
    found, wrong = list(expressions(root / "deploy" / "dashboards")), []
    for where, expression in found:
        wrong += ["%s: %s" % (where, what) for what in wrong_with(expression, metrics)]
    print("\n".join(wrong) if wrong else "%d expressions over %d metrics" % (len(found), len(metrics)))
    return 1 if wrong or not metrics else 0


if __name__ == "__main__":
    sys.exit(main())
