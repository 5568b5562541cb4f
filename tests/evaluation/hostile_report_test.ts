/** Hostile vectors, a thousand of them, through an untrained generator and its gradient. */
import assert from "node:assert/strict";
import { HOSTILE_KINDS, hostileVector, reportHostile } from "@/evaluation/mod.ts";
import { toySession } from "../attributes/_toy.ts";

Deno.test("hostileVector() is what its kind says, and depends on row, width and seed only", () => {
  const length = (vector: Float32Array) => Math.hypot(...vector);
  for (let row = 0; row < 60; row++) {
    const { kind, vector } = hostileVector(row, 8, 5);
    assert.equal(kind, HOSTILE_KINDS[row % 6]);
    assert.deepEqual(hostileVector(row, 8, 5).vector, vector);
    const bad = vector.filter((x) => !Number.isFinite(x));
    assert.equal(bad.length, kind === "nan" || kind === "infinite" ? 1 : 0, `row ${row}`);
    if (kind === "nan") assert.ok(Number.isNaN(bad[0]));
    if (kind === "infinite") assert.equal(Math.abs(bad[0]!), Infinity);
    if (kind === "zero") assert.equal(length(vector), 0);
    if (kind === "isotropic") assert.ok(length(vector) > 0.3 && length(vector) < 9);
    if (kind === "huge") assert.ok(length(vector) > 100);
    if (kind === "tiny") assert.ok(length(vector) < 0.1);
  }
  const infinite = Array.from({ length: 20 }, (_, k) => hostileVector(6 * k + 5, 4, 1).vector);
  for (const sign of [Infinity, -Infinity]) assert.ok(infinite.some((vector) => vector.includes(sign)));
});

Deno.test("reportHostile() sees a thousand hostile vectors end within the cap, each with a reason of its kind", async () => {
  await using session = await toySession();
  const cap = 3, done: number[] = [];
  const report = await reportHostile(session, {
    ...{ count: 1000, cap, seed: 3, batchSize: 32, targets: { yaw: 20 } },
    onProgress: (count) => done.push(count),
  });
  assert.deepEqual([report.count, report.ended, report.cap], [1000, 1000, cap]);
  assert.ok(report.mostIterations <= cap);
  assert.deepEqual([done.length, done.at(-1)], [1000, 1000]);
  const { kinds } = report;
  assert.deepEqual(HOSTILE_KINDS.map((kind) => kinds[kind].count), [167, 167, 167, 167, 166, 166]);
  for (const kind of HOSTILE_KINDS) {
    const { count, reasons, mostIterations } = kinds[kind];
    assert.equal(Object.values(reasons).reduce((a, b) => a + b, 0), count, kind);
    assert.ok(mostIterations <= cap, kind);
  }
  assert.deepEqual(kinds.zero.reasons, { "no norm": 167 });
  assert.deepEqual(kinds.nan.reasons, { "not finite": 166 });
  assert.deepEqual(kinds.infinite.reasons, { "not finite": 166 });
  assert.equal(kinds.nan.mostIterations, 0, "what is not finite is never run");
  assert.ok(kinds.huge.reasons["not finite"]! > 20, "numbers overflow on the way through the network");
  assert.ok(kinds.tiny.reasons["no norm"]! > 100);
  assert.ok(kinds.isotropic.reasons.cap! > 0, "some are out of reach");
});
