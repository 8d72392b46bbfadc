#!/bin/sh
# What differs by machine, for arm64: the filter of system calls, confinement, and SHA-256 without x86's
# instructions, compiled with the project's warnings.  Nothing is run, and no library's header is needed.
cc=aarch64-linux-gnu-gcc
command -v $cc >/dev/null 2>&1 || { echo "no $cc"; exit 77; }
cd "$COMITY_ROOT" || exit 1
warnings=$(grep -o "'-W[a-z0-9=-]*'" meson.build | tr -d "'" | grep -v -e '^-Wl' -e '^-Werror')
for file in src/os/confine*.c src/os/map.c src/os/random.c src/crypto/sha256.c src/crypto/sha256_portable.c \
	src/crypto/sha256_other.c src/base/arena.c src/base/buf.c src/base/span.c; do
	# shellcheck disable=SC2086
	if said=$($cc -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra $warnings -Werror -Isrc -c -o /dev/null "$file" 2>&1); then
		echo "ok $file for arm64"
	else
		echo "FAIL $file for arm64: $(echo "$said" | grep -m1 error)"
	fi
done
