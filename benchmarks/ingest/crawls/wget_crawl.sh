#!/bin/sh
# wget_crawl.sh STORE FEEDS [OPTION ...]: fetches the feeds, takes the links out of them by sed, and fetches those into one WARC.
set -eu
store=$1 feeds=$2
shift 2
mkdir -p "$store"
wget --quiet --input-file="$feeds" --output-document=- \
    | sed -n -e 's!.*<item>.*<link>\([^<]*\)</link>.*!\1!p' -e 's!.*<entry>.*<link rel="alternate" href="\([^"]*\)".*!\1!p' \
    | sed -e 's/&amp;/\&/g' >"$store/../links.txt"
wget --quiet --input-file="$store/../links.txt" --output-document=/dev/null --warc-file="$store/pages" "$@"
