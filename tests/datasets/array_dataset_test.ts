import { arrayDataset } from "@/datasets/mod.ts";
import assert from "node:assert/strict";

const item = (label: number) => ({ label, bytes: Uint8Array.of(label + 1) });

Deno.test("arrayDataset() gives items, labels, classes and names", async () => {
  await using faces = arrayDataset([3, 0, 3].map(item), { classNames: ["Ada"] });
  assert.deepEqual([faces.length, faces.classes, [...faces.labels]], [3, 4, [3, 0, 3]]);
  assert.deepEqual([faces.className(0), faces.className(3), faces.itemName(2)], ["Ada", "3", "2"]);
  assert.deepEqual(await Array.fromAsync(faces), [3, 0, 3].map(item));
  await assert.rejects(faces.get(3), /index is 3, expected an integer in 0..2/);
});

Deno.test("arrayDataset() takes nothing, and refuses items that no form could hold", () => {
  assert.deepEqual([arrayDataset([]).length, arrayDataset([]).classes], [0, 0]);
  assert.throws(() => arrayDataset([{ label: 0, bytes: new Uint8Array(0) }], { name: "the renders" }), {
    name: "TypeError",
    message: /the renders: image 0 of class 0 has no bytes/,
  });
  assert.throws(() => arrayDataset([{ label: -1, bytes: Uint8Array.of(1) }]), RangeError);
});
