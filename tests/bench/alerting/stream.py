"""The stream: conditions of many instances that fire and resolve, and what is so of each group at any time."""
import collections
import random

NAMES, CLUSTERS, INSTANCES = 20, 10, 5
CRITICAL = 3      # the last of the names are critical, the others warnings
SILENCED = "A00"  # what is silenced for a while

Event = collections.namedtuple("Event", "at number name cluster instance firing")


def severity(name):
    return "critical" if int(name[1:]) >= NAMES - CRITICAL else "warning"


def labels(event):
    return {"alertname": event.name, "cluster": event.cluster, "instance": event.instance,
            "severity": severity(event.name)}


# Parts of the run in which something happens; in between what fires goes on firing, and is told of again.
ACTIVE = ((0.0, 0.4), (0.7, 1.0))


def make(events, seconds, seed):
    """`events` of them, as many of each instance, over `seconds`; each instance fires and resolves in turn."""
    chance = random.Random(seed)
    instances = [("A%02d" % name, "c%d" % cluster, "i%d" % instance)
                 for name in range(NAMES) for cluster in range(CLUSTERS) for instance in range(INSTANCES)]
    if events < 2 * len(instances):
        instances = instances[:: -(-2 * len(instances) // events)]
    each = events // len(instances) // 2 * 2
    made = []
    for instance in instances:
        times = sorted(seconds * chance.uniform(*chance.choice(ACTIVE)) for _ in range(each))
        made += [(at, instance, turn % 2 == 0) for turn, at in enumerate(times)]
    made.sort()
    return [Event(at, number, *instance, firing) for number, (at, instance, firing) in enumerate(made)]


class Truth:
    """What was so in one group: its events with the times at which they were sent."""

    def __init__(self):
        self.events = []  # (time, event)

    def add(self, at, event):
        self.events.append((at, event))

    def clear_spans(self):
        """[begin, end) during which nothing fired; the last one has no end."""
        firing, spans, since = set(), [], None
        for at, event in self.events:
            (firing.add if event.firing else firing.discard)(event.instance)
            if not firing and since is None:
                since = at
            elif firing and since is not None:
                spans.append((since, at))
                since = None
        if since is not None:
            spans.append((since, float("inf")))
        return spans

    def firings(self):
        """(event, begin, end) of each time that an instance fired."""
        open_, found = {}, []
        for at, event in self.events:
            if event.firing:
                open_[event.instance] = (event, at)
            elif event.instance in open_:
                found.append((*open_.pop(event.instance), at))
        return found + [(*one, float("inf")) for one in open_.values()]
