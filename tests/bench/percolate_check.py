#!/usr/bin/env python3
"""`wirewatch watch match --dialect lucene` against a judge that tries every query on every text.

usage: percolate_check.py BIN_DIR [--watches 1500] [--items 300] [--seed 1]

The texts and queries are drawn: a small vocabulary with few common and many rare words, so that phrases and loose
phrases hold by chance. The judge (percolation/judge.py) shares no code with the product. Then the same with two
threads, which must give the same bytes. No timing is judged. Exit status 1 for a difference.
"""
import os
import random
import sys
import tempfile

from percolation import corpus, judge, queries, wirewatch

SEPARATORS = [" "] * 40 + [", ", ". ", "; ", ": ", " - ", "\n\n", "… ", " (", ") ", ' "', '" ', "/", "—", "-", " & "]
ODD = ["U.S.", "3.14", "1,244", "it's", "it’s", "can't", "AT&T", "x_y", "naïve", "ÉCOLE", "straße", "Łódź", "co-op",
       "e\u0301te\u0301", "№5", "B2B", "10-year", "a:b", "don''t", "12:30", "Ωmega", "НАТО", "soft\u00adhyphen", "_",
       "K.F.O.R", "2nd", "o'clock", "'quoted'", "$5m", "50%", "#tag", "@handle", "İstanbul", "ΣΟΦΟΣ"]


def option(name, default):
    return int(sys.argv[sys.argv.index("--" + name) + 1]) if "--" + name in sys.argv else default


class Draw:
    """Texts and queries from one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        syllables = ["ka", "to", "mi", "ren", "pol", "ve", "sta", "lu", "or", "den", "fi", "gra"]
        words = sorted({"".join(self.random.choice(syllables) for _ in range(self.random.randint(1, 4)))
                        for _ in range(400)})
        self.random.shuffle(words)
        self.words = words + ["and", "or", "not", "near"]
        self.weights = [1 / (rank + 2) for rank in range(len(self.words))]
        self.query_words = self.words + sorted({token for odd in ODD for token in judge.tokenize(odd)
                                                if token.isalnum()})

    def text(self):
        out = []
        for _ in range(self.random.choice((0, 1, 5, 40, 80, 160))):
            word = self.random.choices(self.words, self.weights)[0]
            word = self.random.choice(ODD) if self.random.randrange(12) == 0 else word
            word = self.random.choice((word, word, word, word.capitalize(), word.upper()))
            out += [word, self.random.choice(SEPARATORS)]
        return "".join(out)

    def word(self):
        if self.random.randrange(3):
            return self.random.choices(self.words, self.weights)[0]
        return self.random.choice(self.query_words)

    def several(self, least, most):
        found = []
        for _ in range(self.random.randint(least, most)):
            word = self.word()
            found += [word] if word not in found else []
        return found if len(found) > 1 else ["kami", "toren"]

    def atom(self):
        kind = self.random.randrange(10)
        if kind < 4:
            return self.word()
        if kind < 5:
            return self.word()[:self.random.randint(2, 5)] + "*"
        if kind < 8:
            return '"%s"' % " ".join(self.several(2, 3))
        return '"%s"~%d' % (" ".join(self.several(2, 3)), self.random.choice((1, 2, 3, 5, 10)))

    def query(self, depth=2):
        """AND and OR are never mixed without parentheses: there the Lucene syntax has a rule of its own."""
        if depth == 0 or self.random.randrange(4) == 0:
            return self.atom()
        parts = [self.atom() if self.random.randrange(2) else "(%s)" % self.query(depth - 1)
                 for _ in range(self.random.randint(2, 4))]
        if self.random.randrange(2):
            return " OR ".join(parts)
        joined = " AND ".join(parts[:max(1, len(parts) - 1)])
        return joined + self.random.choice((" AND ", " NOT ")) + parts[-1]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    draw = Draw(option("seed", 1))
    documents = [draw.text() for _ in range(option("items", 300))]
    texts = [draw.query() for _ in range(option("watches", 1500))]
    expected = list(judge.matches(list(enumerate(texts)), list(enumerate(documents))))
    with tempfile.TemporaryDirectory() as folder:
        items, watches = os.path.join(folder, "items.jsonl"), os.path.join(folder, "watches.jsonl")
        corpus.write_items(items, documents)
        queries.write_watches(watches, texts)
        outputs = []
        for threads in (1, 2):
            outputs.append(os.path.join(folder, "out-%d.jsonl" % threads))
            wirewatch.match(sys.argv[1], watches, items, None, "lucene", threads=threads, out=outputs[-1])
        found, both = wirewatch.differences(wirewatch.read_matches(outputs[0], "item"), expected)
        with open(outputs[0], "rb") as one, open(outputs[1], "rb") as two:
            same = one.read() == two.read()
    print("%d pairs, %d of them matches of both, %d differences; two threads: %s" % (
        len(texts) * len(documents), both, len(found), "the same" if same else "other bytes"))
    wirewatch.show(found, texts, documents)
    return 0 if both and not found and same else 1


if __name__ == "__main__":
    sys.exit(main())
