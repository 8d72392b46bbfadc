#!/usr/bin/env python3
"""The evaluator's own rules, on things whose answer is known."""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import between  # noqa: E402
import captures  # noqa: E402
import document  # noqa: E402
import fit  # noqa: E402
import planted  # noqa: E402
import rates  # noqa: E402
import share  # noqa: E402
import signs  # noqa: E402
import systems  # noqa: E402
import traffic  # noqa: E402
from packets import Packet, key_of  # noqa: E402
from results import Result  # noqa: E402
from said import Said  # noqa: E402


def packet(frame, time, *, seq=1, ipid=0, ttl=64, payload="", src="192.0.2.1"):
    p = Packet()
    p.frame, p.time, p.seq, p.ipid, p.ttl, p.payload = frame, time, seq, ipid, ttl, payload
    p.src, p.dst, p.sport, p.dport, p.proto, p.version, p.flags, p.ip_len = src, "198.51.100.1", 80, 4000, "tcp", 4, 24, 99
    return p


def looked(name, items, must=(), must_not=()):
    r = Result.__new__(Result)
    r.capture = captures.Capture(name, name, "BENIGN", "made")
    r.capture.must, r.capture.must_not = list(must), list(must_not)
    r.said = Said(items)
    return r


class Shares(unittest.TestCase):
    def test_wilson_gives_the_published_values(self):
        # Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3
        for k, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):
            got = share.wilson(k, n)
            self.assertAlmostEqual(got[0], low, 4)
            self.assertAlmostEqual(got[1], high, 4)

    def test_ten_of_one_source_are_worth_one_and_ten_sources_ten(self):
        self.assertEqual(share.effective([10]), 1)
        self.assertEqual(share.effective([1] * 10), 10)
        self.assertEqual(share.effective([]), 0)


class Baselines(unittest.TestCase):
    def test_a_race_is_decided_by_what_stands_apart(self):
        others = [packet(n, 0, ipid=100 + n, ttl=50) for n in range(4)]
        genuine, forged = packet(10, 0.1, ipid=104, ttl=50), packet(9, 0, ipid=9, ttl=61)
        self.assertEqual(systems.race_forged(forged, genuine, others).frame, 9)
        self.assertEqual(systems.race_forged(genuine, forged, others).frame, 9)

    def test_where_the_two_disagree_the_first_is_taken(self):
        others = [packet(n, 0, ipid=100, ttl=50) for n in range(4)]
        a, b = packet(9, 0, ipid=900, ttl=50), packet(10, 0.1, ipid=100, ttl=61)
        self.assertEqual(systems.race_forged(a, b, others).frame, 9)

    def test_equal_bytes_and_late_ones_are_no_race(self):
        a = packet(1, 0, payload="aabb")
        self.assertFalse(systems.nakibly([a, packet(2, 0.1, payload="aabbcc")]).flows)
        self.assertFalse(systems.nakibly([a, packet(2, 0.3, payload="ccdd")]).flows)
        self.assertTrue(systems.nakibly([a, packet(2, 0.1, payload="ccdd")]).flows)

    def test_findject_wants_another_ttl_length_or_flags(self):
        a = packet(1, 0, payload="aabb")
        self.assertFalse(systems.findject([a, packet(2, 9, payload="ccdd")], "x.pcap").flows)
        self.assertTrue(systems.findject([a, packet(2, 9, ttl=9, payload="ccdd")], "x.pcap").flows)
        self.assertFalse(systems.findject([a, packet(2, 9, ttl=9, payload="ccdd")], "x.pcapng").flows)

    def test_both_directions_are_one_flow(self):
        self.assertEqual(packet(1, 0).key(), key_of("tcp", "198.51.100.1", "4000", "192.0.2.1", "80"))


