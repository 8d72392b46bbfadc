#!/bin/sh
# Floods, logs and chains while things go wrong: kills, a full disk, ends of pipes, files cut short, absurd lines, too many files.
[ -x "$COMITY" ] && [ -x "$COMITY_GEN" ] || { echo "no program"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
python3 "$here/faults.py" "$COMITY" "$COMITY_GEN" || exit 1

# A full disk: one line, 3, nothing by halves.  Mounting takes root, or a namespace of one's own.
work=$PWD
cat >full.sh <<'SH'
mount -t tmpfs -o size=9m tmpfs tiny || exit 77
mkdir tiny/case && cd tiny/case && "$COMITY" init --name Full >/dev/null || exit 77
for left in 40 400 1200 2400 3000; do
	rm -f ../fill x.dossier
	dd if=/dev/zero of=../fill bs=1k 2>/dev/null
	size=$(($(stat -c %s ../fill) / 1024 - left))
	[ $size -gt 0 ] && truncate -s ${size}k ../fill
	"$COMITY" investigate "$WORK/b.pcap" "$WORK/v.pcap" "$WORK/access.log" -o x.dossier >"$WORK/full.out" 2>"$WORK/full.err"
	code=$?
	if [ $code -eq 3 ]; then
		[ "$(wc -l <"$WORK/full.err")" -eq 1 ] || echo "FAIL $left kB left: $(cat "$WORK/full.err")"
		grep -q 'No space left on device\|disk is full' "$WORK/full.err" || echo "FAIL $left kB left: it says $(cat "$WORK/full.err")"
		echo full >>"$WORK/full.count"
	elif [ $code -ne 1 ]; then
		echo "FAIL $left kB left: exit $code"
	fi
	for f in *.tmp .comity/index/*.tmp; do [ ! -e "$f" ] || echo "FAIL $left kB left: $f is left"; done
	"$COMITY" show >/dev/null 2>"$WORK/full.err" || echo "FAIL $left kB left: show: $(cat "$WORK/full.err")"
done
rm -f ../fill x.dossier
"$COMITY" investigate "$WORK/b.pcap" "$WORK/v.pcap" "$WORK/access.log" -o "$WORK/x.dossier" >/dev/null 2>"$WORK/full.err"
[ $? -eq 1 ] || echo "FAIL it does not go on: $(cat "$WORK/full.err")"
"$COMITY" verify "$WORK/x.dossier" --signers .comity/allowed_signers >/dev/null 2>&1 || echo "FAIL what it goes on with does not hold"
cd "$WORK" && umount tiny
exit 0
SH
mkdir -p tiny
rm -f full.count
if WORK=$work unshare -m -r sh full.sh >full.said 2>&1; then
	cat full.said
	if [ -s full.count ]; then echo "ok a full disk is said in one line, and all goes on after it ($(wc -l <full.count) times)"; else echo "FAIL the disk was never full"; fi
else
	echo "skip a full disk: no file system can be mounted here"
fi
