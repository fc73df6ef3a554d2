"""What a desk's sources bring between Tuesday 05:30 and Wednesday 12:30, the same every time it is made.

Six stories, told apart by their sluglines; 49 copies of one wire story; two corrections and a kill, as further versions
of Items that are there; other news, so that there are 200 Items in all; and at 11:00 a new feed, whose 500 Items are
months old. Times are those of Vienna, which is an hour ahead of UTC on these days.
"""
import datetime
import json
import os

VIENNA = datetime.timezone(datetime.timedelta(hours=1))
TUESDAY, WEDNESDAY = datetime.date(2025, 3, 11), datetime.date(2025, 3, 12)
DAY_ITEMS, COPIES, OLD_ITEMS = 200, 49, 500
FEED_AT = "11:00"

PLACES = ["Varnby", "Keldmark", "Port Selwick", "Ostrin", "Lower Tarn", "Hallgate", "Merrow", "Quill Sound"]
OUTLETS = ["Varnby Post", "Keld Radio", "Ostrin Echo", "Hallgate Weekly", "Quill Sound Gazette", "Merrow Times"]
# Headline and text of what no watch asks for.
OTHER_NEWS = [
    ("{0} council puts off its tram budget", "The council of {0} will vote on {1} new trams after Easter."),
    ("Rain keeps {0} market quiet", "Only {1} stalls opened in {0}, where it rained from morning to noon."),
    ("{0} draws with its neighbours", "The handball team of {0} gave away a lead of {1} goals in the second half."),
    ("A museum for the looms of {0}", "{0} shows {1} looms in the hall where they once stood."),
    ("Herring prices fall in {0}", "Boats brought {1} tonnes of herring to {0}, more than the cooler holds."),
    ("{0} counts its storks", "Volunteers in {0} counted {1} nests, two of them on the school."),
    ("Library of {0} opens on Sundays", "Readers in {0} borrowed {1} books on the first Sunday."),
    ("New bell for {0}", "The bell of {0} weighs {1} kilograms and is tuned to E flat."),
    ("{0} tries a bus without a driver", "The bus takes {1} people once around the lake of {0}."),
]
DAM = ("Cracked dam empties Tarn valley",
       "Soldiers began to evacuate the valley below the Tarn dam after engineers found a crack in its crest. "
       "About 2,300 people live there.")


def moment(day, clock):
    hour, minute = clock.split(":")
    return datetime.datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=VIENNA)


def clock_of(minutes):
    return "%02d:%02d" % divmod(minutes, 60)


def item(at, outlet, name, headline, text, slugline="", agency="", status="usable"):
    """One version of an Item; `name` tells the outlet's Items apart."""
    domain = outlet.lower().replace(" ", "-") + ".example"
    story = {"uri": "urn:%s:%s" % (domain, name), "versioncreated": at.isoformat(), "pubstatus": status,
             "language": "en", "outlet": outlet, "url": "https://%s/%s" % (domain, name), "headline": headline,
             "body_text": text}
    if slugline:
        story["slugline"] = slugline
    if agency:
        story["infosources"] = [{"role": "agency", "name": agency}]
    return at, story


