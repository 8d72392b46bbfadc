#!/bin/sh
# The case folder from the command line: who may read it, whose key signs, what OpenSSH says
# of the statements, and that a program killed at any moment leaves a case in order.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
capture=$(cd "$(dirname "$0")/../cases/race-first" && pwd)/input.pcap
unset COMITY_CASE SSH_AUTH_SOCK

. "$(dirname "$0")/checks.sh"
in_dir() { (cd "$1" && shift && "$@"); }

is "without a case one is told how to make one" 3 "$COMITY" show
says "... by name" "comity init --name NAME" err
is "init wants a name" 2 "$COMITY" init
is "init refuses a role there is not" 2 "$COMITY" init --name A --role king
is "init refuses a name that is a pattern" 2 "$COMITY" init --name '*'
[ ! -e .comity ] && echo "ok nothing was made so far" || echo "FAIL something was made"
is "init" 0 "$COMITY" init --name "CERT Alpha" --role government
says "init says what must be backed up" "Back up" out
is "init does not write over a case" 2 "$COMITY" init --name B
mkdir -p deep/er
is "the case is found from below" 0 in_dir deep/er "$COMITY" show
says "... and is the same" "CERT Alpha (government)" out
is "the case is found by COMITY_CASE" 0 env COMITY_CASE="$PWD" sh -c "cd / && '$COMITY' show --json"
says "... and is the same, in JSON" '"name": "CERT Alpha"' out

is "investigate states" 1 "$COMITY" investigate "$capture" -o a.dossier
is "show lists the finding" 0 "$COMITY" show findings
says "... with its verdict" "forged" out
says "... and its type of evidence, which the statement says" " N7 " out
is "show says what the types mean" 0 "$COMITY" show
says "... of findings" "N7, protocol anomaly" out
says "... of exhibits, which are taken for it" "(N1)" out
is "verify says it, too" 0 "$COMITY" verify --json --signers .comity/allowed_signers a.dossier
says "... as the finding's own word" '"evidence": "N7", "evidence_said": true' out
says "... and what it supports" '"id": "N7", "known": true' out
is "a statement is printed as it was signed" 0 "$COMITY" show 1
if cmp -s out .comity/statements/000001-*.json; then echo "ok its bytes are the file's"; else echo "FAIL its bytes are others"; fi
is "there is no statement 99" 3 "$COMITY" show 99

if command -v ssh-keygen >/dev/null; then
	for s in .comity/statements/*.json; do
		is "ssh-keygen verifies ${s##*/}" 0 sh -c "ssh-keygen -Y verify -f .comity/allowed_signers \
			-I 'CERT Alpha' -n statement@comity -s $s.sig <$s"
	done
fi

for f in .comity .comity/case.db .comity/key; do
	chmod g+r $f
	is "$f that others can read is refused" 1 "$COMITY" show
	says "... and the cure is named" "chmod" err
	chmod g-r $f
done
is "and taken again when they can not" 0 "$COMITY" show

if command -v ssh-agent >/dev/null && command -v ssh-add >/dev/null; then
	ssh-keygen -q -p -P '' -N secret -f .comity/key >/dev/null
	is "a key with a passphrase needs the agent" 3 "$COMITY" investigate "$capture" -o b.dossier
	says "... and the error says ssh-add" "ssh-add" err
	eval "$(ssh-agent -a "$PWD/agent")" >/dev/null
	printf '#!/bin/sh\necho secret\n' >ask
	chmod +x ask
	SSH_ASKPASS=$PWD/ask SSH_ASKPASS_REQUIRE=force DISPLAY=:0 ssh-add -q .comity/key
	is "with the agent it signs" 1 "$COMITY" investigate "$capture" -o b.dossier
	is "what the agent signed verifies" 0 "$COMITY" verify --signers .comity/allowed_signers b.dossier
	ssh-agent -k >/dev/null
	unset SSH_AUTH_SOCK SSH_AGENT_PID
	ssh-keygen -q -p -P secret -N '' -f .comity/key >/dev/null
fi

