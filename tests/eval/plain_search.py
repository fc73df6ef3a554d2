#!/usr/bin/env python3
"""Says which watches of watches.yaml each text must raise, by a plain search that shares nothing with the product.

usage: plain_search.py [--show WATCH] ITEMS.jsonl... > expected.tsv        one line "uri<TAB>watch id" each, sorted

Every watch is written here a second time, by hand, as a Python expression (EXPECTED below); no parser of the language
takes part. The tokenizer is a regular expression of its own for the rules of the watch language under "Tokens", as far
as English text needs them. Everything is found by brute force: all occurrences of an operand are listed, and all pairs
are tried.
"""
import argparse
import json
import os
import re
import sys
import unicodedata

# A run of letters, digits and underscores; inside it an apostrophe or full stop between letters, and a full stop,
# comma, semicolon or apostrophe between digits (UAX #29, rules WB6, WB7, WB11, WB12).
WORD = re.compile(r"\w+(?:(?:(?<=[^\W\d_])['.:·](?=[^\W\d_])|(?<=\d)['.,;](?=\d))\w+)*")
ELISION = re.compile(r"(?:[dljmntsc]|qu|dell|all|nell|sull|un)'(?=\w)", re.IGNORECASE)


def plain_characters(text):
    text = unicodedata.normalize("NFKC", text)
    for written, plain in (("\u2019", "'"), ("\u2018", "'"), ("\u02bc", "'"), ("\u201c", '"'), ("\u201d", '"'),
                           ("\u00ad", ""), ("\u200c", "")):
        text = text.replace(written, plain)
    return text


