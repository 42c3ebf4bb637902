// Several pictures are one pile: they are sent as one ZIP archive, stored as they are, the same bytes each time.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
/** 1980-01-01, so that the same pictures make the same archive. */
const DATE = 0x21;
const UTF8 = 0x800;

function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** What the local header (30 bytes before the name) and the central one have in common, from "version needed" on. */
function common(view, at, crc, size, name) {
  const words = [20, UTF8, 0, 0, DATE];
  words.forEach((word, k) => view.setUint16(at + 2 * k, word, true));
  [crc, size, size].forEach((word, k) => view.setUint32(at + 10 + 4 * k, word, true));
  view.setUint16(at + 22, name.length, true);
}

/**
 * The archive of some files, in the order of their names as people count (page 2 before page 10).
 *
 * @param {File[]} files
 * @returns {Promise<File>}
 */
export async function zipped(files, name) {
  const sorted = [...files].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const parts = [];
  const index = [];
  let offset = 0;
  for (const [number, file] of sorted.entries()) {
    const title = new TextEncoder().encode(`${String(number + 1).padStart(4, "0")} ${file.name.replaceAll(/[\\/]/g, "_")}`);
    const crc = crc32(new Uint8Array(await file.arrayBuffer()));
    const head = new DataView(new ArrayBuffer(30));
    head.setUint32(0, 0x04034b50, true);
    common(head, 4, crc, file.size, title);
    const entry = new DataView(new ArrayBuffer(46));
    entry.setUint32(0, 0x02014b50, true);
    entry.setUint16(4, 20, true);
    common(entry, 6, crc, file.size, title);
    entry.setUint32(42, offset, true);
    parts.push(head, title, file);
    index.push(entry, title);
    offset += 30 + title.length + file.size;
  }
  const length = index.reduce((sum, part) => sum + part.byteLength, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, sorted.length, true);
  end.setUint16(10, sorted.length, true);
  end.setUint32(12, length, true);
  end.setUint32(16, offset, true);
  const newest = Math.max(...sorted.map((file) => file.lastModified));
  return new File([...parts, ...index, end], name, { type: "application/zip", lastModified: newest });
}
