#!/bin/sh
# The last step of an image, run by mmdebstrap with the tree as its argument: what a machine must not share with its
# siblings goes, and nothing starts by itself but SSH, so that a bundle decides what runs.
set -eu
tree=$1

install -m 0644 "$(dirname "$0")/cloud.cfg" "$tree/etc/cloud/cloud.cfg.d/90-webstack.cfg"
echo LANG=C.UTF-8 >"$tree/etc/default/locale"
rm -f "$tree"/etc/ssh/ssh_host_*_key "$tree"/etc/ssh/ssh_host_*_key.pub
: >"$tree/etc/machine-id"
rm -f "$tree/var/lib/dbus/machine-id" "$tree/etc/resolv.conf" "$tree/etc/hostname"

systemctl --quiet --root="$tree" enable systemd-networkd.service ssh.service
# Nobody waits for the network: its address is a file. The tty is not there.
systemctl --quiet --root="$tree" mask systemd-networkd-wait-online.service getty@.service
for unit in "$tree"/etc/systemd/system/multi-user.target.wants/*.service; do
  name=${unit##*/}
  case $name in
    ssh.service | systemd-networkd.service) ;;
    *) systemctl --quiet --root="$tree" disable "$name" ;;
  esac
done
# They would hold apt's lock in the middle of a delivery; a bundle that wants them enables them.
systemctl --quiet --root="$tree" disable apt-daily.timer apt-daily-upgrade.timer
