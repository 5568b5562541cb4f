/**
 * The two meta pages at the start of an LMDB file; the one of the higher transaction holds.
 *
 * Layout: MDB_meta and MDB_db in mdb.c of https://github.com/LMDB/lmdb (branch mdb.RE/0.9), 64-bit little-endian.
 */

import { META } from "./_lmdb_pages.ts";

/** Where a tree of the file begins, and its counts. */
export interface LmdbTree {
  readonly flags: number;
  /** Levels of pages; 0 when it is empty. */
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  /** Key and value pairs. */
  readonly entries: number;
  /** First page; undefined when it is empty. */
  readonly root: number | undefined;
}

/** What an LMDB file's newest meta page says. */
export interface LmdbMeta {
  readonly pageSize: number;
  /** Bytes to map, at least; a hint to other programs. */
  readonly mapSize: number;
  /** Pages that are no longer used, under the number of the transaction that gave them up. */
  readonly free: LmdbTree;
  /** The entries. */
  readonly main: LmdbTree;
  /** Highest page number in use. */
  readonly lastPage: number;
  /** Number of the transaction that wrote this. */
  readonly transaction: number;
}

const MAGIC = 0xbeefc0de;
const NO_PAGE = 0xffffffffffffffffn;
/** Bytes of a meta page that mean something. */
export const META_BYTES = 152;
/** Pages that a whole file may lack: the last ones, when a transaction took and gave them back unwritten. */
const UNWRITTEN_PAGES = 16;

/** Reads the newer meta page; `fail` makes the error for a file that is none of format 1. */
export function readMeta(
  read: (position: number, length: number) => Uint8Array,
  size: number,
  fail: (reason: string) => SyntaxError,
): LmdbMeta {
  const first = viewOf(read(0, META_BYTES));
  if (first.byteLength < META_BYTES) {
    throw fail(`it has ${size} bytes, too few for a database`);
  }
  if (first.getUint32(16, true) !== MAGIC) {
    if (first.getUint32(24, true) === MAGIC) {
      throw fail(
        "its data format is that of lmdb-js 3 (liblmdb 0.9.90), expected data format 1 as python-lmdb writes it; " +
          "write it again with openLmdbWriter or python-lmdb",
      );
    }
    throw fail("it is not an LMDB database (its magic number is missing)");
  }
  const pageSize = first.getUint32(40, true);
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0) {
    throw fail(
      `its page size is ${pageSize}, expected a power of two in 512..65536`,
    );
  }
  const second = viewOf(read(pageSize, META_BYTES));
  if (second.byteLength < META_BYTES) {
    throw fail("its second meta page is missing; it is cut short");
  }
  const [a, b] = [first, second].map((view) => parse(view, pageSize, fail)) as [
    LmdbMeta,
    LmdbMeta,
  ];
  const newest = b.transaction > a.transaction ? b : a;
  if ((newest.main.flags & 0x7e) !== 0) {
    throw fail(
      `its keys have flags 0x${newest.main.flags.toString(16)}, expected plain keys without duplicates`,
    );
  }
  const pages = newest.lastPage + 1;
  if ((pages - UNWRITTEN_PAGES) * pageSize > size) {
    throw fail(
      `it has ${size} bytes, its ${pages} pages need ${pages * pageSize}; it is cut short, copy it again`,
    );
  }
  return newest;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function parse(
  view: DataView,
  pageSize: number,
  fail: (reason: string) => SyntaxError,
): LmdbMeta {
  const magic = view.getUint32(16, true), version = view.getUint32(20, true);
  if (magic !== MAGIC || version !== 1) {
    throw fail(
      `a meta page has magic 0x${magic.toString(16)} and data format ${version}, expected 0xbeefc0de and 1`,
    );
  }
  const number = (at: number) => Number(view.getBigUint64(at, true));
  return {
    pageSize,
    mapSize: number(32),
    free: parseTree(view, 40),
    main: parseTree(view, 88),
    lastPage: number(136),
    transaction: number(144),
  };
}

function parseTree(view: DataView, at: number): LmdbTree {
  const number = (offset: number) => Number(view.getBigUint64(at + offset, true));
  return {
    flags: view.getUint16(at + 4, true),
    depth: view.getUint16(at + 6, true),
    branchPages: number(8),
    leafPages: number(16),
    overflowPages: number(24),
    entries: number(32),
    root: view.getBigUint64(at + 40, true) === NO_PAGE ? undefined : number(40),
  };
}

/** Writes the meaningful bytes of meta page 0 or 1. */
export function makeMeta(meta: LmdbMeta, page: 0 | 1): Uint8Array {
  const bytes = new Uint8Array(META_BYTES);
  const view = viewOf(bytes);
  const set = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  set(0, page);
  view.setUint16(10, META, true);
  view.setUint32(16, MAGIC, true);
  view.setUint32(20, 1, true);
  set(32, meta.mapSize);
  view.setUint32(40, meta.pageSize, true);
  for (const [at, tree] of [[40, meta.free], [88, meta.main]] as const) {
    view.setUint16(at + 4, tree.flags, true);
    view.setUint16(at + 6, tree.depth, true);
    set(at + 8, tree.branchPages);
    set(at + 16, tree.leafPages);
    set(at + 24, tree.overflowPages);
    set(at + 32, tree.entries);
    view.setBigUint64(
      at + 40,
      tree.root === undefined ? NO_PAGE : BigInt(tree.root),
      true,
    );
  }
  set(136, meta.lastPage);
  set(144, meta.transaction);
  return bytes;
}

const NO_TREE: LmdbTree = {
  flags: 0,
  depth: 0,
  branchPages: 0,
  leafPages: 0,
  overflowPages: 0,
  entries: 0,
  root: undefined,
};

/** What the meta pages of a database without entries say. */
export function emptyMeta(pageSize: number): LmdbMeta {
  return {
    pageSize,
    mapSize: 2 ** 20,
    free: { ...NO_TREE, flags: 0x08 }, // its keys are integers
    main: NO_TREE,
    lastPage: 1,
    transaction: 0,
  };
}
