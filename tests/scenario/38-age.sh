#!/bin/sh
# Dossiers that only their recipient reads: encrypted by Debian's age, verified here.
[ -x "$COMITY" ] || { echo "no program"; exit 77; }
for tool in age age-keygen; do
	command -v $tool >/dev/null || { echo "no $tool"; exit 77; }
done
scenario=$(cd "$(dirname "$0")" && pwd)
attack=$scenario/../cases/race-first/input.pcap

is() { # is NAME WANTED-EXIT COMMAND...
	name=$1 want=$2
	shift 2
	"$@" >out 2>err
	got=$?
	if [ $got -eq "$want" ]; then echo "ok $name"; else echo "FAIL $name: exit $got, not $want: $(tail -n1 out) $(head -n3 err)"; fi
}
says() { # says NAME TEXT FILE
	if grep -qF -- "$2" "$3"; then echo "ok $1"; else echo "FAIL $1: no '$2' in: $(tail -n3 "$3")"; fi
}
silent() { # silent NAME TEXT FILE: the text is not there
	if grep -qaF -- "$2" "$3"; then echo "FAIL $1: '$2' is in $3"; else echo "ok $1"; fi
}
same() { # same NAME A B
	if cmp -s "$2" "$3"; then echo "ok $1"; else echo "FAIL $1: $2 and $3 differ"; fi
}
one_line() { # one_line NAME: what is wrong stands in one line, on out or err; where trust is from is another matter
	if [ "$(cat out err | grep -cv "count is taken from")" -eq 1 ]; then echo "ok $1, in one line"; else echo "FAIL $1: $(cat out err)"; fi
}

unset COMITY_CASE
mkdir a b nowhere
cd a && "$COMITY" init --name A >/dev/null || exit 1
"$COMITY" investigate "$attack" -o ../plain.dossier >/dev/null 2>&1
cd ../b && "$COMITY" init --name B >/dev/null || exit 1
signers=../a/.comity/allowed_signers
# shellcheck disable=SC2317 # called by `is'
verify() { "$COMITY" verify --signers "$signers" "$@"; }

# shellcheck disable=SC2002,SC2317 # a pipe is meant
from_pipe() { cat "$1" | verify -; }
# shellcheck disable=SC2317
with_tmp() { TMPDIR=$1 "$COMITY" verify --signers "$signers" "$2"; }

# the key
is "a party has a recipient" 0 "$COMITY" key age
cp out recipient
says "that it is new is said" "back it up" err
is "asked again" 0 "$COMITY" key age
same "it is the same one" out recipient
[ -s err ] && echo "FAIL there is talk about an old key: $(cat err)" || echo "ok nothing is said"
[ "$(stat -c %a .comity/age)" = 600 ] && echo "ok only its owner reads it" || echo "FAIL mode $(stat -c %a .comity/age)"
is "age-keygen reads it" 0 age-keygen -y .comity/age
same "and knows the same recipient" out recipient
is "as JSON" 0 "$COMITY" key age --json
says "JSON has the recipient" "\"recipient\": \"$(cat recipient)\"" out
says "and that it was there" '"made": false' out
is "no operand" 2 "$COMITY" key age x
(cd ../nowhere && "$COMITY" key age >out 2>err; [ $? -eq 3 ] && echo "ok without a case there is none" || echo "FAIL a key without a case")
recipient=$(cat recipient)

# dossiers
is "the plain one holds" 0 verify ../plain.dossier
cp out plain.out
for how in "-r $recipient" "-a -r $recipient" "-R .comity/key.pub" "-a -R .comity/key.pub -R ../a/.comity/key.pub"; do
	# shellcheck disable=SC2086
	age $how -o ../x.dossier.age ../plain.dossier || echo "FAIL age $how"
	is "age ${how%% age1*}: it holds" 0 verify ../x.dossier.age
	same "what is said is the same" out plain.out
	says "with what it was decrypted is said" "decrypted with" err
	silent "the file tells nothing" disclosure.json ../x.dossier.age
done
age -r "$recipient" -o ../x.dossier.age ../plain.dossier
is "from a pipe" 0 from_pipe ../x.dossier.age
same "the same again" out plain.out
says "the recipient is named" "decrypted with $recipient" err
age -R .comity/key.pub -o ../ssh.dossier.age ../plain.dossier
is "to the statement key" 0 verify ../ssh.dossier.age
says "the SSH key is named" "decrypted with the SSH key $(ssh-keygen -lf .comity/key.pub | cut -d' ' -f2)" err
is "without confinement" 0 verify --no-confine ../x.dossier.age
is "the receiver's report" 0 verify --report ../r.html ../x.dossier.age
says "is of what was decrypted" "Known to the receiver as: A" ../r.html

