/** Folders of packed images for tests. */
import { RandomStream } from "@/random/mod.ts";
import { writeNpy } from "@/weights/mod.ts";

const PIXELS = 112 * 112;

/** Writes `count` noisy images, two an identity, and hands the folder to `work`. */
export async function withPacked(count: number, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const stream = new RandomStream(1, "packed test images");
    const bytes = (length: number) => Uint8Array.from({ length }, () => stream.nextUint32() & 255);
    writeNpy(`${folder}/images.npy`, { dtype: "uint8", shape: [count, 112, 112, 3], data: bytes(count * PIXELS * 3) });
    writeNpy(`${folder}/masks.npy`, { dtype: "uint8", shape: [count, 112, 112], data: bytes(count * PIXELS) });
    const labels = Int32Array.from({ length: count }, (_, i) => i >> 1);
    writeNpy(`${folder}/labels.npy`, { dtype: "int32", shape: [count], data: labels });
    await Deno.writeTextFile(`${folder}/truth.jsonl`, '{"yaw":10,"pitch":-5,"roll":0}\n'.repeat(count));
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
