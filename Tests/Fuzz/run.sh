#!/bin/sh
# run.sh [TARGET…]   Fuzzes the targets (all, unless some are named), TIME seconds each (60), JOBS of them at a time (2), and prints a
# line for each. Ends with 1 when something was found; the last lines then say where the reproducers are and how to replay them.
#   SANITIZE=address   builds with AddressSanitizer, for the C code behind our own
#   INDEXGEN_SHARED    a folder whose fixtures/ give more seeds
#   TIMEOUT            seconds that one input may take (10); more on a machine that has much else to do
# Everything is kept below .build/fuzz: corpus (the next run starts with it), findings, logs, seeds. Needs python3.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
work=$PWD/.build/fuzz
build=$work${SANITIZE:+-$SANITIZE}
fuzz=$build/release/Fuzz
mkdir -p "$work/logs"

# SwiftPM gives every executable a main of its own, so libFuzzer comes without its one. It lies beside the compiler's own clang.
clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
runtime=$("$clang" -print-resource-dir)/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a
INDEXGEN_FUZZ=1 swift build -c release --scratch-path "$build" --product Fuzz \
    ${SANITIZE:+--sanitize "$SANITIZE"} -Xlinker "$runtime" \
    > "$work/logs/build.log" 2>&1 || { cat "$work/logs/build.log" >&2; exit 2; }

python3 "$here/seeds.py" "$work/seeds" examples/packages/dist ${INDEXGEN_SHARED:+"$INDEXGEN_SHARED/fixtures"}

# Swift's own report of a crash takes seconds, and libFuzzer makes one itself.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1

# one TARGET
one() {
    log=$work/logs/$1.log
    mkdir -p "$work/corpus/$1" "$work/findings/$1" "$work/seeds/$1"
    # What an earlier run found is tried first, and found again unless it was mended.
    find "$work/findings/$1" -type f -exec mv {} "$work/corpus/$1/" \;
    set -- "$1" "$work/corpus/$1" "$work/seeds/$1" "$here/Seeds/$1"
    [ ! -d "$here/Regressions/$1" ] || set -- "$@" "$here/Regressions/$1"
    [ ! -f "$here/Dictionaries/$1.dict" ] || set -- "$@" "-dict=$here/Dictionaries/$1.dict"
    target=$1
    shift
    # AddressSanitizer's own shadows count as memory. One allocation may be an LZMA dictionary within the decoder's limit, 512 MiB.
    INDEXGEN_FUZZ_TARGET=$target sh -c '"$@"; status=$?; times; exit $status' sh "$fuzz" "$@" \
        -max_total_time="${TIME:-60}" -timeout="${TIMEOUT:-10}" -report_slow_units="${TIMEOUT:-10}" -max_len=65536 \
        -rss_limit_mb="$([ -n "${SANITIZE:-}" ] && echo 2048 || echo 512)" -malloc_limit_mb=256 \
        -print_final_stats=1 -artifact_prefix="$work/findings/$target/" > "$log" 2>&1 && found="nothing found" || found="FOUND SOMETHING"
    # The last line has the times of the shell's children: MINUTESmSECONDSs, twice.
    awk -v target="$target" -v found="$found" '
        / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") coverage = $(i + 1) }
        /^stat::number_of_executed_units/ { runs = $2 }
        /^stat::average_exec_per_sec/ { rate = $2 }
        { last = $0 }
        END {
            split(last, part, /[ms ]+/)
            cpu = part[1] * 60 + part[2] + part[3] * 60 + part[4]
            printf "%-12s %10d runs, %6d a second, %5d s of CPU, coverage %5d, %s\n", target, runs, rate, cpu, coverage, found
        }
    ' "$log"
}

[ $# -gt 0 ] || set -- $("$fuzz")
# A few shells that take the targets in turn.
jobs=${JOBS:-2}
turn=0
while [ "$turn" -lt "$jobs" ]; do
    (
        number=0
        for target; do
            [ $((number % jobs)) -ne "$turn" ] || one "$target"
            number=$((number + 1))
        done
    ) &
    turn=$((turn + 1))
done
wait
if [ -n "$(find "$work/findings" -type f)" ]; then
    echo "Findings; replay one with: SWIFT_BACKTRACE=enable=no INDEXGEN_FUZZ_TARGET=TARGET ${fuzz#"$PWD/"} FILE"
    echo "(-minimize_crash=1 before FILE makes it smaller; then it belongs into Tests/Fuzz/Regressions/TARGET, named after what it was)"
    find "$work/findings" -type f
    exit 1
fi