# other keys
age-keygen -o ../other 2>/dev/null
ssh-keygen -q -t ed25519 -N "" -f ../other-ssh
ssh-keygen -q -t ed25519 -N "secret" -f ../locked
age -r "$(age-keygen -y ../other)" -R ../other-ssh.pub -o ../theirs.dossier.age ../plain.dossier
is "for nobody here: cannot" 3 verify ../theirs.dossier.age
says "it is said for whom it is" "encrypted to 2 recipients (1 X25519, 1 ssh-ed25519), none of which is one of the keys here" err
one_line "for nobody here"
is "nor as JSON" 3 verify --json ../theirs.dossier.age
is "with an identity of age" 0 verify --identity ../other ../theirs.dossier.age
same "it is the same dossier" out plain.out
is "with an SSH key" 0 verify --identity ../other-ssh ../theirs.dossier.age
is "with another identity than the case's" 3 verify --identity ../other ../x.dossier.age
is "a key with a passphrase" 3 verify --identity ../locked ../theirs.dossier.age
says "is named" "../locked: the key has a passphrase" err
one_line "a key with a passphrase"
is "a key that is not there" 3 verify --identity ../none ../theirs.dossier.age
is "a plain dossier needs none" 0 verify --identity ../none ../plain.dossier
chmod 644 ../other
is "a key that others read" 3 verify --identity ../other ../theirs.dossier.age
says "is refused" "chmod 600" err
echo "AGE-SECRET-KEY-1X" >../bad && chmod 600 ../bad
is "a file that is no key" 3 verify --identity ../bad ../theirs.dossier.age
says "its line is named" "line 1" err
cd ../nowhere || exit 1
is "without a case" 3 verify ../x.dossier.age
says "there is no key" "there is no key" err
is "and with one" 0 verify --identity ../b/.comity/age ../x.dossier.age
cd ../b || exit 1
mv .comity/age ../age && echo "AGE-SECRET-KEY-1X" >.comity/age && chmod 600 .comity/age
is "a damaged key of the case" 3 verify ../x.dossier.age
says "is said" "line 1: no identity of age" err
is "key age does not replace it" 4 "$COMITY" key age
mv ../age .comity/age

cp .comity/key ../key.plain && ssh-keygen -q -p -P "" -N secret -f .comity/key >/dev/null
is "a statement key with a passphrase is no reader" 3 verify ../ssh.dossier.age
says "which is said" "an agent can not decrypt" err
is "the case's key of age is" 0 verify ../x.dossier.age
cp ../key.plain .comity/key

is "the statement key is followed by another one" 0 "$COMITY" key rotate -o ../ended
is "what was encrypted to the old one is read" 0 verify ../ssh.dossier.age
says "with the old one" "decrypted with the SSH key $(ssh-keygen -lf .comity/key.ended-1.pub | cut -d' ' -f2)" err
rm .comity/key.ended-1
is "as long as it is there" 3 verify ../ssh.dossier.age

# what was changed or cut
size=$(stat -c %s ../x.dossier.age)
refused() { # refused NAME EXIT
	is "$1" "$2" verify ../t.dossier.age
	one_line "$1"
}
head -c $((size - 1)) ../x.dossier.age >../t.dossier.age && refused "cut by a byte" 1
head -c $((size / 2)) ../x.dossier.age >../t.dossier.age && refused "cut in the middle" 1
head -c 200 ../x.dossier.age >../t.dossier.age && refused "cut behind the header" 1
head -c 100 ../x.dossier.age >../t.dossier.age && refused "cut in the header" 4
says "with its place" "offset 100: the file ends inside its header" out
(cat ../x.dossier.age && echo) >../t.dossier.age && refused "a line behind it" 1
cp ../x.dossier.age ../t.dossier.age && truncate -s +100000 ../t.dossier.age && refused "longer than it was" 1
python3 - ../x.dossier.age ../t.dossier.age <<'PY'
import sys
b = bytearray(open(sys.argv[1], "rb").read())
b[-20] ^= 1
open(sys.argv[2], "wb").write(b)
PY
refused "a bit changed" 1
is "as JSON" 1 verify --json ../t.dossier.age
says "it is refused" '"verdict": "refused"' out
printf 'age-encryption.org/v1\n-> scrypt ajMFur+EJLGaohv/dLRGnw 18\n8SHBz/ldWnjyGFQqfjat6uNBarWqqEMDS7W8X7+Xq5Q\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n' >../t.dossier.age
refused "with a passphrase: cannot" 3
says "a passphrase is not asked for" "passphrase" err
printf 'age-encryption.org/v2\n' >../t.dossier.age && refused "of another version: cannot" 3
age -r "$recipient" -o ../t.dossier.age ../x.dossier.age
is "encrypted twice is no dossier" 4 verify ../t.dossier.age
age -r "$recipient" -o ../t.dossier.age </dev/null
is "nothing, encrypted" 4 verify ../t.dossier.age

# what does not fit into memory goes to a file without a name
head -c 40000000 /dev/zero | age -r "$recipient" >../t.dossier.age
is "40 MB of zeros are no dossier" 4 verify ../t.dossier.age
says "but were decrypted" "decrypted with" err
is "also where there is no folder for it" 4 with_tmp /nonexistent ../t.dossier.age
says "in memory then" "decrypted with" err
exit 0