def fold(word):
    for letter, plain in (("ł", "l"), ("Ł", "l"), ("đ", "d"), ("Đ", "d"), ("ø", "o"), ("Ø", "o"), ("ß", "ss"),
                          ("æ", "ae"), ("Æ", "ae"), ("ı", "i")):
        word = word.replace(letter, plain)
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def forms_of(word):
    """The word as it may be asked for: U.S without dots, 1,244 without commas; X's also as X, d'X also as X."""
    if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", word):
        word = word.replace(".", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", word):
        word = word.replace(",", "")
    forms = {word}
    if word.lower().endswith("'s"):
        forms.add(word[:-2])
    elision = ELISION.match(word)
    if elision:
        forms.add(word[elision.end():])
    return forms


class Part:
    """Headline or body: its tokens, each a set of exact and a set of folded forms."""

    def __init__(self, text):
        self.text = plain_characters(text)
        self.exact = [forms_of(match.group()) for match in WORD.finditer(self.text)]
        self.folded = [{fold(form) for form in forms} for forms in self.exact]


class Item:
    """What is searched. Occurrences are (part, first token, last token)."""

    def __init__(self, record):
        self.uri = record["uri"]
        self.headline = Part(record["headline"])
        self.body = Part(record["body_text"])
        first = Part(record["body_text"].split("\n\n")[0])
        self.lead_tokens = len(first.exact)
        self.parts = (self.headline, self.body)
        shortest = min(len(self.headline.folded), len(self.body.folded))
        if self.headline.folded[:shortest] == self.body.folded[:shortest]:
            raise ValueError("%s: the body repeats the headline; this search would count it twice" % self.uri)

    def tokens(self, matches, exact=False):
        return [(part, at, at) for part in self.parts
                for at, forms in enumerate(part.exact if exact else part.folded) if any(map(matches, forms))]

    def find(self, *wanted):
        """Any of these words and phrases; * and ? are wildcards; hyphenated words may be written as one."""
        found = set()
        for phrase in wanted:
            for spelling in {phrase.replace("-", " "), phrase.replace("-", "")}:
                found |= set(self._phrase(spelling.split()))
        return sorted(found, key=lambda found_at: (self.parts.index(found_at[0]), found_at[1:]))

    def _phrase(self, words):
        patterns = [re.compile(re.escape(fold(word)).replace(r"\*", ".*").replace(r"\?", ".")).fullmatch
                    for word in words]
        for part, first, _ in self.tokens(patterns[0]):
            last = first + len(words) - 1
            if last < len(part.folded) and all(any(map(pattern, part.folded[first + offset]))
                                               for offset, pattern in enumerate(patterns)):
                yield part, first, last

    def exactly(self, word):
        return self.tokens(lambda form: form == word, exact=True)

    def literally(self, symbols):
        pattern = re.compile(r"(?<!\w)" + re.escape(symbols) + r"(?!\w)", re.IGNORECASE)
        return any(pattern.search(part.text) for part in self.parts)

    def in_headline(self, occurrences):
        return [occurrence for occurrence in occurrences if occurrence[0] is self.headline]

    def in_lead(self, occurrences):
        return [occurrence for occurrence in occurrences
                if occurrence[0] is self.headline or occurrence[2] < self.lead_tokens]


def near(most, left, right, ordered=False):
    """Pairs with at most `most` tokens between them, as occurrences from the first token to the last."""
    pairs = []
    for part, first, last in left:
        for other, begin, end in right:
            if other is part and last < begin and begin - last - 1 <= most:
                pairs.append((part, first, end))
            elif other is part and end < first and first - end - 1 <= most and not ordered:
                pairs.append((part, begin, last))
    return pairs


def onear(most, left, right):
    return near(most, left, right, ordered=True)


def outside(occurrences, phrases):
    return [(part, first, last) for part, first, last in occurrences
            if not any(other is part and begin <= first and last <= end for other, begin, end in phrases)]


def away(most, occurrences, others):
    return [occurrence for occurrence in occurrences if not near(most, [occurrence], others)]


def at_least(number, occurrences):
    """Non-overlapping occurrences, counted greedily by where they end (which gives the greatest number)."""
    count, taken = 0, {}
    for part, first, last in sorted(occurrences, key=lambda occurrence: occurrence[2]):
        if first > taken.get(id(part), -1):
            taken[id(part)] = last
            count += 1
    return count >= number


# Watch id -> does the item satisfy it? The queries stand in watches.yaml; what is said here is what they mean.
EXPECTED = {
    "airbus": lambda i: i.find("airbus"),
    "boeing-not-airbus": lambda i: i.find("boeing") and not i.find("airbus"),
    "boeing-orders": lambda i: near(5, i.find("boeing"), i.find("order*", "contract*")),
    "airbus-then-delay": lambda i: onear(8, i.find("airbus", "a380"), i.find("delay*")),
    "airbus-near-delay": lambda i: near(8, i.find("airbus", "a380"), i.find("delay*")),
    "headline-airbus-text-boeing": lambda i: i.in_headline(i.find("airbus", "a380")) and i.find("boeing"),
    "app-store": lambda i: i.find("app store"),
    "steve-jobs-products": lambda i: i.find("steve jobs") and i.find("iphone*", "ipod*", "itunes"),
    "jobs-the-man": lambda i: i.exactly("Jobs"),
    "jobs-cut": lambda i: near(4, i.find("job", "jobs"), i.find("cut", "cuts", "cutting", "los?", "losses")),
    "us-government": lambda i: i.find("us government"),
    "ten-or-thirty-thousand": lambda i: i.find("10000", "30000"),
    "gm-bankruptcy": lambda i: near(10, i.find("gm", "general motors"), i.find("bankrupt*")),
    "gm-itself-said": lambda i: near(2, i.exactly("GM"), i.find("said", "says", "announced")),
    "ford-profit": lambda i: near(6, i.find("ford"), i.find("profit*")),
    "makers": lambda i: i.find("*maker"),
    "long-haul": lambda i: i.find("long-haul"),
    "sub-prime-mortgages": lambda i: i.find("sub-prime mortgage*"),
    "co-founder": lambda i: i.find("co-founder*"),
    "telephone-company": lambda i: i.literally("AT&T"),
    "index-falls": lambda i: (i.find("dow jones", "nasdaq*", "ftse", "nikkei")
                              and i.find("fell", "fall*", "drop*", "plung*", "tumbl*")),
    "markets-not-makers": lambda i: i.find("stock*") and i.find("market*") and not i.find("apple", "boeing", "airbus"),
    "ebola-at-length": lambda i: at_least(4, i.find("ebola")),
    "diseases-at-length": lambda i: at_least(6, i.find("cholera", "measles", "bird flu", "avian flu", "swine flu",
                                                       "polio")),
    "lead-outbreak": lambda i: i.in_lead(i.find("outbreak*", "epidemic*")),
    "headline-flu": lambda i: i.in_headline(i.find("flu", "influenza")),
    "who": lambda i: i.exactly("WHO"),
    "world-health-organisation": lambda i: i.find("world health organi?ation"),
    "measles-by-its-ends": lambda i: i.find("m*sles"),
    "folded-accents": lambda i: i.find("zaire", "epizooties", "jose", "quebec", "lodz"),
    "cholera-deaths": lambda i: near(12, i.find("cholera"), i.find("death*", "died", "dead", "kill*")),
    "birds-that-are-not-flu": lambda i: outside(i.find("bird", "birds"), i.find("bird flu")),
    "virus-away-from-flu": lambda i: away(5, i.find("virus"), i.find("flu", "influenza", "ebola")),
    "swine-flu-cases-confirmed": lambda i: near(20, near(6, i.find("swine flu", "h1n1"), i.find("case*")),
                                                i.find("confirm*", "suspect*")),
    "quarantine-below-headline": lambda i: i.find("quarantin*") and not i.in_headline(i.find("quarantin*")),
    "outbreak-without-birds": lambda i: (i.find("outbreak*") and i.find("flu", "influenza")
                                         and not i.find("bird*", "avian", "poultry", "chicken*")),
    "either-plague": lambda i: (i.find("plague", "anthrax") or (i.find("hantavirus") or i.find("marburg"))
                                or (i.find("dengue") and i.find("mosquito*"))),
}


def watch_ids(path):
    with open(path, encoding="utf-8") as file:
        return re.findall(r"(?m)^\s*-\s+id:\s*([\w-]+)\s*$", file.read())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("items", nargs="+", help="JSON lines with uri, headline and body_text")
    arguments.add_argument("--show", metavar="WATCH", help="print the texts that this watch must raise instead")
    options = arguments.parse_args()
    written = watch_ids(os.path.join(os.path.dirname(os.path.abspath(__file__)), "watches.yaml"))
    if sorted(written) != sorted(EXPECTED):
        sys.exit("watches.yaml and EXPECTED differ: %s" % sorted(set(written) ^ set(EXPECTED)))
    expected = []
    for path in options.items:
        with open(path, encoding="utf-8") as file:
            for line in file:
                item = Item(json.loads(line))
                expected += [(item.uri, watch) for watch, holds in EXPECTED.items() if holds(item)]
                if options.show and EXPECTED[options.show](item):
                    print("== %s\n%s\n%s\n" % (item.uri, item.headline.text, item.body.text))
    if not options.show:
        sys.stdout.writelines("%s\t%s\n" % pair for pair in sorted(expected))


if __name__ == "__main__":
    main()
