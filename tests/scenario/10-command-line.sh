#!/bin/sh
# The command line itself: help, wrong use, and output that does not arrive.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }

. "$(dirname "$0")/checks.sh"
into() { # into FILE COMMAND...
	file=$1
	shift
	"$@" >"$file"
}

is "help" 0 "$COMITY" help
says "help lists the commands" version out
is "--help" 0 "$COMITY" --help
is "--version" 0 "$COMITY" --version
for c in $("$COMITY" help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	is "help $c" 0 "$COMITY" help "$c"
	cp out first
	is "$c --help" 0 "$COMITY" "$c" --help
	if cmp -s first out; then echo "ok $c --help is help $c"; else echo "FAIL $c --help is not help $c"; fi
	is "$c refuses an unknown option" 2 "$COMITY" "$c" --no-such-option
	says "$c says where to look" "comity help $c" err
done
is "no command" 2 "$COMITY"
is "an unknown command" 2 "$COMITY" frobnicate
is "help on an unknown command" 2 "$COMITY" help frobnicate
if [ -w /dev/full ]; then
	is "a full disk" 3 into /dev/full "$COMITY" version
	says "a full disk is said" "No space left" err
fi
( "$COMITY" help 2>err; echo $? >code ) | :
# The reader may be quick or slow to go; both ends are orderly.
case $(cat code) in 0 | 3) echo "ok a closed pipe" ;; *) echo "FAIL a closed pipe: exit $(cat code)" ;; esac
