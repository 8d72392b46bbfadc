# What scenarios say of the program: a line `ok ...' or `FAIL ...' for each thing that was looked at.  Read by `.'; commands
# leave what they printed in the files out and err.

is() { # is NAME WANTED-EXIT COMMAND...
	name=$1 want=$2
	shift 2
	"$@" >out 2>err
	got=$?
	if [ $got -eq "$want" ]; then echo "ok $name"; else echo "FAIL $name: exit $got, not $want: $(tail -n2 out) $(head -n3 err)"; fi
}
says() { # says NAME TEXT FILE
	if grep -qF -- "$2" "$3"; then echo "ok $1"; else echo "FAIL $1: no '$2' in: $(tail -n5 "$3")"; fi
}
silent() { # silent NAME TEXT FILE: in capitals or not
	if grep -qaiF -- "$2" "$3"; then echo "FAIL $1: '$2' is in $3"; else echo "ok $1"; fi
}
same() { # same NAME FILE FILE
	if cmp -s "$2" "$3"; then echo "ok $1"; else echo "FAIL $1: $(diff "$2" "$3" | head -n5)"; fi
}
