import assert from "node:assert/strict";
import { DEVICES, parseDevice } from "@/onnx/mod.ts";

Deno.test("parseDevice() knows every device of the table and auto", () => {
  for (const name of [...Object.keys(DEVICES), "auto"]) assert.equal(parseDevice(name), name);
});

Deno.test("parseDevice() names the devices when it does not know one", () => {
  for (const name of ["gpu", "", "toString", "CPU"]) {
    assert.throws(() => parseDevice(name), {
      name: "RangeError",
      message: `Cannot use device "${name}": expected one of auto, cuda, coreml, dml, webgpu, cpu`,
    });
  }
});

Deno.test("DEVICES ends with cpu, so that auto tries every other device first", () => {
  assert.equal(Object.keys(DEVICES).at(-1), "cpu");
});