class Traffic(unittest.TestCase):
    def test_what_must_be_named_and_is_counts_and_a_surge_does_not(self):
        r = looked("a", [{"kind": "syn-flood", "verdict": "flood"}], must=["syn-flood"], must_not=["*"])
        self.assertEqual(traffic.judge(r.capture, r.said), (["syn-flood"], [], []))
        r = looked("a", [{"kind": "syn-flood", "verdict": "surge"}], must=["syn-flood"])
        self.assertEqual(traffic.judge(r.capture, r.said)[1], ["syn-flood"])

    def test_either_of_two_will_do(self):
        r = looked("a", [{"kind": "connect-scan", "verdict": "scan"}], must=["syn-scan/connect-scan"], must_not=["*"])
        self.assertEqual(traffic.judge(r.capture, r.said), (["syn-scan/connect-scan"], [], []))

    def test_where_nothing_is_known_to_have_happened_any_flood_is_wrong(self):
        x = {"kind": "http-flood", "verdict": "flood"}
        r = looked("a", [x])
        self.assertEqual(traffic.judge(r.capture, r.said)[2], [x])
        self.assertEqual(list(r.raised()), [("http-flood:flood", [])])

    def test_a_surge_on_a_quiet_capture_wants_an_explanation(self):
        r = looked("a", [{"kind": "http-flood", "verdict": "surge"}])
        self.assertEqual(list(r.raised()), [("http-flood:surge", [])])

    def test_the_table_counts_hits_and_false_alarms_by_kind(self):
        rows = document.floods([
            looked("a", [{"kind": "syn-flood", "verdict": "flood"}], must=["syn-flood"], must_not=["*"]),
            looked("b", [], must=["syn-flood"], must_not=["*"]),
            looked("c", [{"kind": "syn-flood", "verdict": "flood"}])])
        self.assertIn("| syn-flood | 1 of 2: 50 %", rows)
        self.assertIn("| 1 of 1: 100 %", rows)


def planted_run(items, said):
    return planted.Run("as it is", "flood --only x --seed 1", [planted.Item(i) for i in items], Said(said), set())


def story(kind, verdict, **more):
    return {"kind": kind, "verdict": verdict, "name": "x", "target": "203.0.113.10", "from": "2024-01-01T00:00:30Z",
            "to": "2024-01-01T00:00:50Z", "packets": 9, **more}


def told(kind, verdict, target="203.0.113.10", source=None, start="2024-01-01T00:00:31Z", end="2024-01-01T00:00:49Z"):
    return {"kind": kind, "verdict": verdict, "target": target, "source": source, "from": start, "to": end}


class Planted(unittest.TestCase):
    def test_a_flood_is_found_by_its_kind_target_and_time(self):
        flood = [story("syn-flood", "flood")]
        for said, word in ((told("syn-flood", "flood"), "right"), (told("volume-flood", "flood"), "flood"),
                           (told("syn-flood", "surge"), "surge"), (told("syn-flood", "flood", "203.0.113.11"), "nothing"),
                           (told("syn-flood", "flood", start="2024-01-01T00:00:51Z", end="2024-01-01T00:00:52Z"), "nothing")):
            run = planted_run(flood, [said])
            self.assertEqual(run.word(run.items[0]), word)

    def test_what_is_named_at_another_target_is_wrong(self):
        run = planted_run([story("syn-flood", "flood")], [told("syn-flood", "flood"), told("syn-flood", "flood", "203.0.113.11")])
        self.assertEqual([x["target"] for x in run.wrong()], ["203.0.113.11"])
        self.assertEqual(planted.by_kind([run])["syn-flood"], [1, 1, 1, 2])

    def test_a_scan_is_found_by_its_source(self):
        scan = [story("syn-scan", "scan", source="198.51.100.66")]
        run = planted_run(scan, [told("syn-scan", "scan", None, "198.51.100.66")])
        self.assertEqual(run.word(run.items[0]), "right")
        run = planted_run(scan, [told("syn-scan", "scan", None, "198.51.100.67")])
        self.assertEqual((run.word(run.items[0]), len(run.wrong())), ("nothing", 1))

    def test_a_flood_said_of_a_crowd_is_wrong_and_a_surge_is_not(self):
        crowd = [story("crowd", "benign")]
        run = planted_run(crowd, [told("http-flood", "flood")])
        self.assertEqual((run.word(run.items[0]), len(run.wrong())), ("flood", 1))
        run = planted_run(crowd, [told("http-flood", "surge")])
        self.assertEqual((run.word(run.items[0]), len(run.wrong())), ("surge", 0))


