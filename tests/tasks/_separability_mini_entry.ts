/** `deno task separability:mini` with networks that need no weights, run by separability_mini_test.ts. */
import { runTask } from "../../tasks/_cli.ts";
import { separabilityMiniMain, SPEC } from "../../tasks/separability_mini.ts";
import { fakeGenerator } from "../generation/_fake.ts";

/** Mean brightness of 6 x 6 fields of each colour as the feature. */
export const fakeRecogniser = {
  vectorSize: 108,
  imageSize: 112,
  embed: (images: Float32Array, count: number) => {
    const out = new Float32Array(count * 108);
    for (let at = 0; at < images.length; at++) {
      const y = Math.floor(at / 112) % 112, x = at % 112;
      out[Math.floor(at / 12544) * 36 + Math.floor(y / 19) * 6 + Math.floor(x / 19)]! += images[at]! / 361;
    }
    return Promise.resolve(out);
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

if (import.meta.main) {
  const broken = Deno.env.get("BROKEN");
  await runTask(
    SPEC,
    separabilityMiniMain({
      generator: () =>
        Promise.resolve(fakeGenerator({ width: 512, broken: broken === undefined ? -1 : Number(broken) })),
      recogniser: () => Promise.resolve(fakeRecogniser),
    }),
  );
}
