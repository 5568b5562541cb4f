import { LmdbAppender } from "../../lib/datasets/_lmdb_appender.ts";
import { type LmdbFile, openLmdbFile } from "../../lib/datasets/_lmdb_file.ts";
import { compareKeys } from "../../lib/datasets/_lmdb_pages.ts";
import type { LmdbEntry } from "../../lib/datasets/_lmdb_tree.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { withDir } from "./_paths.ts";

const text = (value: string) => new TextEncoder().encode(value);

/**
 * Walks the whole tree and asserts what liblmdb relies on: sorted keys within the bounds of their branch, leaves at one
 * depth, two nodes or more in a branch, and counts as the meta page states them.
 */
function assertTree(db: LmdbFile): void {
  const counts = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
  const seen = new Set<number>();
  const visit = (
    number: number,
    depth: number,
    low?: Uint8Array,
    high?: Uint8Array,
  ): void => {
    assert.ok(!seen.has(number), `page ${number} twice`);
    seen.add(number);
    const page = db.page(number);
    assert.equal(
      page.isLeaf,
      depth === db.meta.main.depth,
      "leaves at one depth",
    );
    if (!page.isLeaf) assert.ok(page.length >= 2, "two nodes in a branch");
    for (let i = 0; i < page.length; i++) {
      const first = page.isLeaf ? 0 : 1;
      const key = i >= first ? page.key(i) : low;
      if (i > first) {
        assert.ok(compareKeys(page.key(i - 1), key!) < 0, "sorted");
      }
      if (key && low && i >= first) {
        assert.ok(compareKeys(low, key) <= 0, "not below its branch");
      }
      if (key && high) {
        assert.ok(compareKeys(key, high) < 0, "not above its branch");
      }
      if (!page.isLeaf) {
        visit(
          page.child(i),
          depth + 1,
          key,
          i + 1 < page.length ? page.key(i + 1) : high,
        );
      } else {
        counts.entries++;
        const value = page.value(i);
        if ("page" in value) {
          counts.overflowPages += Math.ceil(
            (16 + value.size) / db.meta.pageSize,
          );
        }
      }
    }
    if (page.isLeaf) counts.leafPages++;
    else counts.branchPages++;
  };
  if (db.meta.main.root !== undefined) visit(db.meta.main.root, 1);
  const { branchPages, leafPages, overflowPages, entries } = db.meta.main;
  assert.deepEqual(counts, { branchPages, leafPages, overflowPages, entries });
}

/** Asserts that a file holds what a map holds, in order. */
function assertSame(path: string, model: Map<string, Uint8Array>): void {
  const db = openLmdbFile(path);
  assertTree(db);
  const keys = Array.from(db.keys(), (key) => new TextDecoder().decode(key));
  assert.deepEqual(keys, [...model.keys()].sort());
  for (const [key, value] of model) {
    assert.deepEqual(db.get(text(key)), value, key);
  }
  assert.equal(db.get(text("never")), undefined);
  db.close();
}

Deno.test("LmdbAppender holds what a map holds after random transactions", () =>
  withDir(async (dir) => {
    const random = new RandomStream(3, "lmdb-test");
    const path = `${dir}/a.lmdb`;
    const model = new Map<string, Uint8Array>();
    for (let turn = 0; turn < 40; turn++) {
      const db = await LmdbAppender.open(path);
      const batch = new Map<string, Uint8Array>();
      for (let n = random.integer(turn < 20 ? 40 : 300); n >= 0; n--) {
        // Long keys make branches split; sizes lie on both sides of the limit of a leaf (2038).
        const key = random.integer(4) === 0
          ? `long-${random.integer(500)}`.padEnd(100 + random.integer(400), "x")
          : String(random.integer(3000));
        const size = random.choice([
          0,
          1,
          500,
          2000 + random.integer(60),
          4080,
          4081,
          9000,
        ]);
        batch.set(key, new Uint8Array(size).fill(random.integer(256)));
      }
      db.put(
        Array.from(batch, ([key, value]): LmdbEntry => [text(key), value]),
      );
      db.close();
      for (const [key, value] of batch) model.set(key, value);
    }
    assertSame(path, model);
    const db = openLmdbFile(path);
    assert.ok(
      db.meta.main.depth >= 3 && model.size > 1000,
      `depth ${db.meta.main.depth}`,
    );
    assert.equal(db.meta.transaction, 40);
    db.close();
  }));

