/**
 * A tree of an LMDB file in the making: copies of the pages that change, put behind the last page.
 */

import type { LmdbFile } from "./_lmdb_file.ts";
import type { LmdbTree } from "./_lmdb_meta.ts";
import {
  BIG,
  BRANCH,
  compareKeys,
  LEAF,
  makeBranchNode,
  makeLeafNode,
  makeOverflow,
  makePage,
  NODE_HEAD,
  nodeLimit,
  nodeSpace,
  type Page,
  PAGE_HEAD,
} from "./_lmdb_pages.ts";

/** A key and its value. */
export type LmdbEntry = readonly [key: Uint8Array, value: Uint8Array];

/** The new pages of a transaction, numbered on from the last page. */
export class NewPages {
  readonly pageSize: number;
  /** Runs of whole pages, in the order of their numbers. */
  readonly runs: Uint8Array[] = [];
  /** Pages that are no longer used. */
  readonly freed: number[] = [];
  #next: number;

  constructor(lastPage: number, pageSize: number) {
    this.#next = lastPage + 1;
    this.pageSize = pageSize;
  }

  /** Number of the next page. */
  get next(): number {
    return this.#next;
  }

  /** Takes one page or a run of them, made for number `next`. */
  add(run: Uint8Array): void {
    this.runs.push(run);
    this.#next += run.length / this.pageSize;
  }

  /** Lists pages as no longer used. */
  free(first: number, count = 1): void {
    for (let i = 0; i < count; i++) this.freed.push(first + i);
  }
}

/** A page of the new tree and the lowest key below it (unused for the first page of a level). */
interface Branch {
  key: Uint8Array;
  page: number;
}

/** A node and its key. */
interface KeyedNode {
  key: Uint8Array;
  node: Uint8Array;
}

const NO_KEY = new Uint8Array(0);

/** Adds entries to a tree. */
export class TreeEditor {
  readonly #file: LmdbFile;
  readonly #pages: NewPages;
  readonly #tree: { -readonly [K in keyof LmdbTree]: LmdbTree[K] };
  readonly #atEnd: boolean;

  /** With `atEnd`, entries go behind all others, unlooked at, and pages are not listed as free. */
  constructor(file: LmdbFile, pages: NewPages, tree: LmdbTree, atEnd = false) {
    this.#file = file;
    this.#pages = pages;
    this.#tree = { ...tree };
    this.#atEnd = atEnd;
  }

  /** Adds entries, sorted and each key once, and returns the tree with them. */
  put(entries: readonly LmdbEntry[]): LmdbTree {
    const tree = this.#tree;
    let level = tree.root === undefined
      ? this.#pack(LEAF, this.#leafNodes([], entries))
      : this.#update(tree.root, entries);
    tree.depth = Math.max(1, tree.depth);
    for (; level.length > 1; tree.depth++) {
      level = this.#pack(BRANCH, branchNodes(level));
    }
    tree.root = level[0]!.page;
    return tree;
  }

