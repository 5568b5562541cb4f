import { progressDisplay } from "@/images/mod.ts";
import assert from "node:assert/strict";

Deno.test("progressDisplay() says how much is done, in a bar and in words", () => {
  assert.deepEqual(progressDisplay(2, 8), {
    "text/html": '<progress value="2" max="8"></progress> 2/8',
    "text/plain": "2/8",
  });
});

Deno.test("progressDisplay() shows a text as it is, markup and all", () => {
  const bundle = progressDisplay(0, 1, "a<b> & c");
  assert.match(bundle["text/html"]!, /0\/1, a&lt;b&gt; &amp; c$/);
  assert.equal(bundle["text/plain"], "0/1, a<b> & c");
});

Deno.test("progressDisplay() throws RangeError when there is no work", () => {
  for (const total of [0, -1, NaN]) assert.throws(() => progressDisplay(0, total), RangeError);
});
