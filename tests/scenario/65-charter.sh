#!/bin/sh
# Four parties agree on a charter by files alone; one of them lies in every way there is; the victim gives its consent and
# takes it back.  OpenSSH looks at every signature, too.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
command -v ssh-keygen >/dev/null || { echo "no ssh-keygen"; exit 77; }
unset COMITY_CASE SSH_AUTH_SOCK

. "$(dirname "$0")/checks.sh"
at() { (cd "$1" && shift && "$COMITY" "$@"); } # at PARTY COMMAND...: files of others are ../
one_line() { if [ "$(wc -l <err)" -eq 1 ]; then echo "ok $1"; else echo "FAIL $1: $(wc -l <err) lines: $(head -n3 err)"; fi; }
in_force() { # in_force PARTY VERSION
	if at "$1" charter show | grep -q "^in force  *version $2:"; then echo "ok $1: version $2 is in force"; else
		echo "FAIL $1: version $2 is not in force: $(at "$1" charter show | head -n3)"; fi
}
# Each armour of NAME.json.sigs by itself, checked by ssh-keygen against the key of one of the parties.
openssh_agrees() { # openssh_agrees FILE SIGNERS...
	file=$1
	shift
	cat A.signer B.signer U.signer V.signer >signers
	awk -v n=0 '/BEGIN SSH/ { n++ } { print >"armour." n }' "$file.sigs"
	i=0
	for who; do
		ok=no
		for s in armour.*; do
			ssh-keygen -Y verify -f signers -I "$who" -n statement@comity -s "$s" <"$file" >/dev/null 2>&1 && ok=yes
		done
		[ $ok = yes ] && i=$((i + 1)) || echo "FAIL ssh-keygen: no signature of $who on $file"
	done
	[ "$(ls armour.* | wc -l)" -eq $i ] && echo "ok ssh-keygen verifies all $i signatures of $file" || echo "FAIL $file has other signatures"
	rm -f armour.*
}