  /** Copies the subtree of a page with entries added; returns the pages that take its place. */
  #update(
    number: number,
    entries: readonly LmdbEntry[],
  ): Branch[] {
    const page = this.#file.page(number);
    if (!this.#atEnd) this.#pages.free(number);
    if (page.isLeaf) {
      this.#tree.leafPages--;
      const nodes = Array.from(
        { length: page.length },
        (_, i) => page.leafNode(i),
      );
      return this.#pack(LEAF, this.#leafNodes(nodes, entries));
    }
    this.#tree.branchPages--;
    const level: Branch[] = [];
    let next = 0;
    for (let i = 0; i < page.length; i++) {
      const first = next;
      while (
        next < entries.length && this.#route(page, entries[next]![0]) === i
      ) {
        next++;
      }
      const key = i === 0 ? NO_KEY : page.key(i);
      if (first === next) {
        level.push({ key, page: page.child(i) });
      } else {
        const [head, ...tail] = this.#update(
          page.child(i),
          entries.slice(first, next),
        );
        level.push({ key, page: head!.page }, ...tail);
      }
    }
    return this.#pack(BRANCH, branchNodes(level));
  }

  /** Merges a leaf's nodes with entries; both are sorted. */
  #leafNodes(
    nodes: readonly Uint8Array[],
    entries: readonly LmdbEntry[],
  ): KeyedNode[] {
    const merged: KeyedNode[] = [];
    let next = 0;
    for (const node of nodes) {
      const key = nodeKey(node);
      let order = 1;
      while (
        next < entries.length &&
        (order = this.#atEnd ? 1 : compareKeys(entries[next]![0], key)) < 0
      ) {
        merged.push(this.#leafNode(entries[next++]!));
      }
      if (next < entries.length && order === 0) {
        this.#tree.entries--;
        this.#giveUp(node);
        merged.push(this.#leafNode(entries[next++]!));
      } else {
        merged.push({ key, node });
      }
    }
    for (; next < entries.length; next++) {
      merged.push(this.#leafNode(entries[next]!));
    }
    return merged;
  }

  #leafNode([key, value]: LmdbEntry): KeyedNode {
    this.#tree.entries++;
    if (
      NODE_HEAD + key.length + value.length <= nodeLimit(this.#pages.pageSize)
    ) {
      return { key, node: makeLeafNode(key, value, 0, value.length) };
    }
    const number = this.#pages.next;
    const run = makeOverflow(number, value, this.#pages.pageSize);
    this.#pages.add(run);
    this.#tree.overflowPages += run.length / this.#pages.pageSize;
    const place = new Uint8Array(8);
    new DataView(place.buffer).setBigUint64(0, BigInt(number), true);
    return { key, node: makeLeafNode(key, place, BIG, value.length) };
  }

  /** Distributes nodes evenly over as many new pages as they need. */
  #pack(flags: number, nodes: readonly KeyedNode[]): Branch[] {
    const capacity = this.#pages.pageSize - PAGE_HEAD;
    const total = nodes.reduce((sum, { node }) => sum + nodeSpace(node), 0);
    const share = total / Math.ceil(total / capacity);
    const groups: KeyedNode[][] = [[]];
    let filled = 0;
    for (const keyed of nodes) {
      const space = nodeSpace(keyed.node);
      if (
        filled > 0 && (filled + space > capacity || filled + space / 2 > share)
      ) {
        groups.push([]);
        filled = 0;
      }
      groups.at(-1)!.push(keyed);
      filled += space;
    }
    // LMDB expects two nodes or more in a branch.
    const [before, last] = groups.slice(-2);
    if (flags === BRANCH && last?.length === 1) last.unshift(before!.pop()!);
    return groups.map((group) => {
      const number = this.#pages.next;
      const content = group.map(({ node }, i) =>
        flags === BRANCH && i === 0 ? makeBranchNode(NO_KEY, branchPage(node)) : node
      );
      this.#pages.add(makePage(number, flags, content, this.#pages.pageSize));
      if (flags === LEAF) this.#tree.leafPages++;
      else this.#tree.branchPages++;
      return { key: group[0]!.key, page: number };
    });
  }

  #route(page: Page, key: Uint8Array): number {
    return this.#atEnd ? page.length - 1 : page.route(key);
  }

  /** Lists the overflow pages that a leaf's node leads to as free. */
  #giveUp(node: Uint8Array): void {
    const view = new DataView(node.buffer, node.byteOffset, node.length);
    if ((view.getUint16(4, true) & BIG) === 0) return;
    const count = Math.ceil(
      (PAGE_HEAD + view.getUint32(0, true)) / this.#pages.pageSize,
    );
    this.#tree.overflowPages -= count;
    this.#pages.free(Number(view.getBigUint64(node.length - 8, true)), count);
  }
}

function branchNodes(level: readonly Branch[]): KeyedNode[] {
  return level.map(({ key, page }) => ({
    key,
    node: makeBranchNode(key, page),
  }));
}

function branchPage(node: Uint8Array): number {
  const view = new DataView(node.buffer, node.byteOffset);
  return view.getUint32(0, true) + view.getUint16(4, true) * 2 ** 32;
}

function nodeKey(node: Uint8Array): Uint8Array {
  return node.subarray(NODE_HEAD, NODE_HEAD + (node[6]! | node[7]! << 8));
}