class Limit(unittest.TestCase):
    def test_more_than_the_limit_in_a_second_and_no_less_is_an_alarm(self):
        syns = [packet(n, 5 + n / 2000) for n in range(1001)]
        for p in syns:
            p.flags = 2
        self.assertEqual(rates.alarms_of_packets(syns), {("syn", "198.51.100.1")})
        self.assertEqual(rates.alarms_of_packets(syns[:1000]), set())

    def test_answers_to_openings_do_not_count(self):
        head = bytes(9) + b"\x06" + bytes(6) + bytes((203, 0, 113, 10)) + bytes(13)
        self.assertEqual(rates.kind_of_ip(b"\x45" + head[1:] + b"\x02" + bytes(6)), ("syn", bytes((203, 0, 113, 10))))
        self.assertIsNone(rates.kind_of_ip(b"\x45" + head[1:] + b"\x12" + bytes(6)))


class Between(unittest.TestCase):
    def pair(self, found, events):
        clock = {"type": "comparison", "clock": {"how": "both-ways", "least_ns": -5, "most_ns": 5}}
        return between.Pair("x", {"events": events, "skew_ns": 0, "drift_ppb": 0}, [*found, clock])

    def test_a_packet_that_is_called_born_and_was_not_is_wrong(self):
        born = {"type": "finding", "what": "born", "frames": {"a": [7, 8], "b": []}, "why": ""}
        event = {"what": "born", "frame_a": 7, "frame_b": 0}
        p = self.pair([born], [event])
        self.assertEqual(p.word(event), "born")
        self.assertEqual([(w, f) for w, f, _ in p.wrong()], [("born", ([8], []))])
        self.assertEqual(list(self.pair([born], [event, {"what": "born", "frame_a": 8, "frame_b": 0}]).wrong()), [])

    def test_what_nobody_speaks_of_is_nothing(self):
        event = {"what": "suppressed", "frame_a": 7, "frame_b": 0}
        self.assertEqual(self.pair([], [event]).word(event), "nothing")


class Signs(unittest.TestCase):
    def test_a_base_rate_says_of_how_many_and_of_how_many_captures(self):
        row = signs.Row()
        for capture, held in (("a", True), ("a", False), ("b", False)):
            row.add(capture, held)
        rows = {("target", "many"): row}
        self.assertEqual(signs.base_rate(rows, "many", "target", 35), "1 of 3 benign targets in 2 captures")
        self.assertEqual(signs.base_rate(rows, "tiny", "target", 35), "not counted: no such target in 35 captures")


class Fit(unittest.TestCase):
    def counts(self, k, n, sources):
        c = fit.Count()
        for i in range(n):
            c.add(i % sources, i < k)
        return c

    def test_many_hands_support_a_weight_and_one_hand_does_not(self):
        others = self.counts(2, 1000, 1000)
        many, one = self.counts(18, 20, 20), self.counts(18, 20, 1)
        self.assertEqual(fit.verdict(4, fit.fitted(many, others, ""), many), "supported")
        self.assertEqual(fit.verdict(14, fit.fitted(many, others, ""), many), "**contradicts**: too heavy")
        self.assertLess(fit.fitted(one, others, "").low, fit.fitted(many, others, "").low)

    def test_a_cue_that_never_fired_on_a_forged_packet_gets_no_figure(self):
        none = self.counts(0, 20, 20)
        self.assertIsNone(fit.fitted(none, self.counts(0, 9, 9), ""))

    def test_every_cue_has_a_weight_in_the_document(self):
        self.assertEqual(fit.weights()["ts-missing"], 8)
        self.assertEqual(fit.weights()["resent-by-host"], -6)
        self.assertIsNone(fit.weights()["same-hand"])


class Explanations(unittest.TestCase):
    def test_a_frame_beside_the_forged_one_is_an_alarm(self):
        r = looked("a", [{"verdict": "forged", "type": "injection", "forged": [5, 7], "suspect": [], "genuine": []}])
        r.capture.forged = {5: "race"}
        self.assertEqual(list(r.raised()), [("forged injection", [7])])


if __name__ == "__main__":
    unittest.main()
