#!/bin/sh
# Posts a report on a pull request or merge request, once: a report that is there already is changed.
#
#   comment.sh github|gitlab REPORT
#
# The first line of REPORT marks the comment. One of somebody else that begins with it is not touched: it would be theirs
# to change afterwards. It needs curl and jq, and from the environment:
#   github: GITHUB_API_URL GITHUB_REPOSITORY PULL_REQUEST GITHUB_TOKEN, and GATEWRIGHT_LOGIN if the token is not the
#           workflow's own
#   gitlab: CI_API_V4_URL CI_PROJECT_ID CI_MERGE_REQUEST_IID GATEWRIGHT_GITLAB_TOKEN
#
# Without a token, or with one that may not write, as on a fork, it says so and exits with 0: the report is among the
# artifacts all the same. The token is not shown: it reaches curl by its standard input.
set -u

if [ $# -ne 2 ]; then
	echo "usage: comment.sh github|gitlab REPORT" >&2
	exit 5
fi
host=$1 report=$2
[ -r "$report" ] || {
	echo "comment.sh: $report cannot be read" >&2
	exit 5
}
mark=$(head -n 1 "$report")

case $host in
github)
	token=${GITHUB_TOKEN:-}
	header="Authorization: Bearer $token"
	list=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments
	one=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/comments
	change=PATCH
	mine='.user.login == $who'
	;;
gitlab)
	token=${GATEWRIGHT_GITLAB_TOKEN:-}
	header="PRIVATE-TOKEN: $token"
	list=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes
	one=$list
	change=PUT
	mine='(.author.id | tostring) == $who'
	;;
*)
	echo "comment.sh: $host is neither github nor gitlab" >&2
	exit 5
	;;
esac
if [ -z "$token" ]; then
	echo "There is no token to comment with; the report is among the artifacts."
	exit 0
fi

work=$(mktemp -d) || exit 5
trap 'rm -rf "$work"' EXIT

# ask METHOD URL [BODY] leaves the answer in $work/answer and its status in $status.
ask() {
	if [ $# -eq 3 ]; then
		set -- "$1" "$2" --data-binary "@$3" --header 'Content-Type: application/json'
	fi
	method=$1 url=$2
	shift 2
	status=$(printf 'header = "%s"\n' "$header" | curl --config - --silent --show-error --max-time 60 --request "$method" \
		--header 'Accept: application/json' "$@" --output "$work/answer" --write-out '%{http_code}' "$url") || {
		echo "comment.sh: $method of the comments failed" >&2
		exit 5
	}
	case $status in
	2??) return 0 ;;
	401 | 403 | 404)
		echo "The token may not comment here (status $status), as on a pull request from a fork; the report is among the artifacts."
		exit 0
		;;
	esac
	echo "comment.sh: $method of the comments: status $status" >&2
	exit 5
}

who=${GATEWRIGHT_LOGIN:-github-actions[bot]}
if [ "$host" = gitlab ]; then
	ask GET "$CI_API_V4_URL/user"
	who=$(jq -r .id "$work/answer") || exit 5
fi

# The comment that begins with the mark, on whichever page it is.
id= page=1
while [ -z "$id" ] && [ $page -le 50 ]; do
	ask GET "$list?per_page=100&page=$page"
	id=$(jq -r --arg mark "$mark" --arg who "$who" \
		"map(select($mine) | select((.body // \"\") | startswith(\$mark))) | (.[0].id // empty)" "$work/answer") || exit 5
	[ "$(jq length "$work/answer")" -lt 100 ] && break
	page=$((page + 1))
done

jq -Rs '{body: .}' "$report" >"$work/body"
if [ -n "$id" ]; then
	ask $change "$one/$id" "$work/body"
	echo "The comment was changed."
else
	ask POST "$list" "$work/body"
	echo "The comment was posted."
fi
