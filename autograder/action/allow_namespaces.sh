#!/bin/sh
# Ubuntu 24.04 keeps unprivileged processes from making namespaces, which the strict sandbox is made of.
# Hosted runners may lift that; elsewhere the grader falls back to the reduced sandbox and its report says so.
set -eu
switch=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
if [ -r "$switch" ] && [ "$(cat "$switch")" = 1 ]; then
    sudo -n sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 ||
        echo "mlsafety: user namespaces stay forbidden on this runner" >&2
fi
