#!/bin/busybox sh
# First process of the guest: mounts what programs expect, hands over to guest.mjs, switches the machine off.
/bin/busybox mkdir -p /proc /sys /dev /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox mount -t securityfs securityfs /sys/kernel/security
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin HOME=/tmp
for module in $(cat /modules/order); do insmod /modules/$module; done
stty -F /dev/ttyS1 raw -echo
cd /gatebook
node /guest.mjs
# Waits until the last result is on the wire.
stty -F /dev/ttyS1 raw -echo
poweroff -f
