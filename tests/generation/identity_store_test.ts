import {
  datasetPaths,
  type IdentityRecord,
  openIdentityStore,
  readIdentityStore,
  type RefinedRow,
} from "@/generation/mod.ts";
import { readNpy, writeNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";

function row(identity: number, change: Partial<IdentityRecord> = {}): RefinedRow {
  const told = { attempt: 0, accepted: true, reason: "accepted", iterations: 2, cosine: 0.8, quality: 21 } as const;
  return {
    record: { identity, ...told, used: true, ...change },
    vector: Float32Array.of(identity + 1, 0.5, -identity),
  };
}

async function withFolder(body: (paths: ReturnType<typeof datasetPaths>) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(datasetPaths(directory, "x", "folder"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("openIdentityStore() keeps rows in any order, and grows without losing any", () =>
  withFolder(async (paths) => {
    {
      using store = await openIdentityStore(paths, { count: 3, width: 3 });
      await store.add([row(2), row(0)]);
      await store.add([]);
    }
    {
      using store = await openIdentityStore(paths, { count: 10_000, width: 3 });
      await store.add([row(9_999, { used: false })]);
    }
    using smaller = await openIdentityStore(paths, { count: 2, width: 3 });
    await smaller.add([row(1)]);
    assert.deepEqual(readNpy(paths.identities).shape, [10_000, 3]);
    using stored = await readIdentityStore(paths, 3);
    assert.deepEqual([...stored.records.keys()], [2, 0, 9_999, 1]);
    for (const i of [0, 1, 2, 9_999]) assert.deepEqual(stored.vector(i), row(i).vector);
    assert.deepEqual(stored.records.get(9_999), row(9_999, { used: false }).record);
    assert.equal(stored.has(5), false);
    assert.throws(() => stored.vector(5), (e) => e instanceof RangeError && /row 5 of .* not refined/.test(e.message));
  }));

Deno.test("openIdentityStore() lets several writers add rows at once", () =>
  withFolder(async (paths) => {
    const stores = await Promise.all([0, 1, 2].map(() => openIdentityStore(paths, { count: 60, width: 3 })));
    await Promise.all(Array.from({ length: 60 }, (_, i) => stores[i % 3]!.add([row(i)])));
    stores.forEach((store) => store[Symbol.dispose]());
    using stored = await readIdentityStore(paths, 3);
    assert.equal(stored.records.size, 60);
    for (let i = 0; i < 60; i++) assert.deepEqual(stored.vector(i), row(i).vector);
  }));

Deno.test("readIdentityStore() does without half a line and rows that were never written", () =>
  withFolder(async (paths) => {
    {
      using store = await openIdentityStore(paths, { count: 4, width: 3 });
      await store.add([row(0), row(1)]);
    }
    // Killed while it wrote a line; a power failure lost the vector of row 3.
    const half = `${JSON.stringify(row(3).record)}\n${JSON.stringify(row(2).record).slice(0, 30)}`;
    await Deno.writeTextFile(paths.identityReport, half, { append: true });
    {
      using stored = await readIdentityStore(paths, 3);
      assert.deepEqual([0, 1, 2, 3].map((i) => stored.has(i)), [true, true, false, false]);
    }
    using store = await openIdentityStore(paths, { count: 4, width: 3 });
    await store.add([row(2), row(3)]);
    using stored = await readIdentityStore(paths, 3);
    assert.deepEqual([0, 1, 2, 3].map((i) => stored.has(i)), [true, true, true, true]);
    assert.equal((await Deno.readTextFile(paths.identityReport)).split("\n").length, 6);
  }));

Deno.test("readIdentityStore() refuses files of something else", () =>
  withFolder(async (paths) => {
    writeNpy(paths.identities, { dtype: "float32", shape: [2, 4], data: new Float32Array(8) });
    await assert.rejects(readIdentityStore(paths, 3), {
      name: "TypeError",
      message: /x\.identities\.npy as refined identities: it is float32 \[2, 4\], expected float32 \[N, 3\]/,
    });
    await Deno.remove(paths.identities);
    await Deno.writeTextFile(paths.identityReport, "{}\n");
    await assert.rejects(readIdentityStore(paths, 3), { name: "SyntaxError", message: /\{\} is no line of it/ });
    await Deno.writeTextFile(paths.identityReport, "oops\n");
    await assert.rejects(readIdentityStore(paths, 3), { name: "SyntaxError", message: /line 1 is not JSON/ });
  }));
