import assert from "node:assert/strict";
import { openWeights } from "@/weights/mod.ts";
import { bytes, checkpoint, dict, makeCheckpoint, op, storage, vector } from "./_builders.ts";
import { fixture, open, refuse } from "./_fixtures.ts";

const object = bytes(op.global("models", "Net"), ")", 0x81);

Deno.test("openWeights() finds the root of a checkpoint", () => {
  assert.equal(open(checkpoint({ w: vector })).metadata.root, "");
  assert.equal(
    open(
      checkpoint({
        state_dict: dict({ w: vector }),
        optimizer: dict({ s: vector }),
      }),
    ).metadata.root,
    "state_dict",
  );
  assert.equal(
    open(checkpoint({ model: dict({ state_dict: dict({ w: vector }) }) }))
      .metadata.root,
    "model.state_dict",
  );
  assert.equal(
    open(checkpoint({ weights: dict({ w: vector }), epoch: op.int(3) }))
      .metadata.root,
    "weights",
  );
  assert.deepEqual(
    open(checkpoint({ net: dict({ w: vector }), epoch: op.int(3) })).metadata
      .values,
    { epoch: 3 },
  );
  assert.deepEqual(
    open(checkpoint({ model: dict({ a: dict({ b: vector }) }) })).names,
    ["a.b"],
  );
});

Deno.test("openWeights() asks for a root where several could be meant", () => {
  const two = checkpoint({
    generator: dict({ w: vector }),
    backbone: dict({ v: vector }),
  });
  refuse(
    two,
    "RangeError",
    /several of its entries hold tensors, generator, backbone; pass root/,
  );
  assert.deepEqual(open(two, { root: "backbone" }).names, ["v"]);
  assert.deepEqual(open(two, { root: "" }).names, [
    "generator.w",
    "backbone.v",
  ]);
  refuse(
    two,
    "RangeError",
    /has no "teacher" .* a dict of generator \(a dict\), backbone \(a dict\)/,
    { root: "teacher" },
  );
  refuse(
    checkpoint({ student: dict({ w: vector }), teacher: dict({ w: vector }) }),
    "RangeError",
    /student, teacher/,
  );
});

Deno.test("openWeights() follows a root with dots, also inside a key", () => {
  const nested = checkpoint({ "v1.0": dict({ model: dict({ w: vector }) }) });
  assert.deepEqual(open(nested, { root: "v1.0.model" }).names, ["w"]);
});

Deno.test("openWeights() strips shared wrappers and keeps a prefix", () => {
  const wrapped = checkpoint({
    "module._orig_mod.a.w": vector,
    "module._orig_mod.b.w": vector,
  });
  assert.deepEqual(open(wrapped).names, ["a.w", "b.w"]);
  assert.equal(open(wrapped).metadata.strippedPrefix, "module._orig_mod.");
  assert.deepEqual(open(wrapped, { prefix: "b." }).names, ["w"]);
  assert.equal(
    open(wrapped, { prefix: "b." }).metadata.strippedPrefix,
    "module._orig_mod.b.",
  );
  refuse(
    wrapped,
    "RangeError",
    /name begins with "c\.", the first are "a\.w", "b\.w"/,
    { prefix: "c." },
  );
  assert.deepEqual(
    open(checkpoint({ "module.w": vector, "v": vector })).names,
    ["module.w", "v"],
  );
});

Deno.test("openWeights() says that a whole model is not a state dict", () => {
  for (
    const name of [
      "full_model.pth",
      "full_model_in_dict.pth",
    ]
  ) {
    assert.throws(() => openWeights(fixture(name)), {
      name: "SyntaxError",
      message: /this looks like a full model save, not a state_dict; in Python, load it and save model\.state_dict\(\)/,
    });
  }
  refuse(
    checkpoint({ model: object, optimizer: dict({ s: vector }) }),
    "SyntaxError",
    /holds a models\.Net object/,
  );
  refuse(
    checkpoint({ epoch: op.int(3), other: object }),
    "SyntaxError",
    /no tensors.*epoch \(3\), other \(a models\.Net/,
  );
});

Deno.test("openWeights() stops a state dict that doubles again and again", () => {
  // 40 levels of {a: x, b: x} around one tensor: two to the 40 names
  let value: Uint8Array = vector;
  for (let i = 0; i < 40; i++) {
    value = bytes(
      value,
      op.put(i),
      "0}(",
      op.text("a"),
      op.get(i),
      op.text("b"),
      op.get(i),
      "u",
    );
  }
  const content = makeCheckpoint(bytes(op.proto, value, "."), { "0": storage });
  refuse(content, "RangeError", /more than \d+ (tensors|values)/, { root: "" });
});

Deno.test("openWeights() stops values beside a tensor that double again and again", () => {
  let value: Uint8Array = op.int(1);
  for (let i = 0; i < 40; i++) {
    value = bytes(value, op.put(i), "0](", op.get(i), op.get(i), "e");
  }
  const content = checkpoint({ w: vector, x: value });
  refuse(content, "RangeError", /more than 1000000 values under its root/);
});

Deno.test("openWeights() stops a state dict that holds itself", () => {
  const cyclic = bytes(
    op.proto,
    "}",
    op.put(0),
    "(",
    op.text("w"),
    vector,
    op.text("self"),
    op.get(0),
    "u.",
  );
  refuse(
    makeCheckpoint(cyclic, { "0": storage }),
    "RangeError",
    /more than 64 levels/,
  );
});
