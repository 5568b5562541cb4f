/** `deno task pack:mini`: half precision and metadata, all parts or none. */
import assert from "node:assert/strict";
import { openWeights, writeSafetensors } from "@/weights/mod.ts";
import { call, Sandbox } from "./_sandbox.ts";

const TASK = "../../tasks/pack_mini.ts";

Deno.test("pack:mini writes the parts asked for in half precision, with their metadata and origin", async () => {
  await using box = await Sandbox.make();
  const from = box.path("recogniser.safetensors"), folder = box.path("mini");
  writeSafetensors(from, [{ name: "w", dtype: "float32", shape: [2], data: Float32Array.of(0.1, -3) }], {
    kind: "test",
  });
  const { code, err } = await call(TASK, ["--recogniser", from, "--only", "recogniser", "--output", folder]);
  assert.equal(code, 0, err);
  const packed = openWeights(`${folder}/recogniser.safetensors`, { root: "" });
  assert.equal(packed.tensors.get("w")!.dtype, "float16");
  assert.deepEqual(packed.readFloat32("w"), Float32Array.of(Math.f16round(0.1), -3));
  const { kind, licence } = packed.metadata.values as Record<string, string>;
  assert.deepEqual([kind, licence], ["test", "MIT"]);
});

Deno.test("pack:mini writes nothing when a part is missing or unknown", async () => {
  await using box = await Sandbox.make();
  const from = box.path("recogniser.safetensors"), folder = box.path("mini");
  writeSafetensors(from, [{ name: "w", dtype: "float32", shape: [1], data: Float32Array.of(1) }]);
  const argv = ["--recogniser", from, "--pose", box.path("none.safetensors"), "--output", folder];
  for (const [only, message] of [["recogniser,pose", /none\.safetensors/], ["recogniser,nose", /"nose"/]] as const) {
    const { code, err } = await call(TASK, [...argv, "--only", only]);
    assert.equal(code, 2, err);
    assert.match(err, message);
    await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
  }
});
