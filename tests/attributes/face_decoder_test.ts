import { loadFaceDecoder, loadFeatureNetwork } from "@/attributes/mod.ts";
import { GENERATION_MASK, type GeneratorModel } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { drawMask } from "@/networks/mod.ts";
import { toyDecoder } from "./_toy.ts";

Deno.test("faceDecoder() draws the masks of generation", () => {
  const decoder = toyDecoder();
  assert.deepEqual(
    decoder.drawMask(new RandomStream(1, "mask", 2, 3)),
    drawMask(new RandomStream(1, "mask", 2, 3), GENERATION_MASK),
  );
  assert.deepEqual([decoder.tokens, decoder.kept, decoder.imageSize, decoder.vectorSize], [49, 44, 14, 16]);
});

Deno.test("loadFaceDecoder() and loadFeatureNetwork() open models of the catalogue and name those they lack", () => {
  assert.equal(loadFaceDecoder("mini").imageSize, 112);
  assert.equal(typeof loadFeatureNetwork("mini"), "function");
  assert.throws(
    () => loadFaceDecoder("tiny" as GeneratorModel),
    (e) => e instanceof RangeError && e.message.includes("tiny"),
  );
  assert.throws(() => loadFeatureNetwork("mini", { weights: "absent.pth" }), Deno.errors.NotFound);
});