Deno.test("LmdbAppender stays compact when keys come in numeric order", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    const model = new Map<string, Uint8Array>();
    const db = await LmdbAppender.open(path);
    for (let first = 0; first < 6400; first += 64) {
      const batch = Array.from(
        { length: 64 },
        (_, i): LmdbEntry => [text(String(first + i)), new Uint8Array(6000)],
      );
      db.put(batch);
      for (const [key, value] of batch) {
        model.set(new TextDecoder().decode(key), value);
      }
    }
    db.close();
    assertSame(path, model);
    const { size } = await Deno.stat(path);
    assert.ok(
      size < 6400 * 8192 * 1.06,
      `${size} bytes for ${6400 * 8192} of overflow pages`,
    );
  }));

Deno.test("LmdbAppender leaves the last state when the pages of a transaction are on disk and its meta page is not", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    const db = await LmdbAppender.open(path);
    const states: Uint8Array[] = [];
    const models: Map<string, Uint8Array>[] = [];
    const model = new Map<string, Uint8Array>();
    for (let turn = 0; turn < 6; turn++) {
      const batch = Array.from(
        { length: 30 },
        (_, i) =>
          [
            String((turn * 17 + i * 7) % 90),
            new Uint8Array(100 + turn),
          ] as const,
      );
      db.put(batch.map(([key, value]): LmdbEntry => [text(key), value]));
      for (const [key, value] of batch) model.set(key, value);
      states.push(await Deno.readFile(path));
      models.push(new Map(model));
    }
    db.close();
    for (let turn = 1; turn < states.length; turn++) {
      // The new pages behind the meta pages of the state before.
      const torn = states[turn]!.slice();
      torn.set(states[turn - 1]!.subarray(0, 8192));
      await Deno.writeFile(path, torn);
      assertSame(path, models[turn - 1]!);
      const again = await LmdbAppender.open(path);
      again.put([[text("new"), text("value")]]);
      again.close();
      assertSame(path, new Map([...models[turn - 1]!, ["new", text("value")]]));
    }
  }));

Deno.test("LmdbFile throws SyntaxError or reads, and never hangs, when bytes are damaged", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    const db = await LmdbAppender.open(path);
    db.put(
      Array.from(
        { length: 300 },
        (
          _,
          i,
        ): LmdbEntry => [
          text(String(i)),
          new Uint8Array(i % 9 ? 60 : 5000).fill(i),
        ],
      ),
    );
    db.close();
    const whole = await Deno.readFile(path);
    const random = new RandomStream(4, "lmdb-test");
    let refused = 0;
    const root = new DataView(whole.buffer).getUint32(4096 + 128, true);
    for (let trial = 0; trial < 300; trial++) {
      const bytes = whole.slice();
      const start = trial % 2 ? root * 4096 : 4096 * random.integer(bytes.length / 4096);
      bytes[start + random.integer(trial % 4 < 2 ? 60 : 4096)] = random.integer(
        256,
      );
      await Deno.writeFile(path, bytes);
      try {
        const file = openLmdbFile(path);
        try {
          for (const key of file.keys()) file.get(key);
        } finally {
          file.close();
        }
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error));
        refused++;
      }
    }
    assert.ok(refused > 30, `${refused} of 300 refused`);
  }));

Deno.test("put() throws RangeError when a key is empty, too long or given twice, and changes nothing", () =>
  withDir(async (dir) => {
    const db = await LmdbAppender.open(`${dir}/a.lmdb`);
    const value = Uint8Array.of(1);
    for (const keys of [[""], ["x".repeat(512)], ["a", "b", "a"]]) {
      assert.throws(
        () => db.put(keys.map((key): LmdbEntry => [text(key), value])),
        (e) =>
          e instanceof RangeError &&
          e.message.includes("a key is given twice or has"),
      );
    }
    db.put([]);
    assert.deepEqual([...db.keys()], []);
    db.put([[text("x".repeat(511)), value]]);
    assert.equal([...db.keys()].length, 1);
    db.close();
  }));
