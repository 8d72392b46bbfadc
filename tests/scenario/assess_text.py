"""An assessment for scenarios: what is public, what B is shown, what a panel may see, and what stays A's own."""

# What only A may know: each must be in no byte of what is shown of a lower view.
SECRET = {"name": "canary-item-9", "text": "canary text 9", "because": "canary reason 9", "cell": "canary cell reason 9",
          "lo": "0.012345678901", "hi": "0.712345678907", "rests": "c9" * 32}
NUMBERS = ("12345678901", "712345678907")
OWN = [SECRET[one] for one in ("name", "text", "because", "cell", "lo", "hi", "rests")] + list(NUMBERS)
PANEL, SHARED = ["canary-panel-7", "canary text 7", "123456700000"], ["canary-shared-5", "canary text 5", "123456500000"]

TEXT = """assessment 1
title {title}
party A
about What A knows of it.

hypothesis state A
  prior 0.25 admits 0.1 to 0.4 because "one of two with the means"
hypothesis state B
  prior 0.25
hypothesis state B>A
  prior 0.10
hypothesis state other
  prior 0.40
without state A>B because "nobody would"

item forged-answer
  text  a forged answer
  type  N7
  rests finding {finding}
  view  public
  state A 0.6 to 0.7
  state B 0.02
  state other 0.03
item capture-itself
  text  the capture in which it is
  type  N1
  rests seal {seal}
  view  public
  state A 0.4
  state B 0.1
  state other 0.12
item newspaper
  text  a newspaper says that it was A
  type  G1
  rests report 1111111111111111111111111111111111111111111111111111111111111111
  source C3
  derived forged-answer
  view  public
  state A 0.6
  state B 0.02
  state other 0.03
item canary-shared-5
  text  canary text 5
  type  N4
  rests finding 5555555555555555555555555555555555555555555555555555555555555555
  view  shared B, U
  state A 0.01
  state B 0.1234565
  state other 0.02
item canary-panel-7
  text  canary text 7
  type  N4
  rests finding 7777777777777777777777777777777777777777777777777777777777777777
  view  panel
  state A 0.02
  state B 0.1234567 to 0.2
  state other 0.02
item canary-item-9
  text    canary text 9
  because canary reason 9
  type    N4
  rests   finding {rests}
  view    own
  state A {lo}
  state B {hi} to 0.8 because "canary cell reason 9"
  state other 0.01
"""


def text(finding, seal, title="Who answered for V?", less=()):
    """The file's text; ${less}: items left out, by name."""
    head, *items = TEXT.format(title=title, finding=finding, seal=seal, rests=SECRET["rests"], lo=SECRET["lo"],
                               hi=SECRET["hi"]).split("\nitem ")
    return "\nitem ".join([head] + [one for one in items if one.split("\n")[0] not in less]) + ("" if items else "\n")
