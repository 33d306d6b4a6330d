#!/bin/sh
# post-to-chat.sh FILE [LINES]   Posts what changed to a chat that takes {"text": "…"} (Slack, Mattermost, Rocket.Chat, Zulip's adapter).
#
# FILE holds the address of the chat's webhook, which is a secret; it never becomes an argument. Relative to the site.
# At most LINES changes are listed (default 10). The event comes on standard input; one without changes (pages, ends of grace periods) is
# passed over.
set -eu
address=$(cat "${1:?usage: post-to-chat.sh FILE [LINES]}")
message=$(python3 -c '
import json, sys

event, most = json.load(sys.stdin), int(sys.argv[1])
changes = event["changes"]
if changes:
    lines = ["%s %s %s in %s (by %s)" % (c["action"], c["name"], c["version"], ", ".join(c["partitions"]) or "-", c["actor"])
             for c in changes[:most]]
    if len(changes) > most or event["truncated"]:
        lines.append("… and %s more" % ("many" if event["truncated"] else len(changes) - most))
    head = "%s/%s, event %d" % (event["owner"], event["type"], event["event"])
    print(json.dumps({"text": "\n".join([head] + lines)}))
' "${2:-10}")
[ -n "$message" ] || exit 0
# The body is an argument of no program either: printf is the shell itself.
{
    printf 'url = "%s"\n' "$address"
    printf 'header = "Content-Type: application/json"\n'
    printf 'data-binary = "%s"\n' "$(printf '%s' "$message" | sed 's/[\\"]/\\&/g')"
} | curl --disable --silent --show-error --fail --max-time 20 --output /dev/null --config -
