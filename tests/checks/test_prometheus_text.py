#!/usr/bin/env python3
"""The reader of metrics takes what is right and refuses what is not."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import prometheus_text  # noqa: E402

RIGHT = """# HELP a_total What is counted.
# TYPE a_total counter
a_total{x="1",y="q\\"u\\\\o\\nte, {}"} 12
a_total{x="2",y=""} 1.5e+03
# HELP b_seconds How long.
# TYPE b_seconds histogram
b_seconds_bucket{le="0.001"} 1
b_seconds_bucket{le="+Inf"} 3
b_seconds_sum 0.5
b_seconds_count 3
# HELP c How it is.
# TYPE c gauge
c -1
"""
WRONG = {
    "no end of the last line": RIGHT[:-1],
    "empty line": RIGHT.replace("# HELP b", "\n# HELP b"),
    "quote not escaped": RIGHT.replace('q\\"u', 'q"u'),
    "unknown escape": RIGHT.replace("\\n", "\\t"),
    "the same series twice": RIGHT.replace('x="2",y=""', 'y="q\\"u\\\\o\\nte, {}",x="1"'),
    "a label twice": RIGHT.replace('x="2",y=""', 'x="2",x="3"'),
    "comma at the end": RIGHT.replace('y=""}', 'y="",}'),
    "no number": RIGHT.replace("c -1", "c x"),
    "time stamp": RIGHT.replace("c -1", "c -1 1700000000"),
    "counter without _total": RIGHT.replace("a_total", "a"),
    "gauge with _total": RIGHT.replace("TYPE a_total counter", "TYPE a_total gauge"),
    "negative counter": RIGHT.replace("} 12", "} -12"),
    "no TYPE": RIGHT.replace("# TYPE c gauge\n", ""),
    "no HELP": RIGHT.replace("# HELP c How it is.\n", ""),
    "no sample": RIGHT.replace("c -1\n", ""),
    "family in two pieces": RIGHT + "# HELP a_total What is counted.\n# TYPE a_total counter\na_total 1\n",
    "sample of another family": RIGHT.replace("c -1", "d -1"),
    "buckets that shrink": RIGHT.replace('"+Inf"} 3', '"+Inf"} 0').replace("_count 3", "_count 0"),
    "no last bucket": RIGHT.replace('b_seconds_bucket{le="+Inf"} 3\n', ""),
    "count beside the buckets": RIGHT.replace("_count 3", "_count 4"),
    "no sum": RIGHT.replace("b_seconds_sum 0.5\n", ""),
    "milliseconds": RIGHT.replace("b_seconds", "b_ms"),
}


def main():
    families = prometheus_text.parse(RIGHT)
    assert families["a_total"].value(x="1", y='q"u\\o\nte, {}') == 12, families["a_total"].samples
    taken = []
    for what, text in WRONG.items():
        try:
            prometheus_text.parse(text)
            taken.append(what)
        except ValueError:
            pass
    print("taken, but wrong: %s" % ", ".join(taken) if taken else "%d wrong pages refused" % len(WRONG))
    return 1 if taken else 0


if __name__ == "__main__":
    sys.exit(main())
