import assert from "node:assert/strict";
import { WorkerPool } from "@/similarity/mod.ts";

/** A worker that answers with a number's square, fails on -1 and never answers 0. */
function script(): URL {
  const serve = import.meta.resolve("@/similarity/worker_pool.ts");
  const text = `import { serveRequests } from ${JSON.stringify(serve)};
    serveRequests(async (x) => {
      if (x === -1) throw new RangeError("minus one");
      if (x === 0) await new Promise(() => {});
      return { answer: x * x };
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

Deno.test("WorkerPool answers in order, failures too", async () => {
  using pool = new WorkerPool(script(), 2);
  const asked = [3, -1, 5].map((x) => pool.ask<number>(0, x));
  const [first, second, third] = await Promise.allSettled(asked);
  assert.deepEqual(first, { status: "fulfilled", value: 9 });
  assert.match(String((second as PromiseRejectedResult).reason), /Cannot compute in a worker: minus one/);
  assert.deepEqual(third, { status: "fulfilled", value: 25 });
  assert.equal(await pool.ask<number>(1, 4), 16);
});

Deno.test("WorkerPool fails what is open when it is stopped, and what is asked afterwards", async () => {
  const pool = new WorkerPool(script(), 1);
  const open = pool.ask(0, 0);
  pool[Symbol.dispose]();
  await assert.rejects(open, /it has been stopped/);
  await assert.rejects(pool.ask(0, 1), /it has been stopped/);
});

Deno.test("WorkerPool fails requests of a worker that cannot be loaded", async () => {
  using pool = new WorkerPool(new URL("data:text/javascript,throw new Error('broken')"), 1);
  await assert.rejects(pool.ask(0, 1), /Cannot compute in a worker: it ended with .*broken/);
});

Deno.test("WorkerPool refuses a size of none", () => {
  assert.throws(() => new WorkerPool(script(), 0), {
    name: "RangeError",
    message: /0 asked for, expected .* 1 to 1024/,
  });
});