for p in A:government B:government U:academic V:victim; do
	n=${p%%:*}
	mkdir $n
	(cd $n && "$COMITY" init --name $n --role ${p#*:} >/dev/null) && at $n charter member >$n.line
	cp $n/.comity/allowed_signers $n.signer
done
mkdir X && (cd X && "$COMITY" init --name A --role government >/dev/null) && at X charter member >X.line # a stranger, by another's name
is "a party says how it wants to be encrypted to" 0 at A charter member --recipient "$(cut -d, -f3 X.line | sed 's/^ //')"
is "... but not to the key that signs" 4 at A charter member --recipient "$(cut -d, -f3 A.line | sed 's/^ //')"
is "a template is written" 0 at A charter new --template two-parties
says "... with the own line" "$(cat A.line)" A/charter.md
is "... and cannot be proposed before the keys of others are in it" 4 at A charter propose charter.md
text() { # text PROSE LINES...
	printf '# The case of the flood\n\n%s\n\n## Members\n' "$1"
	shift
	cat "$@"
	printf '\n## Rules\nallow R1: release types N1 to government, academic for attribution when consent = given oblige retain <= 30d.\n'
}
text 'We find out who did it.' A.line B.line U.line V.line >one.md
is "a first version is proposed" 0 at A charter propose ../one.md -o ../charter-1
is "... and is not in force" 0 at A charter show
says "... because of those who are missing" "not signed by" out
cp charter-1.json.sigs first.sigs
is "another signs only what it was asked about" 2 at B charter sign ../charter-1.json
is "B signs" 0 at B charter sign --yes ../charter-1.json
says "... having seen the rules in words" "it is allowed to release" out
cp charter-1.json.sigs with-b.sigs
# U signs a copy that has only A's signature: signatures are put together by whoever takes both.
mkdir copy && cp charter-1.json copy/ && cp first.sigs copy/charter-1.json.sigs
is "U signs another copy" 0 at U charter sign --yes ../copy/charter-1.json
is "V signs" 0 at V charter sign --yes ../charter-1.json
for n in A B U V; do is "$n takes both copies" 0 at $n take ../charter-1.json ../copy/charter-1.json; done
for n in A B U V; do in_force $n 1; done
(cd A && "$COMITY" charter sign --yes -o ../all ../charter-1.json) >/dev/null 2>&1
openssh_agrees all.json A B U V
is "taking it again changes nothing" 0 at A take ../all.json
says "... and says so" "known already" out

# A liar.
refused() { # refused NAME TEXT PARTY FILES...
	is "$1" "${code:-1}" at "$3" take "$4"
	says "... and says why" "$2" err
	one_line "... in one line"
}
cp all.json.sigs other.json.sigs && sed 's/30d/31d/' all.json >other.json
code=4 refused "signatures of one text under another" "\`subject' is not this text" B ../other.json
cp all.json other.json && printf '\n' >>other.json
code=4 refused "... or with a newline more" "" B ../other.json
sed 's/"nonce": "\(.\)/"nonce": "\1 /' all.json >other.json
code=4 refused "... or with a blank in a string" "" B ../other.json
text 'Signed by a stranger.' X.line B.line U.line V.line >stranger.md
at X charter propose ../stranger.md -o ../stranger >/dev/null
refused "a charter of another case" "of another case" B ../stranger.json
cat first.sigs first.sigs >twice.json.sigs && cp charter-1.json twice.json
code=4 refused "a signature twice" "signed twice" B ../twice.json
ssh-keygen -Y sign -q -f X/.comity/key -n statement@comity charter-1.json 2>/dev/null
mv charter-1.json.sig strange.json.sigs && cp charter-1.json strange.json
refused "a signature of somebody else" "who is no member" B ../strange.json
ssh-keygen -Y sign -q -f B/.comity/key -n file charter-1.json 2>/dev/null
mv charter-1.json.sig space.json.sigs && cp charter-1.json space.json
code=4 refused "a signature for another namespace" "another namespace" A ../space.json
ssh-keygen -Y sign -q -f B/.comity/key -n statement@comity -O hashalg=sha256 charter-1.json 2>/dev/null
mv charter-1.json.sig again.json.sigs && cp charter-1.json again.json
is "a second, different signature is no other voice" 0 at A take ../again.json
says "... and is said" "signed it a second time" err
for n in A B U V; do in_force $n 1; done

# The victim's word.
is "consent is not everybody's to give" 1 at A consent give -o ../false
is "the victim gives consent" 0 at V consent give --types N1 --for attribution --to A --to U --until 2030-01-01 -o ../consent
is "... for types that there are" 2 at V consent give --types N99 -o ../x
is "... and members that there are" 2 at V consent give --to Z -o ../x
is "it is taken" 0 at A take ../consent.json
is "... and holds" 0 at A consent show
says "... as it was said" "N1 for attribution to A, U until 2030-01-01T23:59:59Z; in force" out
ssh-keygen -Y verify -f V.signer -I V -n statement@comity -s consent.json.sig <consent.json >/dev/null 2>&1 &&
	echo "ok ssh-keygen verifies the consent" || echo "FAIL ssh-keygen does not verify the consent"
sed "s|$(ssh-keygen -lf V/.comity/key.pub | cut -d' ' -f2)|$(ssh-keygen -lf A/.comity/key.pub | cut -d' ' -f2)|" consent.json >false.json
ssh-keygen -Y sign -q -f A/.comity/key -n statement@comity false.json 2>/dev/null
refused "a consent of somebody else" 'a consent by "A", which is not the victim but government' B ../false.json
cp consent.json lie.json
ssh-keygen -Y sign -q -f A/.comity/key -n statement@comity lie.json 2>/dev/null
refused "a consent that says it is the victim's" "signed it" B ../lie.json
digest=$(sha256sum consent.json | cut -c1-8)
is "the victim revokes it" 0 at V consent revoke -o ../revoked "$digest"
is "... once" 1 at V consent revoke -o ../revoked2 "$digest"
is "the revocation is taken" 0 at A take ../revoked.json
at A consent show >shown
says "... and ends it" "; revoked" shown
at U consent show >shown
is "who has only the revocation takes the consent later" 0 at U take ../revoked.json ../consent.json
at U consent show >shown
says "... ended" "; revoked" shown

# Two versions for one place, and an amendment that is not signed by all.
sed 's/30d/20d/' one.md >two.md
sed 's/30d/40d/' one.md >three.md
is "an amendment is proposed" 0 at B charter propose ../two.md -o ../charter-2
is "... and signed by some" 0 at A charter sign --yes ../charter-2.json
says "... who saw what it changes" "stricter obligations" out
in_force A 1
is "B proposes another one for the same place" 0 at B charter propose ../three.md -o ../charter-3
is "... which is said to it" 0 at A take ../charter-3.json
says "... and to the others" '"B" signed two charters in one place' err
in_force A 1
for n in U V; do is "$n signs the first of them" 0 at $n charter sign --yes ../charter-2.json; done
for n in A B; do is "$n takes it" 0 at $n take ../charter-2.json; in_force $n 2; done
openssh_agrees charter-2.json A B U V
is "the other one can still be signed" 0 at A charter sign --yes ../charter-3.json
says "... with a warning" "neither is in force" err

# Somebody leaves, whose own case has version 1 in force: that counts for version 2 if it was said after that was made, and
# times are in seconds.
sleep 1.1
is "U leaves" 0 at U charter withdraw --reason "no staff" -o ../left
is "... once" 1 at U charter withdraw -o ../left2
for n in A B V; do is "$n takes it" 0 at $n take ../left.json; done
text 'Without U.' A.line B.line V.line >four.md
is "those who are left amend" 0 at A charter propose ../four.md -o ../charter-4
for n in B V; do is "$n signs" 0 at $n charter sign --yes ../charter-4.json; done
for n in A B; do is "$n takes the signatures" 0 at $n take ../charter-4.json; in_force $n 3; done
openssh_agrees charter-4.json A B V
is "an approval is taken" 0 at B approve --to A --for attribution -o ../approval "$(printf %064d 1)"
is "... by A" 0 at A take ../approval.json
is "B closes" 0 at B charter close -o ../close-b
is "A takes it" 0 at A take ../close-b.json
at A charter show >shown
says "the case is closing" "phase          closing" shown
is "V closes" 0 at V charter close -o ../close-v
is "A closes" 0 at A charter close -o ../close-a
is "A takes it" 0 at A take ../close-v.json
at A charter show >shown
says "the case is closed" "phase          closed" shown

# What was signed is logged in the order in which it was.
is "everything is logged" 0 at A log show
says "... the own signatures, too" "size" out
is "fsck" 0 at A log fsck
is "statements name the case" 0 sh -c "grep -q '\"case\": \"$(sha256sum charter-1.json | cut -d' ' -f1)\"' consent.json"
is "show has charters without numbers and no complaint" 0 at A show
if grep -q "supersedes what it can not" out; then echo "FAIL show complains of charters"; else echo "ok no complaint"; fi
for f in A/.comity/statements/*.json; do
	ssh-keygen -Y verify -f A.signer -I A -n statement@comity -s "$f.sig" <"$f" >/dev/null 2>&1 || echo "FAIL ssh-keygen: ${f##*/}"
done
echo "ok ssh-keygen verifies the copies of A's statements"
exit 0
