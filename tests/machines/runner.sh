#!/bin/sh
# runner.sh FOLDER COMMAND [WORD...]: a command as the user whom FOLDER/home belongs to, on this box as a runner of GitHub is: without root or a
# way to it, without the Debian packages of local machines, and with the names of FOLDER/hosts. Started in a mount namespace that ends with the command.
set -eu
folder=$1
shift
mount --bind "$folder/passwd" /etc/passwd
mount --bind "$folder/hosts" /etc/hosts
mount --bind /dev/null /var/lib/dpkg/status
for command in apt-get dpkg mmdebstrap nft systemd-nspawn machinectl; do
  if found=$(command -v "$command"); then mount --bind /dev/null "$found"; fi
done
# What root has of local machines.
if [ -d /var/lib/webstack ]; then mount -t tmpfs none /var/lib/webstack; fi
user=$(stat --format %u "$folder/home")
exec setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs "$@"
