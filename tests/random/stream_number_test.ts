import { streamNumber } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { walk } from "./_walk.ts";

Deno.test("streamNumber() keeps the numbers it has always given", () => {
  assert.equal(streamNumber("perturbation"), 3993361790);
  assert.equal(streamNumber("mask"), 4231759606);
  assert.equal(streamNumber(4294967295), 4294967295);
});

Deno.test("streamNumber() throws RangeError when the name is empty or the number has no 32-bit form", () => {
  assert.throws(
    () => streamNumber(""),
    (e) => e instanceof RangeError && e.message.includes("name is empty"),
  );
  for (const bad of [-1, 1.5, 2 ** 32, NaN]) {
    assert.throws(
      () => streamNumber(bad),
      (e) => e instanceof RangeError && e.message.includes(`number is ${bad}`),
    );
  }
});

Deno.test("streamNumber() gives no two names of this project the same number", () => {
  const names = new Set<string>();
  for (const file of [...walk("lib"), ...walk("tasks")]) {
    const text = Deno.readTextFileSync(file);
    const pattern = /(?:new RandomStream\(\s*[^,()]+,|streamNumber\()\s*"([^"]+)"/g;
    for (const match of text.matchAll(pattern)) names.add(match[1]!);
  }
  assert.ok(names.has("perturbation"), "the search must find the names in use");
  const numbers = new Set([...names].map(streamNumber));
  assert.equal(numbers.size, names.size);
});
