/**
 * The pages of an LMDB file of data format 1: a B+tree of leaf and branch pages, and runs of overflow pages.
 *
 * Layout: MDB_page, MDB_node and mdb_node_search in mdb.c of https://github.com/LMDB/lmdb (branch mdb.RE/0.9), 64-bit
 * little-endian. A page has a head of 16 bytes, then 2-byte offsets to its nodes in the order of their keys.
 */

/** Bytes of a page's head. */
export const PAGE_HEAD = 16;
/** Bytes of a node's head, before its key. */
export const NODE_HEAD = 8;

/** Page flag: its nodes lead to other pages. */
export const BRANCH = 0x01;
/** Page flag: its nodes hold values. */
export const LEAF = 0x02;
/** Page flag: first of a run that holds one large value. */
export const OVERFLOW = 0x04;
/** Page flag: one of the two that say where the tree begins. */
export const META = 0x08;
/** Node flag: the value lies in overflow pages. */
export const BIG = 0x01;

/** Largest key that LMDB takes, in bytes. */
export const MAX_KEY = 511;

/** Largest node that stays in its page; a larger value goes to overflow pages. */
export function nodeLimit(pageSize: number): number {
  return (((pageSize - PAGE_HEAD) / 2) & -2) - 2;
}

/** LMDB's order: bytes as unsigned numbers, then length. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}

/** A branch or leaf page as it was read; offsets are checked before they are followed. */
export class Page {
  readonly number: number;
  readonly isLeaf: boolean;
  /** Number of nodes. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fail: (reason: string) => SyntaxError;

  /** Wraps the bytes of page `number`; `fail` makes the error for a damaged page. */
  constructor(
    bytes: Uint8Array,
    number: number,
    fail: (reason: string) => SyntaxError,
  ) {
    this.number = number;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fail = (reason) => fail(`page ${number} ${reason}`);
    const flags = this.#view.getUint16(10, true);
    const lower = this.#view.getUint16(12, true);
    if (Number(this.#view.getBigUint64(0, true)) !== number) {
      throw this.#fail("has another number");
    }
    if ((flags & 0x6f) !== BRANCH && (flags & 0x6f) !== LEAF) {
      throw this.#fail(
        `has flags 0x${flags.toString(16)}, expected a branch or a leaf`,
      );
    }
    this.isLeaf = (flags & LEAF) !== 0;
    this.length = (lower - PAGE_HEAD) / 2;
    if (
      lower > bytes.length || !Number.isInteger(this.length) || this.length < 1
    ) {
      throw this.#fail(`has its offsets end at ${lower}`);
    }
  }