def the_dam():
    yield item(moment(TUESDAY, "05:40"), "Norrpress", "dam", *DAM, slugline="TARN-DAM", agency="Norrpress")
    for copy in range(COPIES):
        at = moment(TUESDAY, clock_of(6 * 60 + 10 + copy * 270 // COPIES))
        paper = "Paper %02d" % (copy + 1)
        # Half of them name the agency in a field, half in the dateline as print has it.
        if copy % 2 == 0:
            yield item(at, paper, "dam", *DAM, slugline="TARN-DAM", agency="Norrpress")
        else:
            yield item(at, paper, "dam", DAM[0], "TARN, March 11 (Norrpress) - " + DAM[1], slugline="TARN-DAM")
    yield item(moment(TUESDAY, "10:50"), "Keld Radio", "dam", "School hall fills as valley empties",
               "Residents who were evacuated from Tarn slept in the school of Keldmark, our reporter saw.", "TARN-DAM")
    yield item(moment(TUESDAY, "15:05"), "Varnby Post", "dam", "Water let out of Tarn lake",
               "The lake fell by a metre. Nobody who was evacuated from the valley may return before Friday.",
               "TARN-DAM")
    yield item(moment(TUESDAY, "16:30"), "Hallgate Weekly", "dam", "Hallgate takes in valley cattle",
               "Farmers took in 400 cows when the valley was evacuated, the parish said.", "TARN-DAM")


def the_minister():
    slug = "KELDMARK-MINISTER"
    yield item(moment(TUESDAY, "09:10"), "Norrpress", "minister", "Keldmark transport minister goes",
               "Transport minister Ada Vold resigned over 14 unpaid parking fines.", slug, "Norrpress")
    yield item(moment(TUESDAY, "09:25"), "Varnby Post", "minister", "Vold leaves after a week of questions",
               "The minister resigned in a letter of two lines, which this paper has seen.", slug)
    yield item(moment(TUESDAY, "09:40"), "Keld Radio", "minister", "Who follows Vold?",
               "Since the minister stepped down her deputy signs the papers.", slug)
    yield item(moment(TUESDAY, "10:20"), "Norrpress", "minister", "CORRECTED: Keldmark transport minister goes",
               "Transport minister Ada Vold resigned over four unpaid parking fines.", slug, "Norrpress")


def the_strike():
    slug = "RAIL-STRIKE"
    yield item(moment(TUESDAY, "08:20"), "Keld Radio", "strike", "No trains on Thursday",
               "The union called a strike of rail workers for Thursday.", slug)
    yield item(moment(TUESDAY, "08:45"), "Norrpress", "strike", "Keldmark rail union calls strike",
               "A strike will stop all trains of the west line on Thursday.", slug, "Norrpress")
    yield item(moment(TUESDAY, "13:20"), "Varnby Post", "strike", "Buses to stand in",
               "Forty buses will run during the strike on the railway.", slug)
    yield item(moment(TUESDAY, "17:10"), "Merrow Times", "strike", "Talks go on",
               "Both sides of the rail strike meet again tonight.", slug)


def the_ferry():
    slug = "SELWICK-FERRY"
    yield item(moment(TUESDAY, "13:05"), "Port Selwick Log", "ferry", "Ferry emptied in the harbour",
               "All 212 passengers were evacuated from the ferry Linnet after a smell of gas.", slug)
    yield item(moment(TUESDAY, "14:10"), "Port Selwick Log", "ferry", "CORRECTED: Ferry waits in the harbour",
               "The 212 people aboard the ferry Linnet waited in the saloon after a smell of gas. They did not leave "
               "the ship, as an earlier version of this report had it.", slug)


def the_clinic():
    slug = "CLINIC-CYBER"
    text = "Ransomware has locked the files of the Hallgate clinic, a doctor said."
    yield item(moment(TUESDAY, "20:15"), "Norrpress", "clinic", "Hallgate clinic locked out of its files", text, slug,
               "Norrpress")
    yield item(moment(TUESDAY, "20:40"), "Varnby Post", "clinic", "Clinic locked out of its files", text, slug,
               "Norrpress")
    yield item(moment(TUESDAY, "23:20"), "Norrpress", "clinic", "KILL: Hallgate clinic locked out of its files",
               "Kill this story. The doctor who is quoted in it does not exist.", slug, "Norrpress", "canceled")


def the_depot():
    slug = "SELWICK-DEPOT"
    yield item(moment(WEDNESDAY, "02:40"), "Norrpress", "depot", "Fuel depot burns in Port Selwick",
               "A tank exploded at the fuel depot of Port Selwick, the fire brigade said.", slug, "Norrpress")
    yield item(moment(WEDNESDAY, "02:55"), "Port Selwick Log", "depot", "Windows broken along the quay",
               "The explosion broke windows along two kilometres of quay.", slug)
    yield item(moment(WEDNESDAY, "04:10"), "Keld Radio", "depot", "Foam flown in",
               "Foam for the depot is flown in after the explosion.", slug)
    yield item(moment(WEDNESDAY, "06:50"), "Varnby Post", "depot", "Fire at depot is out",
               "Four hours after the explosion the fire is out.", slug)


def other_news(number):
    """So many Items, evenly over the day."""
    begin, end = moment(TUESDAY, "05:30"), moment(WEDNESDAY, "12:30")
    for i in range(number):
        at = begin + datetime.timedelta(minutes=int((end - begin).total_seconds() // 60) * i // (number - 1))
        headline, text = OTHER_NEWS[i % len(OTHER_NEWS)]
        place = PLACES[i % len(PLACES)]
        yield item(at, OUTLETS[i % len(OUTLETS)], "news-%03d" % i, headline.format(place), text.format(place, 3 + i))


OLD_STORIES = [
    ("TARN-FLOOD-2024", "Tarn in flood", "Residents were evacuated from the lower village when the Tarn rose.", 4),
    ("LOCK-STRIKE-2024", "Lock keepers go home", "A strike of lock keepers stopped all barges.", 3),
    ("LIBRARY-CYBER-2024", "Library catalogue is gone", "A cyberattack took the catalogue of the library.", 2),
]


def new_feed():
    """The archive of a paper, put on line as a feed: from last September to January, the oldest first."""
    hits = [(slug, headline, text) for slug, headline, text, number in OLD_STORIES for _ in range(number)]
    begin = moment(datetime.date(2024, 9, 2), "08:00")
    for i in range(OLD_ITEMS):
        at = begin + datetime.timedelta(hours=7 * i)
        place = PLACES[i * 3 % len(PLACES)]
        headline, text = OTHER_NEWS[i % len(OTHER_NEWS)]
        slug, headline, text = "", headline.format(place), text.format(place, 3 + i)
        if i % 50 == 25 and i // 50 < len(hits):
            slug, headline, text = hits[i // 50]
        yield item(at, "Tarn Mirror", "archive-%03d" % i, headline, text, slug)


def the_day():
    """All but the new feed, in order."""
    stories = [version for story in (the_dam, the_minister, the_strike, the_ferry, the_clinic, the_depot)
               for version in story()]
    items = len({story["uri"] for _, story in stories})
    return sorted(stories + list(other_news(DAY_ITEMS - items)), key=lambda version: version[0])


def write(folder):
    """The inbox: what comes before the new feed, the feed, and what comes after it."""
    feed_at = moment(TUESDAY, FEED_AT)
    day = the_day()
    files = {"1-before.jsonl": [v for v in day if v[0] < feed_at], "2-new-feed.jsonl": list(new_feed()),
             "3-after.jsonl": [v for v in day if v[0] >= feed_at]}
    os.makedirs(folder)
    for name, versions in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            for _, story in versions:
                file.write(json.dumps(story, sort_keys=True) + "\n")
