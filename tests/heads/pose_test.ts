import assert from "node:assert/strict";
import { poseFromRotation, rotationFromPose } from "@/heads/mod.ts";

Deno.test("rotationFromPose() turns the nose to the image left when yaw is positive", () => {
  const r = rotationFromPose({ yaw: 90, pitch: 0, roll: 0 });
  assert.ok(Math.abs(r[2]! + 1) < 1e-12); // nose direction (0,0,1) -> (-1,0,0)
});

Deno.test("rotationFromPose() turns the nose up when pitch is positive", () => {
  const r = rotationFromPose({ yaw: 0, pitch: 90, roll: 0 });
  assert.ok(Math.abs(r[5]! - 1) < 1e-12); // nose direction -> (0,1,0)
});

Deno.test("rotationFromPose() turns the head clockwise when roll is positive", () => {
  const r = rotationFromPose({ yaw: 0, pitch: 0, roll: 90 });
  assert.ok(Math.abs(r[4]!) < 1e-12 && Math.abs(r[1]! - 1) < 1e-12); // crown (0,1,0) -> (1,0,0)
});

Deno.test("rotationFromPose() gives a rotation", () => {
  const r = rotationFromPose({ yaw: 33, pitch: -21, roll: 8 });
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const dot = r[3 * i]! * r[3 * j]! + r[3 * i + 1]! * r[3 * j + 1]! +
        r[3 * i + 2]! * r[3 * j + 2]!;
      assert.ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-12);
    }
  }
});

Deno.test("poseFromRotation() inverts rotationFromPose()", () => {
  for (const yaw of [-80, -20, 0, 55]) {
    for (const pitch of [-40, 0, 25]) {
      for (const roll of [-30, 0, 10]) {
        const pose = poseFromRotation(rotationFromPose({ yaw, pitch, roll }));
        assert.ok(Math.abs(pose.yaw - yaw) < 1e-9);
        assert.ok(Math.abs(pose.pitch - pitch) < 1e-9);
        assert.ok(Math.abs(pose.roll - roll) < 1e-9);
      }
    }
  }
});
