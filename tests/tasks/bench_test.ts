/** `deno task bench`: which part it measures. */
import assert from "node:assert/strict";
import { call } from "./_sandbox.ts";

Deno.test.each(
  [
    [[], "deno task bench [part] [options]"],
    [["operations"], "deno task bench [part] [options]"],
    [["attrop"], "deno task bench:attrop [options]"],
    [["lmdb"], "deno task bench:lmdb [options]"],
  ] as const,
)("bench %j takes the options of its part", async (part, usage) => {
  const { code, out } = await call("../../tasks/bench.ts", [...part, "--help"]);
  assert.equal(code, 0);
  assert.ok(out.includes(usage), out);
});

Deno.test("bench refuses a part that it does not know", async () => {
  const { code, err } = await call("../../tasks/bench.ts", ["speed"]);
  assert.equal(code, 2);
  assert.match(err, /unexpected argument "speed"/);
});
