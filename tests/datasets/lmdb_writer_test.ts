import { type LmdbWriterOptions, openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { LmdbAppender } from "../../lib/datasets/_lmdb_appender.ts";
import { openLmdbFile } from "../../lib/datasets/_lmdb_file.ts";
import { withDir } from "./_paths.ts";

const indexOf = (label: number, image: number) => label * 10 + image;
const bytesOf = (label: number, image: number) => Uint8Array.of(label, image, 7);

/** Writes places with their bytes and closes. */
async function fill(
  path: string,
  places: [number, number][],
  options: LmdbWriterOptions = {},
): Promise<void> {
  await using writer = await openLmdbWriter(path, options);
  for (const [label, image] of places) {
    await writer.write({ label, image, bytes: bytesOf(label, image) });
  }
}

async function contents(path: string): Promise<number[][]> {
  await using reader = await openLmdb(path);
  return (await Array.fromAsync(reader)).map((
    { label, bytes },
  ) => [label, ...bytes]);
}

Deno.test("openLmdbWriter() sorts items by their key, whatever the order of writing", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    await fill(path, [[11, 0], [2, 3], [0, 1], [2, 0], [0, 0]], {
      indexOf,
      commitEvery: 2,
    });
    assert.deepEqual(await contents(path), [
      [0, 0, 0, 7],
      [0, 0, 1, 7],
      [2, 2, 0, 7],
      [2, 2, 3, 7],
      [11, 11, 0, 7],
    ]);
    await using reader = await openLmdb(path);
    assert.deepEqual([...reader.labels], [0, 0, 2, 2, 11]);
    assert.equal(reader.classes, 12);
  }));

Deno.test("openLmdbWriter() gives the same file contents when interrupted and resumed", () =>
  withDir(async (dir) => {
    const places: [number, number][] = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]];
    await fill(`${dir}/once.lmdb`, places, { indexOf });
    await fill(`${dir}/twice.lmdb`, places.slice(3), { indexOf });
    await fill(`${dir}/twice.lmdb`, places.slice(0, 4), { indexOf });
    assert.deepEqual(
      await contents(`${dir}/twice.lmdb`),
      await contents(`${dir}/once.lmdb`),
    );
  }));

Deno.test("has() knows stored and pending items, also after opening again", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    {
      await using writer = await openLmdbWriter(path, { indexOf });
      assert.equal(await writer.has(1, 2), false);
      await writer.write({ label: 1, image: 2, bytes: bytesOf(1, 2) });
      assert.equal(await writer.has(1, 2), true);
    }
    await using writer = await openLmdbWriter(path, { indexOf });
    assert.equal(await writer.has(1, 2), true);
    assert.equal(await writer.has(1, 3), false);
  }));

Deno.test("has() throws RangeError when the plan is not the one the file was begun with", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    await fill(path, [[2, 0]], { indexOf });
    await using writer = await openLmdbWriter(path, {
      indexOf: (label, image) => label * 20 + image,
    });
    await assert.rejects(
      writer.has(1, 0),
      (e) =>
        e instanceof RangeError &&
        e.message.includes("record 20 is of class 2"),
    );
  }));

Deno.test("write() replaces an item that is there", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    await fill(path, [[0, 0], [0, 1]], { indexOf });
    {
      await using writer = await openLmdbWriter(path, {
        indexOf,
        commitEvery: 2,
      });
      await writer.write({ label: 0, image: 1, bytes: Uint8Array.of(1) });
      await writer.write({ label: 0, image: 1, bytes: Uint8Array.of(2) });
    }
    assert.deepEqual(await contents(path), [[0, 0, 0, 7], [0, 2]]);
  }));

Deno.test("openLmdbWriter() numbers items as they come when indexOf is left out", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    await fill(path, [[5, 0], [5, 1], [3, 0]]);
    await using writer = await openLmdbWriter(path);
    assert.deepEqual([await writer.has(5, 1), await writer.has(5, 2)], [
      true,
      false,
    ]);
    await assert.rejects(
      writer.write({ label: 5, image: 1, bytes: bytesOf(5, 1) }),
      (e) =>
        e instanceof RangeError &&
        e.message.includes("image 2 is next; give indexOf"),
    );
    await writer.write({ label: 5, image: 2, bytes: bytesOf(5, 2) });
    await writer.close();
    assert.deepEqual((await contents(path)).map(([label]) => label), [
      5,
      5,
      3,
      5,
    ]);
  }));

