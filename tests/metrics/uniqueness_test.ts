import assert from "node:assert/strict";
import { uniqueness } from "@/metrics/mod.ts";
import { measureSeparability } from "@/separability/mod.ts";
import { unitRows } from "@/similarity/mod.ts";
import { CENTRES, fixture, SET } from "./_fixture.ts";

Deno.test("uniqueness() equals the formula and the text of DCFace, of images and of centres", async () => {
  const thresholds = [0.3, fixture.threshold];
  const { images, classes } = fixture.uniqueness;
  const ofImages = uniqueness(await measureSeparability(unitRows(SET.rows), { thresholds }), fixture.threshold);
  assert.deepEqual(ofImages, { threshold: fixture.threshold, ...images });
  const ofClasses = await measureSeparability(CENTRES, { thresholds });
  assert.deepEqual(uniqueness(ofClasses, fixture.threshold), { threshold: fixture.threshold, ...classes });
  assert.throws(() => uniqueness(ofClasses, 0.4), {
    name: "RangeError",
    message: "Cannot find the uniqueness of centres at 0.4: it was counted at 0.3, 0.6",
  });
});
