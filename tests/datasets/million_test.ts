/**
 * Many records, written and read with flat memory: as many as VEC2FACE_RECORDS says. A million, as .ci/run has, take a
 * minute or more and 1.5 gigabytes of disk; the usual few only keep the test itself in order.
 */

import { openLmdb, openLmdbWriter } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import v8 from "node:v8";
import vm from "node:vm";
import { python, runTool } from "./_interop.ts";
import { withDir } from "./_paths.ts";

const RECORDS = Number(Deno.env.get("VEC2FACE_RECORDS") || 10_000);
const PER_CLASS = 50;
/**
 * Memory that the later records may take more than the first tenth did, bytes. A million records kept in memory would
 * take 1000 MB, and only an offset each 8 MB.
 */
const ROOM = 200e6;

v8.setFlagsFromString("--expose-gc");
const collectGarbage = vm.runInNewContext("gc") as () => void;

/**
 * Live bytes of this test's heap and buffers, without garbage, which V8 lets lie as long as the machine has room for it.
 * Not those of the process: other tests run in it, and pages of the mapped file are the page cache's.
 */
function liveMemory(): number {
  collectGarbage();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** 1000 bytes that only record `index` has. */
function bytesOf(index: number): Uint8Array {
  const bytes = new Uint8Array(1000);
  new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
}

Deno.test(`openLmdbWriter() and openLmdb() take ${RECORDS} records with flat memory`, () =>
  withDir(async (dir) => {
    const path = `${dir}/million.lmdb`;
    let [first, most] = [0, 0];
    const look = (index: number) => {
      if (index % 10_000 === 0) most = Math.max(most, liveMemory());
      if (index === Math.floor(RECORDS / 10) && first === 0) first = most;
    };
    {
      await using writer = await openLmdbWriter(path, { commitEvery: 1000 });
      for (let index = 0; index < RECORDS; index++) {
        const record = { label: Math.floor(index / PER_CLASS), image: index % PER_CLASS, bytes: bytesOf(index) };
        await writer.write(record);
        look(index);
      }
    }
    await using reader = await openLmdb(path);
    assert.deepEqual([reader.length, reader.classes], [RECORDS, Math.ceil(RECORDS / PER_CLASS)]);
    let index = 0;
    for await (const { label, bytes } of reader) {
      assert.ok(
        label === Math.floor(index / PER_CLASS) &&
          new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === index,
      );
      look(index++);
    }
    assert.equal(index, RECORDS);
    const memory = `memory grew by ${Math.round((most - first) / 1e6)} MB from ${Math.round(first / 1e6)} MB`;
    assert.ok(most - first < ROOM, memory);
    if (python) assert.equal(JSON.parse(await runTool("count", path)).length, RECORDS);
  }));
