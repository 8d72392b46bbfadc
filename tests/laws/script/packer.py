"""Packs scripts as the packer of Dean Edwards does, written from its published description.

Words are counted; the most frequent ones get the shortest keys, which are numbers to the base of
the encoding; the words go into a list joined by |, in the order of their keys, empty where a word
is its own key.
"""
import re
from collections import Counter

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ENCODERS = {
    10: "function(c){return c}",
    36: "function(c){return c.toString(a)}",
    62: "function(c){return(c<a?'':e(parseInt(c/a)))+((c=c%a)>35?String.fromCharCode(c+29):c.toString(36))}",
    95: "function(c){return(c<a?'':e(c/a))+String.fromCharCode(c%a+161)}",
}
D = ("eval(function(p,a,c,k,e,d){e=%s;if(!''.replace(/^/,String)){while(c--)d[e(c)]=k[c]||e(c);"
     "k=[function(e){return d[e]}];e=function(){return'%s'};c=1};"
     "while(c--)if(k[c])p=p.replace(new RegExp(%s,'g'),k[c]);return p}('%s',%d,%d,'%s'.split('|'),0,{}))")
R = ("eval(function(p,a,c,k,e,r){e=%s;if(!''.replace(/^/,String)){while(c--)r[e(c)]=k[c]||e(c);"
     "k=[function(e){return r[e]}];e=function(){return'%s'};c=1};"
     "while(c--)if(k[c])p=p.replace(new RegExp(%s,'g'),k[c]);return p}('%s',%d,%d,'%s'.split('|'),0,{}))")


def key(n, base):
    if base == 95:
        head = key(n // base, base) if n >= base else ""
        return head + chr(161 + n % base)
    head = key(n // base, base) if n >= base else ""
    return head + DIGITS[n % base]


def literal(text):
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")


def pack(script, base=62, form="d"):
    """The script as a call of eval(), and the same call with eval left to the caller's name."""
    words = Counter(re.findall(r"\w+" if base < 95 else r"[A-Za-z0-9_]+", script, re.A))
    order = [w for w, _ in sorted(words.items(), key=lambda x: (-x[1], x[0]))]
    if base == 95:
        table = {w: key(i, base) for i, w in enumerate(order)}
        names = order
    else:
        # A word that is a key of the list keeps its place, with nothing in the list.
        keys = {key(i, base): i for i in range(len(order))}
        names = [None] * len(order)
        for w in order:
            if w in keys:
                names[keys[w]] = w
        free = iter([w for w in order if w not in keys])
        names = [w if w is not None else next(free) for w in names]
        table = {w: key(i, base) for i, w in enumerate(names)}
        names = ["" if table[w] == w else w for w in names]
    payload = re.sub(r"\w+", lambda m: table[m[0]], script, flags=re.A)
    regex, each = ("\\\\w+", "'\\\\b'+e(c)+'\\\\b'") if base < 95 else ("[\\xa1-\\xff]+", "e(c)")
    return (R if form == "r" else D) % (ENCODERS[base], regex, each, literal(payload), base, len(names), "|".join(names))
