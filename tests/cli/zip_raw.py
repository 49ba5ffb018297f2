"""A ZIP writer that tells any lie: for archives that the standard library refuses to write."""
import dataclasses
import struct
import zlib

STORED, DEFLATED = 0, 8
SATURATED = 0xFFFFFFFF


def deflate(data, level=6):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@dataclasses.dataclass
class Entry:
    """What is None is told truthfully. `local_*` stand in the local header, the others in the central directory."""
    name: object                     # str (UTF-8) or bytes
    data: object = b""
    method: int = DEFLATED
    told_method: int = None          # in both headers, whatever the bytes are
    flags: int = 0
    crc: int = None
    size: int = None                 # uncompressed
    packed_size: int = None
    payload: bytes = None            # the bytes in the archive, whatever `data` packs to
    descriptor: int = 0              # 12, 16, 20 or 24 bytes after the data; local sizes are then zero
    zip64: bool = False              # saturated fields and the true values in the extra field 0x0001
    local_name: bytes = None
    local_extra: bytes = b""
    extra: bytes = b""
    comment: bytes = b""
    version: int = 20
    external: int = 0
    offset: int = None               # of the local header
    same_as: str = None              # no data of its own: shares the local header of that entry
    write_local: bool = True

    def bytes_of(self):
        data = self.data.encode() if isinstance(self.data, str) else self.data
        packed = self.payload
        if packed is None:
            packed = deflate(data) if self.method == DEFLATED else data
        return data, packed


def encoded(name):
    return name if isinstance(name, bytes) else name.encode("utf-8")


def extra_field(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def unicode_path(raw, name, version=1, crc=None):
    """Info-ZIP's 0x7075: the true name in UTF-8, guarded by the CRC of the raw one."""
    return extra_field(0x7075, struct.pack("<BI", version, zlib.crc32(raw) if crc is None else crc) + name.encode())


def archive(entries, prefix=b"", prefix_counted=False, comment=b"", tail=b"", zip64_end=False, count=None,
            directory_offset=None, end=True):
    """The bytes of an archive. prefix_counted: offsets know of the bytes in front."""
    out = bytearray()
    base = len(prefix) if prefix_counted else 0
    offsets, central = {}, bytearray()
    for e in entries:
        name = encoded(e.name)
        data, packed = e.bytes_of()
        crc = zlib.crc32(data) if e.crc is None else e.crc
        size = len(data) if e.size is None else e.size
        packed_size = len(packed) if e.packed_size is None else e.packed_size
        method = e.method if e.told_method is None else e.told_method
        flags = e.flags | (8 if e.descriptor else 0)
        if isinstance(e.name, str) and not e.name.isascii():
            flags |= 0x800
        offset = offsets[e.same_as] if e.same_as is not None else len(out) + base
        offsets[e.name] = offset
        if e.same_as is None and e.write_local:
            local = [0, 0, 0] if e.descriptor else [crc, packed_size, size]
            local_extra = e.local_extra
            if e.zip64 and not e.descriptor:
                local_extra += extra_field(1, struct.pack("<QQ", size, packed_size))
                local[1] = local[2] = SATURATED
            local_name = name if e.local_name is None else e.local_name
            out += struct.pack("<IHHHHHIIIHH", 0x04034B50, 45 if e.zip64 else e.version, flags, method, 0, 0x21,
                               local[0], local[1] & SATURATED, local[2] & SATURATED, len(local_name),
                               len(local_extra)) + local_name + local_extra + packed
            if e.descriptor:
                signature = b"PK\x07\x08" if e.descriptor in (16, 24) else b""
                out += signature + struct.pack("<IQQ" if e.descriptor >= 20 else "<III", crc, len(packed), len(data))
        told = offset if e.offset is None else e.offset
        extra, fields = e.extra, [packed_size, size, told]
        if e.zip64:
            extra = extra_field(1, struct.pack("<QQQ", size, packed_size, told)) + extra
            fields = [SATURATED] * 3
        central += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 45 if e.zip64 else e.version, 45 if e.zip64 else 20,
                               flags, method, 0, 0x21, crc, fields[0] & SATURATED, fields[1] & SATURATED, len(name),
                               len(extra), len(e.comment), 0, 0, e.external, fields[2]) + name + extra + e.comment
    start = len(out) + base if directory_offset is None else directory_offset
    number = len(entries) if count is None else count
    records = b""
    if zip64_end:
        at = len(out) + base + len(central)
        records = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, number, number, len(central), start)
        records += struct.pack("<IIQI", 0x07064B50, 0, at, 1)
    fields = (0xFFFF, 0xFFFF, SATURATED, SATURATED) if zip64_end else (number, number, len(central), start)
    if end:
        records += struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, *fields, len(comment)) + comment
    return bytes(prefix + out + central + records + tail)
