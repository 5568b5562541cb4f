import { checkLmdbHeader, openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { withDir } from "./_paths.ts";

/** Writes a database of 60 records and returns its bytes. */
async function database(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const writer = await openLmdbWriter(path, { commitEvery: 10 });
  for (let image = 0; image < 60; image++) {
    await writer.write({
      label: 0,
      image,
      bytes: new Uint8Array(5000).fill(image),
    });
  }
  await writer.close();
  return await Deno.readFile(path);
}

async function assertRefused(path: string, part: string): Promise<void> {
  const check = (e: unknown) =>
    e instanceof SyntaxError && e.message.includes(part) &&
    e.message.includes(path);
  assert.throws(() => checkLmdbHeader(path), check, part);
  await assert.rejects(openLmdb(path), check);
  await assert.rejects(openLmdbWriter(path), check);
}

Deno.test("checkLmdbHeader() reads page size, entries and transactions", () =>
  withDir(async (dir) => {
    const bytes = await database(`${dir}/a.lmdb`);
    const header = checkLmdbHeader(`${dir}/a.lmdb`);
    assert.equal(header.entries, 63);
    assert.equal(header.transaction, 7); // six of ten records, one that describes them
    assert.equal((header.lastPage + 1) * header.pageSize, bytes.length);
  }));

Deno.test("checkLmdbHeader() throws SyntaxError when a file has data format 2", () =>
  withDir(async (dir) => {
    const path = `${dir}/v2.lmdb`;
    const bytes = new Uint8Array(8192);
    for (const page of [0, 4096]) {
      new DataView(bytes.buffer).setUint32(page + 24, 0xbeefc0de, true);
      new DataView(bytes.buffer).setUint32(page + 28, 2, true);
    }
    await Deno.writeFile(path, bytes);
    await assertRefused(path, "lmdb-js 3");
  }));

Deno.test("checkLmdbHeader() throws SyntaxError when a file is cut short, of another kind or damaged", () =>
  withDir(async (dir) => {
    const whole = await database(`${dir}/whole.lmdb`);
    const path = `${dir}/bad.lmdb`;
    const cases: [Uint8Array, string][] = [
      [whole.subarray(0, 100), "too few for a database"],
      [whole.subarray(0, 4096), "second meta page is missing"],
      [whole.subarray(0, 8192), "cut short"],
      [whole.subarray(0, whole.length >> 1), "cut short"],
      [
        new TextEncoder().encode("label,file\n".repeat(1000)),
        "magic number is missing",
      ],
    ];
    const format = whole.slice();
    format[20] = 3;
    cases.push([format, "data format 3"]);
    const pages = whole.slice();
    pages[40] = 1;
    cases.push([pages, "page size is 4097"]);
    const second = whole.slice();
    second[4096 + 16] = 0;
    cases.push([second, "a meta page has magic"]);
    for (const [bytes, part] of cases) {
      await Deno.writeFile(path, bytes);
      await assertRefused(path, part);
    }
  }));

Deno.test("openLmdb() throws when there is no file or an empty one, which openLmdbWriter() fills", () =>
  withDir(async (dir) => {
    await assert.rejects(openLmdb(`${dir}/none.lmdb`), Deno.errors.NotFound);
    await Deno.writeFile(`${dir}/empty.lmdb`, new Uint8Array(0));
    await assert.rejects(openLmdb(`${dir}/empty.lmdb`), /0 bytes/);
    await using writer = await openLmdbWriter(`${dir}/empty.lmdb`);
    await writer.write({ label: 0, image: 0, bytes: Uint8Array.of(1) });
    assert.equal(await writer.has(0, 0), true);
  }));
