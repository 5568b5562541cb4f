/**
 * @file The index of a zip archive: end record, zip64 records, central directory, local headers.
 *
 * Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (sections 4.3 and 4.5). Where the directory and
 * the archive disagree the archive is refused: an offset that is off by a byte would give plausible but wrong weights.
 */

import { isPossibleSize } from "./_inflate.ts";
import { MAX_CENTRAL_DIRECTORY_BYTES, MAX_ZIP_END_BYTES, MAX_ZIP_ENTRIES } from "./_limits.ts";
import type { ByteSource } from "./_source.ts";

/** One file of the archive, as the central directory has it. */
export interface ZipEntry {
  readonly name: string;
  /** Name as it is written, which the local header must repeat. */
  readonly nameBytes: Uint8Array;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  /** Bytes in the archive. */
  readonly storedBytes: number;
  /** Bytes when inflated. */
  readonly bytes: number;
  /** Where the local header begins. */
  readonly headerOffset: number;
  /** Where the next entry or the central directory begins. */
  readonly limit: number;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_RECORD = 0x06054b50;
const ZIP64_END_RECORD = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_EXTRA = 0x0001;
const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_BYTES = 46;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const ZIP64_END_BYTES = 56;
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;
/** Flags: encrypted, strongly encrypted, central directory encrypted. */
const ENCRYPTED_FLAGS = 0x2041;

interface Directory {
  readonly offset: number;
  readonly bytes: number;
  readonly entries: number;
  /** Where the end records begin, which is where the directory must end. */
  readonly end: number;
}

/** Reads the central directory; entries by name, in its order. */
export function readZip(source: ByteSource): Map<string, ZipEntry> {
  const directory = findDirectory(source);
  const { path } = source;
  if (directory.entries > MAX_ZIP_ENTRIES) {
    throw new RangeError(
      `Cannot open "${path}": ${directory.entries} zip entries, at most ${MAX_ZIP_ENTRIES} are read`,
    );
  }
  if (directory.bytes > MAX_CENTRAL_DIRECTORY_BYTES) {
    throw new RangeError(
      `Cannot open "${path}": a zip directory of ${directory.bytes} bytes, ` +
        `at most ${MAX_CENTRAL_DIRECTORY_BYTES} are read`,
    );
  }
  if (directory.offset + directory.bytes !== directory.end) {
    throw damaged(
      path,
      `the directory lies at bytes ${directory.offset} to ${directory.offset + directory.bytes}, ` +
        `expected to end at ${directory.end}`,
    );
  }
  const bytes = source.read(
    directory.offset,
    directory.bytes,
    "the zip directory",
  );
  const entries = parseDirectory(path, bytes, directory);
  return checkLayout(path, entries, directory.offset);
}

function damaged(path: string, why: string): SyntaxError {
  return new SyntaxError(
    `Cannot open "${path}": ${why}; the zip archive is damaged, fetch it again`,
  );
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** 64-bit number; above 2^53 it is past the end of any file anyway. */
function uint64(v: DataView, offset: number): number {
  return Number(v.getBigUint64(offset, true));
}

function findDirectory(source: ByteSource): Directory {
  const { path, size } = source;
  const tailBytes = Math.min(size, MAX_ZIP_END_BYTES);
  const tail = view(
    source.read(size - tailBytes, tailBytes, "the end of the zip archive"),
  );
  let at = tailBytes - END_BYTES;
  const isEnd = () =>
    tail.getUint32(at, true) === END_RECORD &&
    at + END_BYTES + tail.getUint16(at + 20, true) === tailBytes;
  while (at >= 0 && !isEnd()) at--;
  if (at < 0) {
    throw new SyntaxError(
      `Cannot open "${path}": it begins as a zip archive but has no end record; it is truncated, fetch it again`,
    );
  }
  const endOffset = size - tailBytes + at;
  if (tail.getUint16(at + 4, true) !== tail.getUint16(at + 6, true)) {
    throw damaged(path, "it is one of several volumes");
  }
  const plain = {
    entries: tail.getUint16(at + 10, true),
    bytes: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
    end: endOffset,
  };
  const wide = readZip64End(source, endOffset);
  const saturated = plain.entries === FULL_16 || plain.bytes === FULL_32 ||
    plain.offset === FULL_32;
  if (wide === null) {
    if (saturated && (plain.bytes === FULL_32 || plain.offset === FULL_32)) {
      throw damaged(path, "its zip64 record is missing");
    }
    return plain;
  }
  const agrees = (plain.entries === FULL_16 || plain.entries === wide.entries) &&
    (plain.bytes === FULL_32 || plain.bytes === wide.bytes) &&
    (plain.offset === FULL_32 || plain.offset === wide.offset);
  if (!agrees) throw damaged(path, "its two end records disagree");
  return wide;
}

function readZip64End(source: ByteSource, endOffset: number): Directory | null {
  if (endOffset < LOCATOR_BYTES + ZIP64_END_BYTES) return null;
  const locator = view(
    source.read(endOffset - LOCATOR_BYTES, LOCATOR_BYTES, "the zip64 locator"),
  );
  if (locator.getUint32(0, true) !== ZIP64_LOCATOR) return null;
  const end = uint64(locator, 8);
  if (end > endOffset - LOCATOR_BYTES - ZIP64_END_BYTES) {
    throw damaged(source.path, "its zip64 locator points nowhere");
  }
  const record = view(
    source.read(end, ZIP64_END_BYTES, "the zip64 end record"),
  );
  if (record.getUint32(0, true) !== ZIP64_END_RECORD) {
    throw damaged(source.path, "its zip64 locator points nowhere");
  }
  return {
    entries: uint64(record, 32),
    bytes: uint64(record, 40),
    offset: uint64(record, 48),
    end,
  };
}

type Entry = Omit<ZipEntry, "limit">;

function parseDirectory(
  path: string,
  bytes: Uint8Array,
  directory: Directory,
): Entry[] {
  const v = view(bytes);
  const decoder = new TextDecoder();
  const entries: Entry[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (
      at + CENTRAL_HEADER_BYTES > bytes.length ||
      v.getUint32(at, true) !== CENTRAL_HEADER
    ) {
      throw damaged(path, `entry ${entries.length} of its directory is cut`);
    }
    const nameEnd = at + CENTRAL_HEADER_BYTES + v.getUint16(at + 28, true);
    const extraEnd = nameEnd + v.getUint16(at + 30, true);
    const next = extraEnd + v.getUint16(at + 32, true);
    if (next > bytes.length || entries.length >= directory.entries) {
      throw damaged(path, `entry ${entries.length} of its directory is cut`);
    }
    const nameBytes = bytes.subarray(at + CENTRAL_HEADER_BYTES, nameEnd);
    const name = decoder.decode(nameBytes);
    const sizes = [
      v.getUint32(at + 24, true),
      v.getUint32(at + 20, true),
      v.getUint32(at + 42, true),
    ];
    widen(path, name, sizes, bytes.subarray(nameEnd, extraEnd));
    entries.push({
      name,
      nameBytes,
      method: v.getUint16(at + 10, true),
      encrypted: (v.getUint16(at + 8, true) & ENCRYPTED_FLAGS) !== 0,
      crc32: v.getUint32(at + 16, true),
      bytes: sizes[0]!,
      storedBytes: sizes[1]!,
      headerOffset: sizes[2]!,
    });
    at = next;
  }
  if (entries.length !== directory.entries) {
    throw damaged(
      path,
      `its directory has ${entries.length} entries, declared were ${directory.entries}`,
    );
  }
  return entries;
}

/** Replaces size, stored size and offset (in this order) by their zip64 values where they are saturated. */
function widen(
  path: string,
  name: string,
  sizes: number[],
  extra: Uint8Array,
): void {
  if (!sizes.includes(FULL_32)) return;
  const v = view(extra);
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + v.getUint16(at + 2, true);
    if (end > extra.length) break;
    if (v.getUint16(at, true) === ZIP64_EXTRA) {
      let field = at + 4;
      for (let i = 0; i < sizes.length; i++) {
        if (sizes[i] !== FULL_32) continue;
        if (field + 8 > end) {
          throw damaged(path, `entry "${name}" lacks its zip64 sizes`);
        }
        sizes[i] = uint64(v, field);
        field += 8;
      }
      return;
    }
    at = end;
  }
  throw damaged(path, `entry "${name}" lacks its zip64 sizes`);
}

/** Refuses names that come twice and entries that overlap; gives each entry the place where the next one begins. */
function checkLayout(
  path: string,
  entries: Entry[],
  directoryOffset: number,
): Map<string, ZipEntry> {
  const byOffset = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  const limits = new Map<Entry, number>();
  byOffset.forEach((entry, i) => {
    const limit = byOffset[i + 1]?.headerOffset ?? directoryOffset;
    const least = entry.headerOffset + LOCAL_HEADER_BYTES +
      entry.nameBytes.length + entry.storedBytes;
    if (least > limit) {
      throw damaged(
        path,
        `entry "${entry.name}" takes bytes ${entry.headerOffset} to ${least} and overlaps what is at ${limit}`,
      );
    }
    limits.set(entry, limit);
  });
  const named = new Map<string, ZipEntry>();
  for (const entry of entries) {
    if (named.has(entry.name)) {
      throw damaged(path, `two entries are named "${entry.name}"`);
    }
    named.set(entry.name, { ...entry, limit: limits.get(entry)! });
  }
  return named;
}

/** Reads the local header of an entry and gives where its data lies. */
export function locateEntry(
  source: ByteSource,
  entry: ZipEntry,
): { offset: number; storedBytes: number; bytes: number; deflated: boolean } {
  const { path } = source;
  const { name, nameBytes, method, storedBytes, bytes } = entry;
  if (entry.encrypted) {
    throw new SyntaxError(
      `Cannot read "${name}" of "${path}": it is encrypted`,
    );
  }
  if (method !== 0 && method !== 8) {
    throw new SyntaxError(
      `Cannot read "${name}" of "${path}": compression method ${method}, known are stored and deflate`,
    );
  }
  if (method === 0 && storedBytes !== bytes) {
    throw damaged(
      path,
      `entry "${name}" is stored in ${storedBytes} bytes but declares ${bytes}`,
    );
  }
  if (method === 8 && !isPossibleSize(storedBytes, bytes)) {
    throw new RangeError(
      `Cannot read "${name}" of "${path}": ${storedBytes} compressed bytes cannot hold the ${bytes} it declares`,
    );
  }
  const header = source.read(
    entry.headerOffset,
    LOCAL_HEADER_BYTES + nameBytes.length,
    `the zip header of "${name}"`,
  );
  const v = view(header);
  const sameName = v.getUint16(26, true) === nameBytes.length &&
    nameBytes.every((b, i) => header[LOCAL_HEADER_BYTES + i] === b);
  if (
    v.getUint32(0, true) !== LOCAL_HEADER || v.getUint16(8, true) !== method ||
    !sameName
  ) {
    throw damaged(path, `entry "${name}" is not where its directory says`);
  }
  const offset = entry.headerOffset + header.length + v.getUint16(28, true);
  if (offset + storedBytes > entry.limit) {
    throw damaged(
      path,
      `entry "${name}" ends at byte ${offset + storedBytes}, the next one begins at ${entry.limit}`,
    );
  }
  return { offset, storedBytes, bytes, deflated: method === 8 };
}
