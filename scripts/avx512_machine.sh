#!/usr/bin/env bash
# An emulated machine with AVX-512 that runs /run.sh of the folder ROOT and powers off: Bochs, the machine's own Debian
# kernel (only downloaded and unpacked, never installed) and a CD with both. Prints what came out of its serial line.
# Usage: scripts/avx512_machine.sh DIR ROOT SECONDS_MAX
set -eu
dir=$(realpath -m "$1")
root=$(realpath "$2")
seconds_max=$3
mkdir -p "$dir/cd"

if [ ! -e "$dir/cd/vmlinuz" ]; then
    kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
    echo "unpacking $kernel" >&2
    rm -rf "$dir/kernel"
    mkdir -p "$dir/kernel"
    (cd "$dir/kernel" && apt-get -qq -o "APT::Sandbox::User=$(id -un)" download "$kernel" && dpkg -x ./*.deb .)
    cp "$dir"/kernel/boot/vmlinuz-* "$dir/cd/vmlinuz"
    rm -rf "$dir/kernel"
fi
(cd "$root" && find . | cpio -o -H newc --quiet) | gzip -1 >"$dir/cd/initrd"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$dir/cd/"

# What of its CPU's features Bochs 2.7 does not do as Linux expects is hidden from Linux: the compact form of XSAVE, whose
# size it states wrongly, and fast string copies, which copy too much.
hidden=xsavec,xsaves,pku,xgetbv1,erms,fsrm,rep_good
cat >"$dir/cd/isolinux.cfg" <<EOF
default linux
prompt 0
label linux
kernel vmlinuz
append initrd=initrd console=ttyS0,115200 quiet panic=-1 mitigations=off random.trust_cpu=on nopku clearcpuid=$hidden
EOF
xorriso -as mkisofs -quiet -o "$dir/boot.iso" -b isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table \
    "$dir/cd" 2>/dev/null
cat >"$dir/bochsrc" <<EOF
display_library: term
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
megs: 512
cpu: model=corei7_icelake_u, count=1, ips=200000000, reset_on_triple_fault=0
clock: sync=none, time0=local
ata0-master: type=cdrom, path=$dir/boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$dir/serial.txt
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
speaker: enabled=0
log: $dir/bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
EOF
echo continue >"$dir/debugger" # Debian's build waits for a command
rm -f "$dir/serial.txt"
TERM=xterm timeout -k 5 "$seconds_max" bochs -q -f "$dir/bochsrc" -rc "$dir/debugger" \
    </dev/null >"$dir/bochs.out" 2>&1 || true
tr -d '\r' <"$dir/serial.txt"
