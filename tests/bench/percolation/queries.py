"""The query sets: the peer's generator for the plain ones, and what it does not make: rarer terms, hostile queries.

Queries are kept in two forms of the same order: `{"id", "q"}` for the peer, `{"id", "query"}` for Wirewatch.
"""
import collections
import json
import random
import re
import subprocess
import sys

PLAIN = re.compile(r"[a-z][a-z0-9]{2,}")
SPOKEN = re.compile(r"[a-z0-9][a-z0-9.'’-]*")
FOUND_IN = 2         # a rarer word occurs in so many texts at most
SHARE_PRESENT = 150  # one in so many queries of the rarer set is about something that is in the texts


def generate(generator, tokens, count, out):
    subprocess.run([sys.executable, generator, tokens, str(count), out], check=True, stderr=subprocess.DEVNULL)


def write_peer(path, queries):
    with open(path, "w", encoding="utf-8") as file:
        for number, query in enumerate(queries):
            file.write(json.dumps({"id": number, "kind": "own", "q": query}, ensure_ascii=False) + "\n")


def write_watches(path, queries):
    with open(path, "w", encoding="utf-8") as file:
        for number, query in enumerate(queries):
            file.write(json.dumps({"id": number, "query": query}, ensure_ascii=False) + "\n")


def read_peer(path, count=None):
    queries = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if count is not None and len(queries) == count:
                break
            queries.append(json.loads(line)["q"])
    return queries


def read_tokens(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n").split(" ") for line in file]


def document_frequencies(documents):
    frequencies = collections.Counter()
    for tokens in documents:
        frequencies.update(set(tokens))
    return frequencies


class Rarer:
    """The peer's mix of queries (phrases 40 %, Boolean 30 %, near 15 %, lists 10 %, prefixes 5 %) with rare words only.

    Most are about what a given hour's texts do not contain, as most clients' queries are. They are drawn from other
    texts (an encyclopaedia's): words that stand alone occur nowhere, phrases begin with a word that may occur.
    """

    def __init__(self, matched, others, seed=7):
        self.random = random.Random(seed)
        self.frequencies = document_frequencies(matched)
        self.starts = collections.Counter()
        for token, texts in self.frequencies.items():
            for length in range(5, len(token) + 1):
                self.starts[token[:length]] += texts
        self.pools = []
        for documents, most in ((others, 0), (matched, FOUND_IN)):
            places = [(tokens, place) for tokens in documents for place in range(len(tokens) - 14)
                      if self.rare(tokens[place])]
            words = {tokens[place] for tokens, place in places if len(tokens[place]) >= 6}
            self.pools.append((places, sorted(word for word in words if self.frequencies[word] <= most)))

    def rare(self, token):
        return self.frequencies[token] <= FOUND_IN and PLAIN.fullmatch(token) is not None

    def phrase(self, places):
        """Two or three words on end, a rare one first."""
        while True:
            tokens, place = self.random.choice(places)
            words = tokens[place:place + self.random.choice((2, 2, 2, 3, 3))]
            if len(set(words)) == len(words) and all(SPOKEN.fullmatch(token) for token in words):
                return '"%s"' % " ".join(words)

    def near(self, places):
        while True:
            tokens, place = self.random.choice(places)
            window = sorted(set(tokens[place + 1:place + 12]) - {tokens[place]})
            window = [token for token in window if PLAIN.fullmatch(token)]
            count = self.random.choice((1, 1, 1, 1, 2))
            if len(window) >= count:
                words = [tokens[place]] + self.random.sample(window, count)
                return '"%s"~%d' % (" ".join(words), self.random.choice((3, 5, 5, 8, 10)))

    def prefix(self, word):
        """The shortest beginning that is as rare as the word may be."""
        return next(word[:length] for length in range(5, len(word) + 1)
                    if self.starts[word[:length]] <= self.frequencies[word] or length == len(word)) + "*"

    def query(self):
        places, words = self.pools[1 if self.random.randrange(SHARE_PRESENT) == 0 else 0]
        kind = self.random.random()
        if kind < .40:
            return self.phrase(places)
        if kind < .70:
            head = self.phrase(places) if self.random.random() < .5 else self.random.choice(words)
            return "%s AND (%s OR %s OR %s) NOT %s" % ((head,) + tuple(self.random.sample(words, 4)))
        if kind < .85:
            return self.near(places)
        if kind < .95:
            return " OR ".join(self.phrase(places) if self.random.random() < .25 else self.random.choice(words)
                               for _ in range(self.random.randint(5, 20)))
        return self.prefix(self.random.choice(words))

    def queries(self, count):
        return [self.query() for _ in range(count)]


def commonest(documents, count=10000, words=100, seed=11):
    """Watches, in Wirewatch's own language, whose every word is among the commonest: nothing rare to select by."""
    draw = random.Random(seed)
    frequencies = document_frequencies(documents)
    ranked = sorted((word for word in frequencies if word.isalpha()), key=lambda w: (-frequencies[w], w))[:words]
    forms = ["{0}", "{0} AND {1}", '"{0} {1}"', "{0} NEAR/3 {1}", "{0} AND {1} AND {2} AND {3}", "({0} OR {1}) NOT {2}",
             '"{0} {1}" OR "{2} {3}"', "{0} ONEAR/5 {1}", "{0} AND NOT {1}", '"{0} {1} {2}"']
    return [draw.choice(forms).format(*draw.sample(ranked, 4)) for _ in range(count)]


def leading_wildcards(documents, count=10000, seed=12):
    """`*ending`, and `*part*` for one in four; of three letters and more, drawn from the words of the texts."""
    draw = random.Random(seed)
    words = sorted(word for word in document_frequencies(documents) if re.fullmatch(r"[a-z]{6,}", word))
    out = []
    for _ in range(count):
        word = draw.choice(words)
        length = draw.randint(3, len(word) - 2)
        start = draw.randint(1, len(word) - length - 1)
        out.append("*%s*" % word[start:start + length] if draw.randrange(4) == 0 else "*" + word[-length:])
    return out


def fuzzy(documents, count=1000, seed=13):
    """Words with an edit distance of 1, and of 2 for one in two of the longer ones."""
    draw = random.Random(seed)
    words = sorted(word for word in document_frequencies(documents) if re.fullmatch(r"[a-z]{5,}", word))
    return ["%s~%d" % (word, 2 if len(word) >= 8 and draw.randrange(2) else 1) for word in draw.sample(words, count)]
