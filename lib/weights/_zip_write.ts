/** @file The headers of a zip archive without zip64, for `writeNpz`. */

/** One entry that was written. */
export interface ZipPart {
  readonly name: string;
  readonly deflated: boolean;
  readonly crc32: number;
  /** Bytes in the archive. */
  readonly storedBytes: number;
  /** Bytes when inflated. */
  readonly bytes: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/** Zip's earliest date, 1 January 1980: archives of the same arrays are the same bytes. */
const DATE = 0x0021;
const UTF8_NAME = 0x0800;

/** Fields 4 bytes into a local header and 6 into a central one are the same: version to name length. */
function common(
  v: DataView,
  at: number,
  part: ZipPart,
  nameBytes: number,
): void {
  v.setUint16(at, 20, true); // version needed: 2.0
  v.setUint16(at + 2, UTF8_NAME, true);
  v.setUint16(at + 4, part.deflated ? 8 : 0, true);
  v.setUint16(at + 8, DATE, true);
  v.setUint32(at + 10, part.crc32, true);
  v.setUint32(at + 14, part.storedBytes, true);
  v.setUint32(at + 18, part.bytes, true);
  v.setUint16(at + 22, nameBytes, true);
}

function withName(
  fixedBytes: number,
  name: string,
): { header: Uint8Array; v: DataView; nameBytes: number } {
  const text = new TextEncoder().encode(name);
  const header = new Uint8Array(fixedBytes + text.length);
  header.set(text, fixedBytes);
  return { header, v: new DataView(header.buffer), nameBytes: text.length };
}

/** Header before an entry's data. */
export function localHeader(part: ZipPart): Uint8Array {
  const { header, v, nameBytes } = withName(30, part.name);
  v.setUint32(0, 0x04034b50, true);
  common(v, 4, part, nameBytes);
  return header;
}

/** Header of an entry in the directory. */
export function directoryHeader(part: ZipPart): Uint8Array {
  const { header, v, nameBytes } = withName(46, part.name);
  v.setUint32(0, 0x02014b50, true);
  v.setUint16(4, 20, true); // version made by
  common(v, 6, part, nameBytes);
  v.setUint32(42, part.offset, true);
  return header;
}

/** Record after the directory. */
export function endRecord(
  entries: number,
  directoryBytes: number,
  directoryOffset: number,
): Uint8Array {
  const record = new Uint8Array(22);
  const v = new DataView(record.buffer);
  v.setUint32(0, 0x06054b50, true);
  v.setUint16(8, entries, true);
  v.setUint16(10, entries, true);
  v.setUint32(12, directoryBytes, true);
  v.setUint32(16, directoryOffset, true);
  return record;
}
