#!/bin/sh
# The first steps of a container, as root of the lab's namespaces, in its pod's network namespace and others of its own (mount,
# process, IPC): its files and mounts, then its program as user 1000.
#
#   container.sh FILES FOLDER HOSTNAME -- COMMAND...
#
# FOLDER/mounts has a line for each mount: kind (bind, read-only or tmpfs), source or options, place; with tabs between. It
# waits for a line on standard input: by then its limits are set.
set -eu
files=$1 folder=$2 hostname=$3
shift 4
read -r _
root=$folder/root

mount --make-rprivate /
# Two lower folders and no upper one: nobody writes into the files that all desktops share.
mount -t overlay files -o "lowerdir=$files:$folder/empty" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755,size=1m dev "$root/dev"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
: >"$root/dev/termination-log"
mount --bind "$folder/termination-log" "$root/dev/termination-log"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount -t tmpfs -o mode=755 run "$root/run"

tab=$(printf '\t')
while IFS="$tab" read -r kind source place; do
  case $kind in
  tmpfs) mount -t tmpfs -o "mode=1777,$source" tmpfs "$root$place" ;;
  bind) mount --bind "$source" "$root$place" ;;
  read-only)
    mount --bind "$source" "$root$place"
    mount -o remount,bind,ro "$root$place"
    ;;
  esac
done <"$folder/mounts"

cd "$root"
pivot_root . mnt
cd /
umount -l /mnt
# Not by /proc/sys, where all files are the machine's root's.
hostname "$hostname"
exec </dev/null unshare --user --map-user=1000 --map-group=1000 setpriv --no-new-privs -- "$@"
