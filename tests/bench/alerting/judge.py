"""Holds what a program notified of against what was so, and names a rule of it for everything that is missing or late.

A program is judged by its own documentation: a difference between the two is explained when each of them did what its
rules say. Whatever follows from no rule is unexplained.
"""
import bisect
import collections

from alerting.programs import INTERVAL, REPEAT, WAIT
from alerting.stream import SILENCED, severity

UNEXPLAINED = "unexplained"


class Judge:
    """`notifications` of one program against its `truths`, by group; times that differ by `slack` are the same."""

    def __init__(self, program, notifications, truths, slack, silence):
        self.program, self.truths, self.slack, self.silence = program, truths, slack, silence
        self.of = collections.defaultdict(list)
        for one in notifications:
            if one.group is not None:
                self.of[one.group].append(one)
        self.kinds = collections.Counter(one.kind for one in notifications)
        self.delays = []
        self.first_delays = {"warning": {}, "critical": {}}  # of what begins, by group and time
        self.end_delays = []
        self.firings = self.told = self.ends = 0
        self.reasons = collections.Counter()
        self.unexplained = []
        for group, truth in sorted(truths.items()):
            self._firings(group, truth)
            self._ends(group, truth)
            self._repeats(group, truth)

    def _miss(self, reason, group, what):
        self.reasons[reason] += 1
        if reason == UNEXPLAINED:
            self.unexplained.append("%s %s: %s" % (self.program, "/".join(group), what))

    def _silenced(self, group, begin, end):
        """What is of [begin, end) may have been hidden, as far as it had to be told within the silence."""
        return group[0] == SILENCED and begin < self.silence[1] + self.slack and end > self.silence[0] - self.slack

    # ---- Firings ----

    def _firings(self, group, truth):
        firings = truth.firings()
        for event, begin, end in firings:
            self.firings += 1
            if self.program == "Alertmanager" and self._told_already(group, event, begin):
                self._miss("told already", group, "")
                continue
            told = self._told(group, event, begin, end)
            if told is None:
                self._miss(self._why_not(group, firings, event, begin, end), group,
                           "%s fired from %.2f to %.2f" % (event.instance, begin, end))
                continue
            self.told += 1
            if self._silenced(group, begin, told.at):
                continue
            delay = told.at - begin
            self.delays.append(delay)
            if told.kind == "began":
                first = self.first_delays[severity(event.name)]
                first[group, told.at] = max(delay, first.get((group, told.at), 0))
            if delay > max(WAIT, INTERVAL) + self.slack:
                self._miss(UNEXPLAINED, group, "%s fired at %.2f, told %.2f s later" % (event.instance, begin, delay))

    def _told_already(self, group, event, begin):
        """The last notification says that the instance fires: Alertmanager has not looked while it did not."""
        before = [one for one in self.of[group] if one.at < begin]
        return bool(before) and event.instance in before[-1].told

    def _told(self, group, event, begin, end):
        for one in self.of[group]:
            if one.at < begin:
                continue
            if self.program == "Wirewatch":
                if event.number in one.told and one.kind != "ended":
                    return one
            elif one.at > end + self.slack:
                return None
            elif event.instance in one.told:
                return one
        return None

    def _why_not(self, group, firings, event, begin, end):
        if self._silenced(group, begin, min(end, begin + INTERVAL)):
            return "silenced"
        due = max(WAIT, INTERVAL) + self.slack
        if end - begin < due:
            return "over before it was due"
        same = [other for other in firings if other[0].instance == event.instance and other[1] > begin]
        if self.program == "Wirewatch" and same and same[0][1] - begin < due:
            return "fired again before it was due"
        return UNEXPLAINED

    # ---- Ends ----

    def _ends(self, group, truth):
        said = [(one.at, one.kind == "ended") for one in self.of[group]]
        for begin, end in truth.clear_spans():
            self.ends += 1
            found = [at for at, ended in said if ended and begin <= at <= end + self.slack]
            if found:
                self.end_delays.append(found[0] - begin)
                if found[0] - begin > INTERVAL + self.slack and not self._silenced(group, begin, found[0]):
                    self._miss(UNEXPLAINED, group, "over at %.2f, told %.2f s later" % (begin, found[0] - begin))
                continue
            place = bisect.bisect_left(said, (begin,))
            if self._silenced(group, begin, min(end, begin + INTERVAL)):
                reason = "silenced"
            elif end - begin < max(WAIT, INTERVAL) + self.slack:
                reason = "something fired again before the end was due"
            elif place == 0 or said[place - 1][1]:
                reason = "nobody had been told of the beginning"
            else:
                reason = UNEXPLAINED
            self._miss("end: " + reason if reason != UNEXPLAINED else reason, group, "over from %.2f to %.2f" % (begin, end))

    # ---- Repeats ----

    def _repeats(self, group, truth):
        clear = truth.clear_spans()
        latest = REPEAT + self.slack + (INTERVAL if self.program == "Alertmanager" else 0)
        # In Wirewatch news that waits goes out instead of what is due again.
        with_news = latest if self.program == "Alertmanager" else latest + WAIT
        for before, one in zip(self.of[group], self.of[group][1:]):
            gap = one.at - before.at
            fires = all(end <= before.at or begin >= one.at for begin, end in clear)
            if self._silenced(group, before.at, one.at):
                continue
            if one.kind == "again" and not REPEAT - self.slack <= gap <= latest:
                self._miss(UNEXPLAINED, group, "told again after %.2f s" % gap)
            elif fires and gap > (latest if one.kind == "again" else with_news):
                self._miss(UNEXPLAINED, group, "told nothing for %.2f s" % gap)
