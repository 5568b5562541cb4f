/** Reference images, and calls to `deno task generate:reference` with networks that need no weights. */
import { encodeJpeg, encodePng, filled } from "@/images/mod.ts";
import { fakeGenerator } from "../generation/_fake.ts";
import { fakeEmbedder, writeFiles } from "../datasets/_images.ts";
import type { RecogniserLoader } from "../../tasks/_recogniser_options.ts";
import { generateMain } from "../../tasks/generate.ts";
import { generateReferenceMain, SPEC } from "../../tasks/generate_reference.ts";
import { fakeLoader } from "./_attrop.ts";
import { fakeJudge } from "./_judge.ts";
import { call, callHere, type Outcome, Sandbox, spawn } from "./_sandbox.ts";

const ENTRY = "./_reference_entry.ts";

/** Width of the vectors. */
const WIDTH = 512;

/** A recogniser whose vectors begin with the mean red, and take their time. */
export function fakeRecogniser(delay = 0): RecogniserLoader {
  return () => {
    const red = fakeEmbedder(112);
    return Promise.resolve({
      vectorSize: WIDTH,
      imageSize: 112,
      async embed(images: Float32Array, count: number) {
        if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
        const few = await red.embed(images, count);
        return Float32Array.from(
          { length: count * WIDTH },
          (_, k) => k % WIDTH < 2 ? few[2 * ~~(k / WIDTH) + k % WIDTH]! : 0.1,
        );
      },
      release: () => Promise.resolve(),
    });
  };
}

/** The body of the task with both fakes. */
export function fakeMain(delay = 0): ReturnType<typeof generateReferenceMain> {
  const generate = generateMain(() => Promise.resolve(fakeGenerator({ width: WIDTH })), fakeLoader());
  return generateReferenceMain(fakeRecogniser(delay), generate, fakeJudge);
}

/** A sandbox with a folder `in` of reference images: three faces of one name, and others. */
export async function referenceBox(files: Record<string, Uint8Array | string> = {}): Promise<Sandbox> {
  const box = await Sandbox.make();
  await writeFiles(box.path("in"), {
    "a/1.png": await face(10),
    "b/1.png": await face(20),
    "b/c/1.jpg": await encodeJpeg(filled(112, 112, [30, 0, 0])),
    ...files,
  });
  return box;
}

/** A face of one red, as a PNG file; one with blue is out of place for the judge. */
export function face(red: number, width = 112, height = width, blue = 0): Promise<Uint8Array<ArrayBuffer>> {
  return encodePng(filled(width, height, [red, 0, blue]));
}

/** Options every call needs here. */
export function common(box: Sandbox, output = "out"): string[] {
  const weights = ["--weights", box.weights, "--fr-weights", box.weights];
  return ["--image-file", box.path("in"), ...weights, "--output", box.path(output), "--name", "x", "--images", "2"];
}

/** Runs the task as a process to its end. */
export function reference(argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return call(ENTRY, argv, env);
}

/** Starts the task as a process that takes its time. */
export function startSlowly(argv: readonly string[]): Deno.ChildProcess {
  return spawn(ENTRY, argv, { SLOW: "1" });
}

/** Runs the task in this process; for calls that are refused. */
export function referenceHere(argv: readonly string[]): Promise<Outcome> {
  return callHere(SPEC, fakeMain(), argv);
}
