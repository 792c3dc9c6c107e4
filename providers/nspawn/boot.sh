#!/bin/sh
# Becomes the systemd-nspawn of one machine: boot.sh FOLDER IMAGE CGROUPS WORD...
# Started in a mount namespace of its own (unshare --mount), so that the overlay goes when the machine goes, however it goes.
set -eu
folder=$1 image=$2 cgroups=$3
shift 3
for cgroup in $cgroups; do
  echo $$ >"$cgroup/cgroup.procs"
done
# Said as ".", the image's path may hold the characters that mean something in mount options.
cd "$image"
mount -t overlay webstack -o "lowerdir=.,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd /
exec systemd-nspawn --directory="$folder/root" "$@"
