#!/usr/bin/env bash
# Boots the systemd of this machine as process 1 of namespaces of its own, on a copy-on-write view of this machine's
# files, and waits until it has started:
#
#     machine.sh FOLDER
#
# The network is this machine's. Nothing that is changed there is changed here: files go to memory, and are listed in
# /run/changes inside. FOLDER, which must be on the root file system, gets `pid`, the process to enter (nsenter --all
# --target PID) and to end (SIGKILL ends everything inside), and `log`. Needs root, and a kernel with overlay and
# cgroup 2; no container runtime.
set -euo pipefail

if [[ ${2:-} != inside ]]; then
    folder=$(realpath "$1")
    mkdir -p "$folder/disk"
    cgroups=/sys/fs/cgroup/unified
    [[ -d $cgroups ]] || cgroups=/sys/fs/cgroup
    mkdir -p "$cgroups/ensilinja-package"
    (
        # systemd is the root of its cgroup namespace, so it manages what is below and nothing beside.
        echo "$BASHPID" >"$cgroups/ensilinja-package/cgroup.procs"
        exec unshare --mount --pid --fork --ipc --uts --cgroup --kill-child \
            "${BASH_SOURCE[0]}" "$folder" inside >"$folder/log" 2>&1 </dev/null
    ) &
    outer=$!
    for _ in {1..100}; do
        pid=$(pgrep --parent "$outer" || true)
        if [[ -n $pid ]] && nsenter --all --target "$pid" systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; then
            echo "$pid" >"$folder/pid"
            exit
        fi
        kill -0 "$outer" 2>/dev/null || break
        sleep 0.2
    done
    echo "systemd did not start:" >&2
    cat "$folder/log" >&2
    [[ -z ${pid:-} ]] || kill -KILL "$pid" 2>/dev/null || true
    exit 1
fi

disk=$1/disk
root=$disk/root
mount --make-rprivate /
mount -t tmpfs tmpfs "$disk"
mkdir "$disk"/{upper,work,root}
mount -t overlay overlay -o "lowerdir=/,upperdir=$disk/upper,workdir=$disk/work" "$root"
mount -t proc proc "$root/proc"
# This kernel is shared: its settings are not for a test.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir "$root/run/changes" "$root/run/before"
mount --bind "$disk/upper" "$root/run/changes"
for unit in systemd-sysctl.service systemd-binfmt.service systemd-modules-load.service systemd-journal-flush.service \
    proc-sys-fs-binfmt_misc.automount dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount \
    sys-kernel-tracing.mount sys-fs-fuse-connections.mount timers.target; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
cd "$root"
pivot_root . run/before
umount --lazy run/before
# As systemd expects it: credentials are mounted by a process in a namespace of its own.
mount --make-rshared /
exec env -i container=ensilinja PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=basic.target --log-target=console --show-status=no
