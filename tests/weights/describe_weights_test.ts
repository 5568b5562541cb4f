import assert from "node:assert/strict";
import { describeWeights, openWeights } from "@/weights/mod.ts";
import { fixture } from "./_fixtures.ts";

Deno.test("describeWeights() counts parameters and bytes and lists every tensor", () => {
  const { rows, parameters, bytes, text } = describeWeights(
    openWeights(fixture("training.pth")),
  );
  assert.equal(rows.length, 7);
  assert.deepEqual(rows[0], {
    name: "0.weight",
    dtype: "float32",
    shape: [4, 3],
    elements: 12,
  });
  assert.equal(parameters, 12 + 5 * 4); // the batch counter is not one
  assert.equal(bytes, 32 * 4 + 8);
  const lines = text.split("\n");
  assert.equal(lines.length, 9);
  assert.match(lines[0]!, /training\.pth: torch-zip, root "model_vec2face"$/);
  assert.match(lines[1]!, /^0\.weight {15}float32 {2}\[4, 3\]$/);
  assert.equal(lines[8], "7 tensors, 32 parameters, 0.0 MB");
});

Deno.test("describeWeights() leaves out the middle of a long file", () => {
  const { rows, text } = describeWeights(openWeights(fixture("views.pth")), {
    maxRows: 4,
  });
  assert.equal(rows.length, 14);
  const lines = text.split("\n");
  assert.equal(lines.length, 1 + 2 + 1 + 2 + 1);
  assert.equal(lines[3], "... 10 more");
});

Deno.test("describeWeights() names what was removed and what cannot be read", () => {
  assert.match(
    describeWeights(openWeights(fixture("distributed.pth"))).text,
    /, without prefix "module\."\n/,
  );
  assert.match(
    describeWeights(openWeights(fixture("exotic.pth"))).text,
    /\nnot readable: sparse, complex, uint16\n/,
  );
});
