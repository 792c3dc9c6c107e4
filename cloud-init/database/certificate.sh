#!/bin/sh
# Makes the database's own CA and its certificate for ADDRESS, readable by the server's user, once; an interrupted run starts over.
# Usage: certificate.sh ADDRESS USER
set -eu
address=$1 user=$2
folder=/etc/webstack/database
[ -s "$folder/server.crt" ] && exit 0
umask 077
install -d -m 0755 "$folder"
cd "$folder"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 3650 -subj "/CN=webstack database CA" \
    -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.crt
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -subj "/CN=$address" -keyout server.key -out server.csr
printf 'subjectAltName=IP:%s\nextendedKeyUsage=serverAuth\n' "$address" > server.ext
openssl x509 -req -sha256 -days 3650 -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile server.ext -out server.new
chown "$user:$user" server.key
chmod 0644 ca.crt server.new
mv server.new server.crt
