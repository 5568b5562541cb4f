import { arrayDataset, openLmdb, openLmdbWriter, selectItems } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { withDir } from "./_paths.ts";

const whole = () =>
  arrayDataset([5, 2, 5, 9].map((label, i) => ({ label, bytes: Uint8Array.of(10 + i) })), {
    classNames: ["", "", "two", "", "", "five"],
  });

Deno.test("selectItems() keeps labels and classes of the whole, in its own order, also twice", async () => {
  const part = selectItems(whole(), [3, 0, 0]);
  assert.deepEqual([part.length, part.classes, [...part.labels]], [3, 10, [9, 5, 5]]);
  assert.deepEqual((await Array.fromAsync(part)).map(({ bytes }) => bytes[0]), [13, 10, 10]);
  assert.deepEqual([part.itemName(0), part.className(5)], ["3", "five"]);
});

Deno.test("selectItems() relabels by first appearance and keeps the names", async () => {
  const part = selectItems(whole(), [2, 1, 0], { relabel: true });
  assert.equal(part.className(1), "two");
  assert.deepEqual([part.classes, [...part.labels]], [2, [0, 1, 0]]);
  assert.deepEqual((await Array.fromAsync(part)).map(({ label }) => label), [0, 1, 0]);
  assert.equal(part.className(7), "7");
});

Deno.test("selectItems() looks through another selection", async () => {
  const part = selectItems(selectItems(whole(), [3, 2, 1]), [2, 0]);
  assert.deepEqual((await Array.fromAsync(part)).map(({ bytes }) => bytes[0]), [11, 13]);
});

Deno.test("selectItems() refuses indices that are not there", async () => {
  for (const index of [4, -1, 0.5, NaN]) {
    assert.throws(() => selectItems(whole(), [0, index]), {
      name: "RangeError",
      message: new RegExp(`index 1 is ${index}, expected an integer in 0..3`),
    });
  }
  await assert.rejects(selectItems(whole(), [0]).get(1), RangeError);
});

Deno.test("close() of a selection closes the whole", () =>
  withDir(async (dir) => {
    const writer = await openLmdbWriter(`${dir}/a.lmdb`);
    await writer.write({ label: 0, image: 0, bytes: Uint8Array.of(1) });
    await writer.close();
    const reader = await openLmdb(`${dir}/a.lmdb`);
    await selectItems(reader, [0]).close();
    await assert.rejects(reader.get(0), /it is closed/);
  }));
