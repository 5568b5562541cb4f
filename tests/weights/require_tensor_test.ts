import assert from "node:assert/strict";
import { openWeights, requireTensor } from "@/weights/mod.ts";
import { fixture } from "./_fixtures.ts";

const file = openWeights(fixture("training.pth"));

Deno.test("requireTensor() gives the tensor when its shape is the expected one", () => {
  assert.equal(
    requireTensor(file, "0.weight", [4, 3]),
    file.tensors.get("0.weight"),
  );
  assert.equal(requireTensor(file, "1.num_batches_tracked", []).dtype, "int64");
  assert.equal(requireTensor(file, "0.bias").name, "0.bias");
});

Deno.test("requireTensor() lists the nearest names when the tensor is missing", () => {
  assert.throws(() => requireTensor(file, "1.runing_mean"), {
    name: "RangeError",
    message:
      /Cannot find tensor "1\.runing_mean": ".*training\.pth" has no tensor .* among 7 under "model_vec2face", nearest are "1\.running_mean", "1\.running_var"/,
  });
  assert.throws(() => requireTensor(file, "backbone.0.bias"), {
    name: "RangeError",
    message: /nearest are "0\.bias"/,
  });
});

Deno.test("requireTensor() says expected and found shapes when they differ", () => {
  for (const shape of [[3, 4], [4], [4, 3, 1], []]) {
    assert.throws(() => requireTensor(file, "0.weight", shape), {
      name: "TypeError",
      message:
        /"0\.weight" of ".*training\.pth": expected shape \[.*\], found \[4, 3\]; the weights are of another network/,
    });
  }
});

Deno.test("requireTensor() says why a tensor is skipped", () => {
  assert.throws(
    () => requireTensor(openWeights(fixture("exotic.pth")), "sparse"),
    {
      name: "TypeError",
      message: /save it as a dense tensor/,
    },
  );
});
