/** Small data sets and calls of the tasks on them. */
import { openFolderWriter } from "@/datasets/mod.ts";
import { runTask, type TaskMain, type TaskSpec } from "../../tasks/_cli.ts";
import type { RecogniserLoader } from "../../tasks/_recogniser_options.ts";
import { fakeEmbedder, jpeg, png } from "../datasets/_images.ts";
import type { Outcome } from "./_sandbox.ts";

/** Writes a folder of `classes` classes with `images` images each: JPEGs, the first of each class a PNG. */
export async function imageFolder(dir: string, classes = 3, images = 4): Promise<string> {
  await using writer = await openFolderWriter(dir, { extension: "auto" });
  for (let label = 0; label < classes; label++) {
    for (let image = 0; image < images; image++) {
      await writer.write({ label, image, bytes: image === 0 ? await png(label) : await jpeg(label, image) });
    }
  }
  return dir;
}

/** A recogniser without weights; `fail` throws at that call of embed. */
export function fakeLoader(fail = Infinity): { load: RecogniserLoader; calls: () => number; released: () => number } {
  let [calls, released] = [0, 0];
  const { embed, ...rest } = fakeEmbedder();
  return {
    load: () =>
      Promise.resolve({
        ...rest,
        vectorSize: 512,
        async embed(images: Float32Array, count: number) {
          if (++calls === fail) throw new Error("the machine stopped");
          const two = await embed.call(fakeEmbedder(), images, count);
          return Float32Array.from({ length: 512 * count }, (_, k) =>
            k % 512 < 2 ? two[2 * Math.floor(k / 512) + k % 512]! : 0);
        },
        release: () =>
          Promise.resolve(void released++),
      }),
    calls: () => calls,
    released: () => released,
  };
}

/** Runs a task here; what it says itself is not caught, so tests look at files. */
export async function run(spec: TaskSpec, main: TaskMain, ...argv: string[]): Promise<Outcome> {
  const outcome = { code: -1, out: "", err: "" };
  await runTask(spec, main, {
    argv,
    out: (text) => outcome.out += text,
    err: (text) => outcome.err += text,
    exit: (code) => outcome.code = code,
  });
  return outcome;
}

/** Names in a folder, sorted. */
export async function names(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).sort();
}