  #node(i: number): number {
    const at = this.#view.getUint16(PAGE_HEAD + 2 * i, true);
    if (
      at < PAGE_HEAD ||
      at + NODE_HEAD +
            this.#view.getUint16(
              Math.min(at + 6, this.#bytes.length - 2),
              true,
            ) > this.#bytes.length
    ) {
      throw this.#fail(`has node ${i} at ${at}, beyond its end`);
    }
    return at;
  }

  /** The key of node `i`, a view; of a branch's first node it means nothing. */
  key(i: number): Uint8Array {
    const at = this.#node(i);
    return this.#bytes.subarray(
      at + NODE_HEAD,
      at + NODE_HEAD + this.#view.getUint16(at + 6, true),
    );
  }

  /** Gives `use` the bytes in which the key of node `i` lies from `start` to before `end`: no array is made. */
  withKey<T>(i: number, use: (bytes: Uint8Array, start: number, end: number) => T): T {
    const at = this.#node(i);
    return use(this.#bytes, at + NODE_HEAD, at + NODE_HEAD + this.#view.getUint16(at + 6, true));
  }

  /** Of a branch: the page that node `i` leads to. */
  child(i: number): number {
    const at = this.#node(i);
    return this.#view.getUint32(at, true) +
      this.#view.getUint16(at + 4, true) * 2 ** 32;
  }

  /** Of a leaf: where the value of node `i` lies. */
  value(
    i: number,
  ): { size: number; inline: Uint8Array } | { size: number; page: number } {
    const at = this.#node(i);
    const size = this.#view.getUint32(at, true);
    const flags = this.#view.getUint16(at + 4, true);
    const start = at + NODE_HEAD + this.#view.getUint16(at + 6, true);
    if ((flags & ~BIG) !== 0) {
      throw this.#fail(
        `has a node with flags 0x${flags.toString(16)}; databases within databases are not read`,
      );
    }
    const stored = flags & BIG ? 8 : size;
    if (start + stored > this.#bytes.length) {
      throw this.#fail(`has the value of node ${i} beyond its end`);
    }
    if (flags & BIG) {
      return { size, page: Number(this.#view.getBigUint64(start, true)) };
    }
    return { size, inline: this.#bytes.subarray(start, start + size) };
  }

  /** The bytes of node `i` of a leaf, a view: head, key and value (or the number of its overflow page). */
  leafNode(i: number): Uint8Array {
    const at = this.#node(i);
    const value = this.value(i);
    const length = NODE_HEAD + this.#view.getUint16(at + 6, true) +
      ("page" in value ? 8 : value.size);
    return this.#bytes.subarray(at, at + length);
  }

  /** The first node whose key is not below `key`, and whether it is equal. */
  search(key: Uint8Array): { index: number; found: boolean } {
    let low = this.isLeaf ? 0 : 1;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(middle, key);
      if (order === 0) return { index: middle, found: true };
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return { index: low, found: false };
  }

  /** compareKeys() of the key of node `i` and another, without an array for the first: each look-up compares a dozen. */
  #compare(i: number, key: Uint8Array): number {
    const at = this.#node(i), start = at + NODE_HEAD;
    const length = this.#view.getUint16(at + 6, true);
    const n = Math.min(length, key.length);
    for (let k = 0; k < n; k++) {
      const difference = this.#bytes[start + k]! - key[k]!;
      if (difference !== 0) return difference;
    }
    return length - key.length;
  }

  /** Of a branch: the node whose subtree `key` belongs to. */
  route(key: Uint8Array): number {
    const { index, found } = this.search(key);
    return found ? index : index - 1;
  }
}

/** Writes a node of a leaf; `value` is the value itself, or with flag BIG the number of its page and `size` its length. */
export function makeLeafNode(
  key: Uint8Array,
  value: Uint8Array,
  flags: number,
  size: number,
): Uint8Array {
  const node = new Uint8Array(NODE_HEAD + key.length + value.length);
  const view = new DataView(node.buffer);
  view.setUint32(0, size, true);
  view.setUint16(4, flags, true);
  view.setUint16(6, key.length, true);
  node.set(key, NODE_HEAD);
  node.set(value, NODE_HEAD + key.length);
  return node;
}

/** Writes a node of a branch. */
export function makeBranchNode(key: Uint8Array, page: number): Uint8Array {
  const node = new Uint8Array(NODE_HEAD + key.length);
  const view = new DataView(node.buffer);
  view.setUint32(0, page >>> 0, true);
  view.setUint16(4, Math.floor(page / 2 ** 32), true);
  view.setUint16(6, key.length, true);
  node.set(key, NODE_HEAD);
  return node;
}

/** Bytes that a node takes of a page, with its offset. */
export function nodeSpace(node: Uint8Array): number {
  return 2 + ((node.length + 1) & -2);
}

/** Writes a page of nodes, which must fit. */
export function makePage(
  number: number,
  flags: number,
  nodes: readonly Uint8Array[],
  pageSize: number,
): Uint8Array {
  const page = new Uint8Array(pageSize);
  const view = new DataView(page.buffer);
  let upper = pageSize;
  nodes.forEach((node, i) => {
    upper -= (node.length + 1) & -2;
    page.set(node, upper);
    view.setUint16(PAGE_HEAD + 2 * i, upper, true);
  });
  view.setBigUint64(0, BigInt(number), true);
  view.setUint16(10, flags, true);
  view.setUint16(12, PAGE_HEAD + 2 * nodes.length, true);
  view.setUint16(14, upper, true);
  return page;
}

/** Writes the run of overflow pages that holds a value. */
export function makeOverflow(
  number: number,
  value: Uint8Array,
  pageSize: number,
): Uint8Array {
  const count = Math.ceil((PAGE_HEAD + value.length) / pageSize);
  const pages = new Uint8Array(count * pageSize);
  const view = new DataView(pages.buffer);
  view.setBigUint64(0, BigInt(number), true);
  view.setUint16(10, OVERFLOW, true);
  view.setUint32(12, count, true);
  pages.set(value, PAGE_HEAD);
  return pages;
}
