"""What the stranger's tests share: where things are, captures at hand, lines that tests/run counts.

COMITY_SHARED: folder with vectors/ and captures/ (default ../shared). COMITY: the program (default
build/comity). SEAL_TOOL: tests/tools/seal_tool (default: where COMITY_CHECK, else build/check, has it).
"""

import glob
import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SHARED = os.path.abspath(os.path.join(ROOT, os.environ.get("COMITY_SHARED") or "../shared"))
KAT = os.path.join(SHARED, "vectors", "seal", "kat.json")
COMITY = os.environ.get("COMITY") or os.path.join(ROOT, "build", "comity")
GEN = os.environ.get("COMITY_GEN") or os.path.join(ROOT, "build", "comity-gen")
CHECK = os.environ.get("COMITY_CHECK") or os.path.join(ROOT, "build", "check")
SEAL_TOOL = os.environ.get("SEAL_TOOL") or os.path.join(CHECK, "tests", "tools", "seal_tool")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def captures(limit):
    """Captures at hand of at most `limit` bytes: those of others, and those of tests/cases."""
    found = sorted(glob.glob(os.path.join(SHARED, "captures", "*.pcap*")))
    found += sorted(glob.glob(os.path.join(ROOT, "tests", "cases", "*", "input.pcap*")))
    return [path for path in found if os.path.getsize(path) <= limit]


class Lines(unittest.TextTestResult):
    """Prints `ok NAME`, `FAIL NAME` or `skip NAME: reason`, one line a test."""

    @staticmethod
    def name(test):
        return test.id().split(".")[-1].removeprefix("test_").replace("_", " ")

    def addSuccess(self, test):
        super().addSuccess(test)
        print("ok   " + self.name(test), flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        print("FAIL " + self.name(test), flush=True)

    def addError(self, test, err):
        super().addError(test, err)
        print("FAIL " + self.name(test), flush=True)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print("skip %s: %s" % (self.name(test), reason), flush=True)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            print("FAIL %s: %s" % (self.name(test), subtest._subDescription()), flush=True)


def main():
    runner = unittest.TextTestRunner(stream=sys.stderr, resultclass=Lines, verbosity=0)
    unittest.main(module="__main__", testRunner=runner)
