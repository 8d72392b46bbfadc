#!/usr/bin/env python3
"""The evaluator's own rules, on things whose answer is known."""
import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import captures  # noqa: E402
import document  # noqa: E402
import fit  # noqa: E402
import share  # noqa: E402
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
    r.capture = captures.Capture(name, name, "STORY", "made")
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

    def test_a_crowd_of_a_story_is_nothing_that_must_be_named(self):
        story = {"planted": [{"kind": "crowd", "verdict": "benign", "packets": 3},
                             {"kind": "udp-scan", "verdict": "scan", "packets": 9},
                             {"kind": "syn-flood", "verdict": "flood", "packets": 0}]}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            json.dump(story, f)
            f.flush()
            self.assertEqual(traffic.of_story(f.name), (["udp-scan"], ["*"]))

    def test_the_table_counts_hits_and_false_alarms_by_kind(self):
        rows = document.floods([
            looked("a", [{"kind": "syn-flood", "verdict": "flood"}], must=["syn-flood"], must_not=["*"]),
            looked("b", [], must=["syn-flood"], must_not=["*"]),
            looked("c", [{"kind": "syn-flood", "verdict": "flood"}])])
        self.assertIn("| syn-flood | 1 of 2: 50 %", rows)
        self.assertIn("| 1 of 1: 100 %", rows)


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
