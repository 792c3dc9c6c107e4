#!/bin/sh
# NRPE's certificate, signed by itself: it keeps those out who listen, and the firewall those who are not expected. Made once.
set -eu
cd "$STATE_DIRECTORY"
[ -s certificate.pem ] && exit 0
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 3650 -subj "/CN=nrpe" -keyout key.pem -out certificate.pem.new 2> /dev/null
mv certificate.pem.new certificate.pem
