#!/bin/sh
# Checks a policy directory as a pull request leaves it, and says in Markdown what the change means.
#
#   check.sh DIRECTORY BASE REPORTS
#
# BASE is the commit that the change is to go into, as origin/main; REPORTS is a directory to write into: report.md,
# plan.md, junit.xml, and the output of each step. It needs git and gatewright, and a checkout that reaches back to where
# the change began.
#
# Environment:
#   GATEWRIGHT            the program (default: gatewright)
#   GATEWRIGHT_LINT_FAIL  least severity of lint that fails: error, warning or info (default: error)
#   GATEWRIGHT_PLAN_FAIL  "loosen" fails where the change loosens the policy (default: it is only shown)
#
# It exits with 0 when every step is content, with 1 when one is not, with 5 when it cannot do its work.
set -u
LC_ALL=C
export LC_ALL

program=${GATEWRIGHT:-gatewright}
if [ $# -ne 3 ]; then
	echo "usage: check.sh DIRECTORY BASE REPORTS" >&2
	exit 5
fi
policy=$1 base=$2 reports=$3

# What a comment may hold is bounded: GitHub takes 65,536 characters.
most_bytes=50000
most_lines=60

stop() {
	echo "check.sh: $1" >&2
	exit 5
}

[ -d "$policy" ] || stop "there is no directory $policy"
mkdir -p "$reports" || stop "$reports cannot be made"
case $base in
-*) stop "$base is no commit" ;;
esac
root=$(git -C "$policy" rev-parse --show-toplevel) || stop "$policy is in no git repository"
prefix=$(git -C "$policy" rev-parse --show-prefix) || exit 5
git -C "$root" rev-parse --quiet --verify "$base^{commit}" >/dev/null ||
	stop "there is no commit $base; fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0)"
fork=$(git -C "$root" merge-base "$base" HEAD) ||
	stop "HEAD and $base have no commit in common; fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0)"

failed=0
rows=
details=$reports/details.md
: >"$details"

# show FILE puts a step's output into the comment, as indented code: nothing in it can end the block or be a link.
show() {
	awk -v most="$most_lines" 'NR <= most { print "    " $0 } END { if (NR > most) print "    ... " NR - most " more lines" }' "$1"
}

# step NAME COMMAND... runs a step and keeps what it says.
step() {
	name=$1
	shift
	echo "== $name"
	"$@" >"$reports/$name.txt" 2>&1
	code=$?
	log
	result
}

# log prints what a step said. GitHub takes a line that begins with "::" for a command: lint and test write those, with
# what a policy says escaped; in the plain text of the others none may stand.
log() {
	case $name in
	lint | test) cat "$reports/$name.txt" ;;
	*) sed 's/^\([[:blank:]]*\)::/\1: :/' "$reports/$name.txt" ;;
	esac
}

# result writes the step's row, and what it said if it found something.
result() {
	case $code in
	0) word="ok" ;;
	1) word="**findings**" failed=1 ;;
	4) word="**the policy is invalid**" failed=1 ;;
	*) word="**failed** (exit code $code)" failed=1 ;;
	esac
	rows="$rows| $name | $word |
"
	[ "$code" -eq 0 ] && return
	{
		printf '\n### %s\n\n' "$name"
		show "$reports/$name.txt"
	} >>"$details"
}

# tests keeps the results for the host of the pull request, and tells what failed.
tests() {
	"$program" test --format junit "$policy" >"$reports/junit.xml" 2>"$reports/junit.err"
	code=$?
	if [ $code -ne 0 ]; then
		"$program" test --format "$annotations" "$policy"
	else
		echo "all tests pass"
	fi
	return $code
}

# compare writes plan.md. A policy that is not there at the fork is new, and there is nothing to compare it with.
compare() {
	: >"$reports/plan.md"
	if ! git -C "$root" ls-tree --name-only "$fork" "./$prefix" 2>/dev/null | grep -q '[.]hcl"\{0,1\}$'; then
		printf '## Policy plan\n\nThe policy is new: there is nothing to compare it with.\n' >"$reports/plan.md"
		return 0
	fi
	if [ -n "${GATEWRIGHT_PLAN_FAIL:-}" ]; then
		"$program" plan --from "git:$fork" --to "$policy" --format markdown --fail-on "$GATEWRIGHT_PLAN_FAIL" >"$reports/plan.md"
	else
		"$program" plan --from "git:$fork" --to "$policy" --format markdown >"$reports/plan.md"
	fi
	compared=$?
	# The new policy is valid, or it would not be compared: a change that repairs the old one must not fail for that.
	if [ "$compared" -eq 4 ]; then
		printf '## Policy plan\n\nThe policy was invalid before: there is nothing to compare it with.\n' >"$reports/plan.md"
		return 0
	fi
	return "$compared"
}

annotations=text
[ "${GITHUB_ACTIONS:-}" = true ] && annotations=github

step fmt "$program" fmt --check --diff "$policy"
step validate "$program" validate "$policy"
valid=$code
if [ "$valid" -eq 0 ]; then
	step lint "$program" lint --format "$annotations" --fail-on "${GATEWRIGHT_LINT_FAIL:-error}" "$policy"
	step test tests
	step plan compare
fi

{
	printf '<!-- gatewright: %s -->\n' "$prefix"
	[ "$valid" -eq 0 ] && [ -s "$reports/plan.md" ] && cat "$reports/plan.md"
	printf '\n### Checks\n\n| step | result |\n|---|---|\n%s' "$rows"
	cat "$details"
} >"$reports/whole.md"

# Cut between lines, so that no character and no table row is cut in two.
awk -v most="$most_bytes" '
	{ size += length($0) + 1 }
	size > most { cut = 1; exit }
	{ print }
	END { if (cut) print "\nThe report is longer than a comment may be. The whole of it is among the artifacts." }
' "$reports/whole.md" >"$reports/report.md"

exit $failed
