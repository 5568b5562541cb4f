/** `deno task separability` with a recogniser that needs no weights, run by separability_test.ts. */
import { runTask } from "../../tasks/_cli.ts";
import { separabilityMain, SPEC } from "../../tasks/separability.ts";

/** The mean colour of an image's quarters as its feature. */
export const fakeRecogniser = {
  vectorSize: 12,
  imageSize: 8,
  embed: (images: Float32Array, count: number) => {
    const out = new Float32Array(count * 12);
    for (let at = 0; at < images.length; at++) {
      const [n, channel, y, x] = [Math.floor(at / 192), Math.floor(at / 64) % 3, Math.floor(at / 8) % 8, at % 8];
      out[n * 12 + channel * 4 + (y >> 2) * 2 + (x >> 2)]! += images[at]! / 16;
    }
    return Promise.resolve(out);
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

if (import.meta.main) await runTask(SPEC, separabilityMain(() => Promise.resolve(fakeRecogniser)));
