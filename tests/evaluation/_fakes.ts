/** A world of 4 x 4 images where everything is known: a vector of 3 becomes an image of three flat channels, and back. */
import type { Decoder, Embedder, ImageSource } from "@/evaluation/mod.ts";
import type { TokenMask } from "@/networks/mod.ts";
import type { RandomStream } from "@/random/mod.ts";

const SIZE = 4, AREA = SIZE * SIZE;

/** Channel c is vector[c] / 10; the mask adds up to `maskEffect` to one pixel. */
export function fakeGenerator(maskEffect = 0): Decoder & { readonly images: () => number } {
  let images = 0;
  return {
    vectorSize: 3,
    images: () => images,
    drawMask: (stream: RandomStream): TokenMask => {
      return { keep: new Uint8Array(0), masked: Uint8Array.of(stream.integer(256)) };
    },
    decode: (vectors, masks) => {
      images += masks.length;
      const out = new Float32Array(masks.length * 3 * AREA);
      for (let i = 0; i < out.length; i++) out[i] = vectors[Math.floor(i / AREA)]! / 10;
      masks.forEach((mask, i) => out[i * 3 * AREA]! += maskEffect * mask.masked[0]! / 255);
      return Promise.resolve(out);
    },
  };
}

/** Ten times the means of the three channels, times `gain`. */
export function fakeEmbedder(gain: readonly [number, number, number] = [1, 1, 1]): Embedder {
  return {
    vectorSize: 3,
    imageSize: SIZE,
    embed: (images, count) =>
      Promise.resolve(Float32Array.from({ length: 3 * count }, (_, i) => {
        const channel = images.subarray(i * AREA, (i + 1) * AREA);
        return 10 * gain[i % 3]! * channel.reduce((a, b) => a + b, 0) / AREA;
      })),
  };
}

/** Flat images of given bytes. */
export function fakeSource(colours: readonly (readonly [number, number, number])[]): ImageSource {
  return {
    length: colours.length,
    image: (index, out) => out.forEach((_, i) => out[i] = colours[index]![i % 3]!),
  };
}
