import assert from "node:assert/strict";
import { mergedIdentities } from "@/metrics/mod.ts";
import { CENTRES, fixture } from "./_fixture.ts";

Deno.test("mergedIdentities() finds the groups that scipy finds", async () => {
  const found = await mergedIdentities(CENTRES, { threshold: fixture.merge });
  assert.deepEqual(found.groups, fixture.merged.groups);
  assert.equal(found.pairs, fixture.merged.pairs);
  assert.equal(found.identities, fixture.merged.groups.flat().length);
  assert.equal(found.closest.length, found.pairs);
  for (const [k, { across, cosine }] of found.closest.entries()) {
    assert.ok(across > fixture.merge && cosine >= across);
    assert.ok(k === 0 || across <= found.closest[k - 1]!.across);
  }
});

Deno.test("mergedIdentities() lists as many as asked and counts all", async () => {
  const found = await mergedIdentities(CENTRES, { threshold: 0, listed: 1 });
  assert.ok(found.pairs > 1 && found.closest.length === 1 && found.groups.length === 1);
  await assert.rejects(mergedIdentities(CENTRES, { threshold: -0.1 }), { name: "RangeError" });
});
