import assert from "node:assert/strict";
import { LeafSlots } from "../../lib/datasets/_leaf_slots.ts";
import { LEAF, makeLeafNode, makePage, Page } from "../../lib/datasets/_lmdb_pages.ts";

const fail = (reason: string) => new SyntaxError(reason);

/** Makes a leaf of one entry whose key is its number. */
function make(number: number, memory: Uint8Array): Page {
  memory.set(
    makePage(number, LEAF, [makeLeafNode(new Uint8Array(1), Uint8Array.of(number & 255), 0, 1)], memory.length),
  );
  return new Page(memory, number, fail);
}

Deno.test("LeafSlots.get() keeps pages, and replaces one whose place another takes", () => {
  const slots = new LeafSlots(65536), made: number[] = [];
  const get = (number: number) => slots.get(number, (n, memory) => (made.push(n), make(n, memory))).number;
  for (const number of [2, 3, 2, 258, 3, 258, 2]) assert.equal(get(number), number);
  assert.deepEqual(made, [2, 3, 258, 2]); // 16 MiB have 256 places for pages of 64 KiB
});

Deno.test("LeafSlots.get() does not keep a page whose making failed, nor the one before it", () => {
  const slots = new LeafSlots(65536);
  slots.get(2, make);
  assert.throws(() =>
    slots.get(258, (_, memory) => {
      memory.fill(7);
      throw fail("damaged");
    }), { name: "SyntaxError", message: "damaged" });
  let again = false;
  slots.get(2, (number, memory) => (again = true, make(number, memory)));
  assert.ok(again);
});
