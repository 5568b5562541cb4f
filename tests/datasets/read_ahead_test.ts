import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { fill, ReadAhead } from "../../lib/datasets/_read_ahead.ts";
import { withDir } from "./_paths.ts";

/** A file whose bytes tell their position, and what it holds. */
function makeFile(path: string, size: number): Uint8Array {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) % 251);
  Deno.writeFileSync(path, bytes);
  return bytes;
}

Deno.test("view() gives a file's bytes in order, backwards, at random and across its end", () =>
  withDir((dir) => {
    const path = `${dir}/file`, size = 700_000, bytes = makeFile(path, size);
    using file = Deno.openSync(path);
    const reads = new ReadAhead(file), random = new RandomStream(5, "read-ahead-test");
    const check = (position: number, length: number) =>
      assert.deepEqual(reads.view(position, length), bytes.subarray(position, position + length), `${position}`);
    for (let at = 0; at < size + 9000; at += 8192) check(at, 6016);
    for (let at = size; at >= 0; at -= 5000) check(at, 4096);
    for (let n = 0; n < 300; n++) {
      const start = random.integer(size + 100);
      for (let at = start, k = random.integer(6); k >= 0; k--, at += random.integer(20_000)) {
        check(at, random.choice([0, 1, 16, 4096, 300_000]));
      }
    }
    return Promise.resolve();
  }));

Deno.test("view() reads few times when reads follow each other, and nothing beside them when they do not", () =>
  withDir((dir) => {
    const path = `${dir}/file`, size = 2 ** 21;
    makeFile(path, size);
    using file = Deno.openSync(path);
    const lengths: number[] = [];
    const counted = {
      seekSync: (at: number, from: Deno.SeekMode) => file.seekSync(at, from),
      readSync: (memory: Uint8Array) => (lengths.push(memory.length), file.readSync(memory)),
    };
    const reads = new ReadAhead(counted as Deno.FsFile);
    for (let at = 0; at < size; at += 8192) reads.view(at, 6016);
    assert.ok(lengths.length < 20 && Math.max(...lengths) === 2 ** 18, lengths.join());
    lengths.length = 0;
    for (let at = size - 100_000; at >= 0; at -= 100_000) reads.view(at, 6016);
    assert.ok(lengths.every((length) => length === 6016), lengths.join());
    return Promise.resolve();
  }));

Deno.test("view() reads again what was written after forget()", () =>
  withDir((dir) => {
    const path = `${dir}/file`;
    makeFile(path, 1000);
    using file = Deno.openSync(path, { read: true, write: true });
    const reads = new ReadAhead(file);
    reads.view(10, 100);
    file.seekSync(20, Deno.SeekMode.Start);
    file.writeSync(Uint8Array.of(255));
    reads.forget();
    assert.equal(reads.view(20, 1)[0], 255);
    return Promise.resolve();
  }));

Deno.test("fill() returns how many bytes there were", () =>
  withDir((dir) => {
    const path = `${dir}/file`, bytes = makeFile(path, 1000);
    using file = Deno.openSync(path);
    const memory = new Uint8Array(200);
    assert.equal(fill(file, 100, memory), 200);
    assert.deepEqual(memory, bytes.subarray(100, 300));
    assert.equal(fill(file, 900, memory), 100);
    assert.equal(fill(file, 5000, memory), 0);
    return Promise.resolve();
  }));
