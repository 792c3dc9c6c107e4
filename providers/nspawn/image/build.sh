#!/bin/sh
# Builds one image unless it is there: build.sh FOLDER SUITE PACKAGES (a comma between them).
# Two builders wait for each other, the second finds the first one's work, and a tree under its final name is complete.
set -eu
folder=$1 suite=$2 packages=$3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
[ ! -d "$folder" ] || exit 0
# A build that was killed may have left its mounts; they are not ours to empty.
rm -rf --one-file-system "$folder.unfinished"
mmdebstrap --mode=root --variant=minbase --format=directory --include="$packages" \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
  --customize-hook="$here/customize.sh \"\$1\"" \
  "$suite" "$folder.unfinished"
rm -f "$folder.unfinished/etc/apt/apt.conf.d/99mmdebstrap"
mv "$folder.unfinished" "$folder"