Deno.test("close() brings __keys__ and __len__ up to date after a writer that never closed", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    await fill(path, [[0, 0]], { indexOf });
    // A record beyond what __keys__ lists, as a killed writer leaves it.
    const text = (value: string) => new TextEncoder().encode(value);
    const raw = await LmdbAppender.open(path);
    raw.put([[text("31"), Uint8Array.of(0x92, 0xc4, 1, 9, 3)]]);
    raw.close();
    assert.deepEqual(await contents(path), [[0, 0, 0, 7], [3, 9]]); // counted
    await (await openLmdbWriter(path, { indexOf })).close();
    const again = await LmdbAppender.open(path);
    assert.deepEqual(again.get(text("__len__")), Uint8Array.of(2));
    assert.deepEqual(
      again.get(text("__keys__")),
      Uint8Array.of(0x92, 0xc4, 1, 48, 0xc4, 2, 51, 49),
    );
    again.close();
  }));

Deno.test("openLmdbWriter() keeps one layout a file", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    {
      await using writer = await openLmdbWriter(path, { features: true });
      const record = { label: 0, image: 0, bytes: bytesOf(0, 0) };
      await assert.rejects(
        writer.write(record),
        (e) => e instanceof TypeError && e.message.includes("has no feature"),
      );
      await writer.write({ ...record, feature: Float32Array.of(1, 2) });
    }
    await using reader = await openLmdb(path);
    assert.deepEqual((await reader.get(0)).feature, Float32Array.of(1, 2));
    await assert.rejects(
      openLmdbWriter(path),
      (e) =>
        e instanceof RangeError &&
        e.message.includes("its records are with features"),
    );
  }));

Deno.test("openLmdbWriter() rejects while another writer has the file, and lets readers read", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    await fill(path, [[0, 0]], { indexOf });
    await using writer = await openLmdbWriter(path, {
      indexOf,
      commitEvery: 1,
    });
    await assert.rejects(
      openLmdbWriter(path, { indexOf }),
      /another writer has it open/,
    );
    await using before = await openLmdb(path);
    await writer.write({ label: 1, image: 0, bytes: bytesOf(1, 0) });
    await using after = await openLmdb(path);
    assert.deepEqual([before.length, after.length], [1, 2]);
    assert.deepEqual((await before.get(0)).bytes, bytesOf(0, 0));
    await writer.close();
    await (await openLmdbWriter(path, { indexOf })).close();
  }));

Deno.test("openLmdbWriter() with a clock ends a transaction when the last one is long ago", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    let time = 0;
    const stored = () => {
      const file = openLmdbFile(path);
      try {
        return [...file.keys()].filter((key) => key[0]! < 0x5f).length; // not those of names, "__len__" and its like
      } finally {
        file.close();
      }
    };
    await using writer = await openLmdbWriter(path, { indexOf, now: () => time, commitSeconds: 5 });
    const counts: number[] = [];
    for (const [image, seconds] of [3, 4.9, 5, 9, 10, 11].entries()) {
      time = 1000 * seconds;
      await writer.write({ label: 0, image, bytes: bytesOf(0, image) });
      counts.push(stored());
    }
    assert.deepEqual(counts, [0, 0, 3, 3, 5, 5]); // the records of 5 and 10 seconds ended transactions
  }));

Deno.test("openLmdbWriter() and its methods throw when an argument or the state is wrong", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    for (const commitEvery of [0, 1.5, NaN]) {
      await assert.rejects(openLmdbWriter(path, { commitEvery }), RangeError);
    }
    const writer = await openLmdbWriter(path, { indexOf: () => -1 });
    const record = { label: 0, image: 0, bytes: bytesOf(0, 0) };
    const cases: [() => Promise<unknown>, ErrorConstructor, string][] = [
      [() => writer.write(record), RangeError, "indexOf(0, 0) is -1"],
      [() => writer.write({ ...record, label: -1 }), RangeError, "label is -1"],
      [
        () => writer.write({ ...record, image: 0.5 }),
        RangeError,
        "image number is 0.5",
      ],
      [
        () => writer.write({ ...record, bytes: new Uint8Array(0) }),
        TypeError,
        "has no bytes",
      ],
      [() => writer.has(NaN, 0), RangeError, "label is NaN"],
    ];
    for (const [run, type, part] of cases) {
      await assert.rejects(
        run,
        (e) => e instanceof type && e.message.includes(part),
        part,
      );
    }
    await writer.close();
    await writer.close();
    await assert.rejects(
      writer.write(record),
      (e) => e instanceof TypeError && e.message.includes("it is closed"),
    );
    await assert.rejects(writer.has(0, 0), TypeError);
  }));
