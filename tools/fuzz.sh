#!/bin/sh
# Runs each fuzz target for FUZZ_SECONDS under libFuzzer, ASan and UBSan; or those named.
# New inputs stay in build/fuzz/corpus, findings in build/fuzz/found.
set -e
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-10}
dir=build/fuzz
if [ ! -e $dir/build.ninja ]; then
	CC=clang meson setup $dir -Dtests=enabled -Dfuzz=libfuzzer -Db_sanitize=address,undefined -Db_lundef=false \
	    -Doptimization=1 -Ddebug=true >/dev/null
fi
targets=$(ninja -C $dir -t targets all | sed -n 's,^tests/\(fuzz_[a-z0-9_]*\): .*,\1,p')
[ -n "$targets" ] || { echo "no fuzz targets were configured: rm -r $dir, then try again" >&2; exit 1; }
# shellcheck disable=SC2046
ninja --quiet -C $dir $(for t in $targets; do echo "tests/$t"; done)
[ $# -gt 0 ] && targets=$*
mkdir -p $dir/found
bad=0
for t in $targets; do
	name=${t#fuzz_}
	mkdir -p "$dir/corpus/$name"
	printf '%-24s ' "$name"
	if UBSAN_OPTIONS=halt_on_error=1 $dir/tests/"$t" -max_total_time="$seconds" -rss_limit_mb=512 -timeout=10 \
	    -print_final_stats=1 -artifact_prefix="$dir/found/$name-" "$dir/corpus/$name" \
	    "tests/fuzz/corpus/$name" >"$dir/$name.log" 2>&1; then
		sed -n 's/^stat::number_of_executed_units: */inputs /p' "$dir/$name.log"
	else
		echo "FOUND SOMETHING: see $dir/$name.log and $dir/found"
		bad=1
	fi
done
exit $bad