# Killed after 1, 10, 19, ... milliseconds: whatever is there then is whole, in line, and verifies.
ms=1 whole=0 halves=0
while [ $ms -le 180 ]; do
	timeout -s KILL "0.$(printf %03d $ms)" "$COMITY" investigate "$capture" -o c.dossier >/dev/null 2>&1
	if [ -e c.dossier ]; then
		whole=$((whole + 1))
		"$COMITY" verify --signers .comity/allowed_signers c.dossier >out 2>&1 || halves=$((halves + 1))
		rm -f c.dossier
	fi
	ms=$((ms + 9))
done 2>/dev/null
if [ $halves -eq 0 ]; then echo "ok a dossier that is there is whole ($whole were)"; else echo "FAIL $halves of $whole dossiers do not verify"; fi
is "after many kills the case opens" 0 "$COMITY" show --json
says "... with nothing amiss in the line of its statements" '"chain": []' out
is "... and goes on" 1 "$COMITY" investigate "$capture" -o d.dossier
is "... and what it made verifies" 0 "$COMITY" verify --signers .comity/allowed_signers d.dossier
n=$("$COMITY" show --json statements | tr ',' '\n' | grep -c '"number"')
m=$(find .comity/statements -name '*.json' | wc -l)
k=$(find .comity/statements -name '*.sig' | wc -l)
if [ "$n" -eq "$m" ] && [ "$n" -eq "$k" ]; then echo "ok each statement has its copy"; else
	echo "FAIL $n statements, $m copies, $k signatures"
fi

# A full disk: one line, 3, nothing by halves.  Mounting takes root, or a namespace of one's own.
here=$PWD
cat >full.sh <<'SH'
mount -t tmpfs -o size=900k tmpfs tiny || exit 77
mkdir tiny/case tiny/out
cd tiny/case && "$COMITY" init --name Full >/dev/null || exit 77
for left in 8 24 48 80 120 170; do
	for out in x.dossier "$HERE/x.dossier"; do
		rm -f ../fill "$out"
		dd if=/dev/zero of=../fill bs=1k 2>/dev/null
		size=$(($(stat -c %s ../fill) / 1024 - left))
		[ $size -gt 0 ] && truncate -s ${size}k ../fill
		"$COMITY" investigate "$CAPTURE" -o "$out" >"$HERE/full.out" 2>"$HERE/full.err"
		code=$?
		if [ $code -eq 3 ]; then
			[ "$(wc -l <"$HERE/full.err")" -eq 1 ] || echo "FAIL $left kB left: $(cat "$HERE/full.err")"
			grep -q '^comity: .*: No space left on device\|: database or disk is full' "$HERE/full.err" ||
				echo "FAIL $left kB left: it says $(cat "$HERE/full.err")"
			echo full >>"$HERE/full.count"
		elif [ $code -ne 1 ]; then
			echo "FAIL $left kB left: exit $code"
		fi
		# what was stated, and is only not logged yet, stands
		[ $code -ne 3 ] || [ ! -e "$out" ] || grep -q "what was stated stands" "$HERE/full.err" ||
			echo "FAIL $left kB left: a dossier is there"
		for f in *.tmp "$HERE"/x.dossier.tmp .comity/index/*.tmp; do
			[ ! -e "$f" ] || echo "FAIL $left kB left: $f is left"
		done
		"$COMITY" show >/dev/null 2>"$HERE/full.err" || echo "FAIL $left kB left: show: $(cat "$HERE/full.err")"
	done
done
rm ../fill
"$COMITY" show --json | grep -q '"chain": \[\]' || echo "FAIL the chain is broken"
"$COMITY" investigate "$CAPTURE" -o x.dossier >/dev/null 2>"$HERE/full.err"
[ $? -eq 1 ] || echo "FAIL it does not go on: $(cat "$HERE/full.err")"
cd "$HERE" && umount tiny
exit 0
SH
mkdir -p tiny
rm -f full.count
if COMITY=$COMITY CAPTURE=$capture HERE=$here unshare -m -r sh full.sh >full.said 2>&1; then
	cat full.said
	if [ -s full.count ]; then echo "ok a full disk is said in one line, and all goes on after it ($(wc -l <full.count) times)"; else echo "FAIL the disk was never full"; fi
else
	echo "skip a full disk: no file system can be mounted here"
fi
