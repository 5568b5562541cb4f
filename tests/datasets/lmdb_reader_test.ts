import { openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { LmdbAppender } from "../../lib/datasets/_lmdb_appender.ts";
import { withDir } from "./_paths.ts";

const text = (value: string) => new TextEncoder().encode(value);
/** [one byte, label] as MessagePack. */
const record = (byte: number, label: number) => Uint8Array.of(0x92, 0xc4, 1, byte, label);

/** Makes a database of raw entries. */
async function raw(
  path: string,
  entries: [string, Uint8Array][],
): Promise<void> {
  const db = await LmdbAppender.open(path);
  db.put(entries.map(([key, value]) => [text(key), value]));
  db.close();
}

Deno.test("openLmdb() gives items in the order of __keys__, also when keys are no numbers", () =>
  withDir(async (dir) => {
    await raw(`${dir}/a.lmdb`, [
      ["b/x", record(1, 4)],
      ["a/y", record(2, 5)],
      ["__len__", Uint8Array.of(2)],
      [
        "__keys__",
        Uint8Array.of(0x92, 0xc4, 3, ...text("b/x"), 0xa3, ...text("a/y")),
      ],
    ]);
    await using reader = await openLmdb(`${dir}/a.lmdb`);
    assert.deepEqual([...reader.labels], [4, 5]);
    assert.deepEqual(await reader.get(1), {
      label: 5,
      bytes: Uint8Array.of(2),
    });
    assert.equal(reader.classes, 6);
  }));

Deno.test("openLmdb() counts items in numeric order when __keys__ is missing or behind", () =>
  withDir(async (dir) => {
    const items: [string, Uint8Array][] = [["10", record(3, 1)], [
      "2",
      record(2, 1),
    ], ["0", record(1, 0)]];
    await raw(`${dir}/a.lmdb`, items);
    await raw(`${dir}/b.lmdb`, [...items, ["__len__", Uint8Array.of(1)], [
      "__keys__",
      Uint8Array.of(0x91, 0xc4, 1, 48),
    ]]);
    for (const name of ["a", "b"]) {
      await using reader = await openLmdb(`${dir}/${name}.lmdb`);
      const all = await Array.fromAsync(reader);
      assert.deepEqual(all.map(({ bytes }) => bytes[0]), [1, 2, 3]);
    }
  }));

Deno.test("openLmdb() reads a database that is a folder", () =>
  withDir(async (dir) => {
    await Deno.mkdir(`${dir}/a`);
    await raw(`${dir}/a/data.mdb`, [["0", record(8, 2)]]);
    await using reader = await openLmdb(`${dir}/a`);
    assert.deepEqual(await reader.get(0), {
      label: 2,
      bytes: Uint8Array.of(8),
    });
  }));

Deno.test("get() throws when the index is outside, the record is damaged or missing, or the reader is closed", () =>
  withDir(async (dir) => {
    await raw(`${dir}/a.lmdb`, [["0", record(1, 0)], [
      "1",
      Uint8Array.of(0x92, 0xc4, 200, 1),
    ]]);
    const reader = await openLmdb(`${dir}/a.lmdb`);
    for (const index of [-1, 2, 0.5, NaN]) {
      await assert.rejects(
        reader.get(index),
        (e) =>
          e instanceof RangeError &&
          e.message.includes(`index is ${index}, expected an integer in 0..1`),
      );
    }
    const damaged = (e: unknown) => e instanceof SyntaxError && e.message.includes("record 1 of");
    await assert.rejects(reader.get(1), damaged);
    assert.throws(() => reader.labels, damaged);
    await reader.close();
    await reader.close();
    await assert.rejects(
      reader.get(0),
      (e) => e instanceof TypeError && e.message.includes("it is closed"),
    );

    await raw(`${dir}/b.lmdb`, [
      ["0", record(1, 0)],
      ["x", record(1, 0)],
      ["__len__", Uint8Array.of(2)],
      ["__keys__", Uint8Array.of(0x92, 0xc4, 1, 48, 0xc4, 1, 49)],
    ]);
    await using other = await openLmdb(`${dir}/b.lmdb`);
    await assert.rejects(
      other.get(1),
      (e) => e instanceof SyntaxError && e.message.includes("__keys__ lists it"),
    );
  }));

Deno.test("openLmdb() counts items when __keys__ lists one twice, and refuses other keys that it does not list", () =>
  withDir(async (dir) => {
    const described: [string, Uint8Array][] = [
      ["__len__", Uint8Array.of(2)],
      ["__keys__", Uint8Array.of(0x92, 0xc4, 1, 48, 0xc4, 1, 48)], // "0" and "0"
    ];
    await raw(`${dir}/a.lmdb`, [["0", record(1, 0)], ["1", record(2, 0)], ...described]);
    await using twice = await openLmdb(`${dir}/a.lmdb`);
    assert.deepEqual((await Array.fromAsync(twice)).map(({ bytes }) => bytes[0]), [1, 2]);
    await raw(`${dir}/b.lmdb`, [["a/x", record(1, 0)], ["b/y", record(2, 0)], ...described]);
    await assert.rejects(openLmdb(`${dir}/b.lmdb`), {
      name: "SyntaxError",
      message: /2 records whose keys are no numbers/,
    });
    await raw(`${dir}/c.lmdb`, [["a/x", record(1, 0)]]);
    await assert.rejects(openLmdb(`${dir}/c.lmdb`), /1 records whose keys are no numbers/);
  }));

Deno.test("openLmdb() names items by their keys and says whether there are features", () =>
  withDir(async (dir) => {
    await raw(`${dir}/a.lmdb`, [["7", record(1, 4)], ["30", record(2, 0)]]);
    await using reader = await openLmdb(`${dir}/a.lmdb`);
    assert.deepEqual([reader.itemName(0), reader.itemName(1), reader.className(4)], ["7", "30", "4"]);
    assert.equal(reader.hasFeatures, false);
    assert.throws(() => reader.itemName(2), RangeError);
  }));

/** Databases of a few pages and of both layouts: whatever is damaged in them, small pages are hit often. */
for (const features of [false, true]) {
  Deno.test(`openLmdb() reads or throws SyntaxError when a database ${features ? "with" : "without"} features is damaged`, () =>
    withDir(async (dir) => {
      const path = `${dir}/a.lmdb`, random = new RandomStream(9, "lmdb-fuzz");
      {
        await using writer = await openLmdbWriter(path, { features, commitEvery: 5 });
        for (let i = 0; i < 30; i++) {
          const feature = features ? { feature: new Float32Array(512).fill(i) } : {};
          await writer.write({ label: i >> 2, image: i & 3, bytes: new Uint8Array(i % 3 ? 300 : 5000), ...feature });
        }
      }
      const whole = await Deno.readFile(path);
      let refused = 0;
      for (let trial = 0; trial < 400; trial++) {
        const bytes = trial % 10 === 0 ? whole.slice(0, random.integer(whole.length)) : whole.slice();
        for (let n = random.integer(8); n >= 0; n--) {
          const page = 4096 * random.integer(1 + (bytes.length >> 12));
          const at = page + random.integer(trial % 2 ? 64 : 4096);
          if (at < bytes.length) bytes[at] = random.choice([0, 255, random.integer(256)]);
        }
        await Deno.writeFile(path, bytes);
        try {
          await using reader = await openLmdb(path);
          assert.ok(reader.length < 100 && reader.labels.length === reader.length && reader.classes >= 0);
          for (let i = 0; i < reader.length; i++) {
            const { bytes } = await reader.get(i);
            assert.ok(bytes.length <= whole.length);
          }
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          assert.ok(error.message.includes(path), error.message);
          refused++;
        }
      }
      assert.ok(refused > 50 && refused < 400, `${refused} of 400 were refused`);
    }));
}

Deno.test("get() and iteration give bytes that stay as they are when others are read, in memory of their own", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`, feature = (i: number) => new Float32Array(4).fill(i);
    const bytesOf = (i: number) => new Uint8Array(i % 3 ? 700 : 5000 + i).fill(i);
    {
      await using writer = await openLmdbWriter(path, { features: true, commitEvery: 20 });
      for (let i = 0; i < 200; i++) {
        await writer.write({ label: i, image: 0, bytes: bytesOf(i), feature: feature(i) });
      }
    }
    await using reader = await openLmdb(path);
    const order = new RandomStream(2, "lmdb-order").permutation(200);
    const random = await Promise.all(Array.from(order, (i) => reader.get(i)));
    const all = await Array.fromAsync(reader);
    assert.equal(reader.labels.length, 200);
    for (const item of [...all, ...random]) {
      assert.deepEqual(item, { label: item.label, bytes: bytesOf(item.label), feature: feature(item.label) });
      assert.equal(item.bytes.buffer.byteLength, item.bytes.length);
    }
    assert.deepEqual(random.map(({ label }) => label), [...order]);
  }));

Deno.test("get() throws SyntaxError when the file is cut short after it was opened", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.lmdb`;
    {
      await using writer = await openLmdbWriter(path);
      for (let i = 0; i < 400; i++) {
        await writer.write({ label: i, image: 0, bytes: new Uint8Array(i % 2 ? 900 : 9000) });
      }
    }
    await using reader = await openLmdb(path);
    await reader.get(0);
    await Deno.truncate(path, 20_000);
    for (const read of [() => reader.get(398), () => reader.get(399), () => Array.fromAsync(reader)]) {
      await assert.rejects(read, { name: "SyntaxError", message: /is missing; the file is cut short/ });
    }
  }));
