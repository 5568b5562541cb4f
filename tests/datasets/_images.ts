import { encodeJpeg, encodePng, filled } from "@/images/mod.ts";

/** A JPEG of one colour that depends on two numbers; another size where asked for. */
export function jpeg(label: number, image = 0, size = 16): Promise<Uint8Array<ArrayBuffer>> {
  return encodeJpeg(filled(size, size, [40 + 20 * label, 10 * image, 90]));
}

/** A PNG of one colour that depends on two numbers. */
export function png(label: number, image = 0, size = 4): Promise<Uint8Array<ArrayBuffer>> {
  return encodePng(filled(size, size, [40 + 20 * label, 10 * image, 90]));
}

/** Writes files by their path below a folder. */
export async function writeFiles(dir: string, files: Record<string, Uint8Array | string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(`${dir}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(`${dir}/${path}`, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }
}

/** A network of two values: mean red of an image in 0..255 and a one that mirroring does not change; counts its calls. */
export function fakeEmbedder(size = 4) {
  const area = size * size;
  return {
    vectorSize: 2,
    imageSize: size,
    calls: 0,
    embed(images: Float32Array, count: number): Promise<Float32Array> {
      this.calls++;
      return Promise.resolve(Float32Array.from({ length: 2 * count }, (_, k) => {
        if (k % 2 === 1) return 1;
        const red = images.subarray(3 * area * (k >> 1), 3 * area * (k >> 1) + area);
        return Math.round((red.reduce((a, b) => a + b, 0) / area + 1) * 127.5);
      }));
    },
  };
}
