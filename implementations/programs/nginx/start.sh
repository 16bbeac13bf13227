#!/bin/sh
# Starts nginx on a port of 127.0.0.1; all its files are in build/, each port with a configuration of its own.
set -e
sed "s/PORT/$1/" nginx.conf > "build/$1.conf"
exec nginx -p "$PWD/build" -c "$1.conf" -e stderr
