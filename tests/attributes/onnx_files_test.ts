import { onnxFiles } from "@/attributes/mod.ts";
import assert from "node:assert/strict";
import { onnxFixture } from "./_onnx_files.ts";

Deno.test("onnxFiles() lists the file and where its weights are, and names a file that is no ONNX file", () => {
  const path = onnxFixture("pose.onnx");
  assert.deepEqual(onnxFiles(path), [path, `${path}.data`]);
  assert.deepEqual(onnxFiles(onnxFixture("quality.onnx")), [onnxFixture("quality.onnx")]);
  const other = onnxFixture("onnx.json"), why = `Cannot read ${other} as an ONNX file: Cannot decode the model: `;
  assert.throws(() => onnxFiles(other), (error) => error instanceof SyntaxError && error.message.startsWith(why));
});
