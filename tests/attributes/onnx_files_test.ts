import { onnxFiles } from "@/attributes/mod.ts";
import assert from "node:assert/strict";
import { onnxFixture } from "./_onnx_files.ts";

Deno.test("onnxFiles() lists the file and where its weights are", () => {
  const path = onnxFixture("pose.onnx");
  assert.deepEqual(onnxFiles(path), [path, `${path}.data`]);
  assert.deepEqual(onnxFiles(onnxFixture("quality.onnx")), [onnxFixture("quality.onnx")]);
  assert.throws(() => onnxFiles(onnxFixture("onnx.json")), SyntaxError);
});
