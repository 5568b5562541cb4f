import { anglesOf, parsePoseOutput, poseOutputText } from "@/attributes/mod.ts";
import assert from "node:assert/strict";

Deno.test("parsePoseOutput() and poseOutputText() keep columns, signs, units and rotations", () => {
  for (const text of ["yaw,pitch,roll", "-yaw", "_,roll,_,-pitch", "yaw,radians", "matrix", "6d"]) {
    assert.equal(poseOutputText(parsePoseOutput(text)), text);
  }
  assert.equal(poseOutputText(parsePoseOutput(" Pitch, +YAW ")), "pitch,yaw");
  assert.deepEqual(anglesOf(parsePoseOutput("_,roll,-yaw")), ["roll", "yaw"]);
  assert.deepEqual(anglesOf(parsePoseOutput("6d")), ["yaw", "pitch", "roll"]);
});

Deno.test.each([
  ["", "no angle"],
  ["_,_", "it has no angle"],
  ["radians", "it has no angle"],
  ["yaw,tilt", '"tilt" is no angle'],
  ["yaw,-yaw", "yaw is there twice"],
  ["radians,yaw", '"radians" is no angle'],
  ["matrix,yaw", '"matrix" is no angle'],
])("parsePoseOutput() refuses %j", (text, why) => {
  assert.throws(
    () => parsePoseOutput(text),
    (e) =>
      e instanceof SyntaxError && e.message.includes(`Cannot read pose output "${text}"`) && e.message.includes(why),
  );
});
