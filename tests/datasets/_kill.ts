/**
 * A writer to be killed, and what its records must look like.
 *
 * Run as a program (arguments: form, path) it writes the plan over and over, each round with other bytes.
 */

import { type DatasetWriter, openFolderWriter, openLmdbWriter } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { fromFileUrl } from "./_paths.ts";

export const CLASSES = 20;
export const IMAGES = 12;

/** Bytes of an image in a round: its place, its length and a pattern that a torn record would break. */
export function killBytes(
  label: number,
  image: number,
  round: number,
): Uint8Array {
  const bytes = new Uint8Array(
    200 + ((label * 31 + image * 17 + round * 101) % 40) * 211,
  );
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (label + image * 3 + round * 5 + i * (i >> 7)) & 255;
  }
  bytes.set([label, image, round & 255]);
  return bytes;
}

/** Asserts that bytes are those of one round, whole, and returns the number of the image. */
export function assertWhole(label: number, bytes: Uint8Array): number {
  assert.equal(bytes[0], label);
  assert.deepEqual(bytes, killBytes(label, bytes[1]!, bytes[2]!));
  return bytes[1]!;
}

/** Opens a writer of either form. */
export function openKillWriter(
  form: string,
  path: string,
): Promise<DatasetWriter> {
  return form === "lmdb"
    ? openLmdbWriter(path, {
      indexOf: (label, image) => label * IMAGES + image,
      commitEvery: 5,
    })
    : openFolderWriter(path);
}

/** Starts the writer in a process of its own, lets it write for some milliseconds and kills it. */
export async function writeAndKill(
  form: string,
  path: string,
  firstRound: number,
  ms: number,
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--no-check",
      fromFileUrl("./_kill.ts", import.meta.url),
      form,
      path,
      `${firstRound}`,
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  const first = await reader.read(); // something is stored
  await new Promise((resolve) => setTimeout(resolve, ms));
  if (!first.done) child.kill("SIGKILL");
  const status = await child.status;
  await reader.cancel();
  assert.equal(status.signal, "SIGKILL", await stderr);
  await stderr;
}

if (import.meta.main) {
  const [form, path, firstRound] = Deno.args as [string, string, string];
  const writer = await openKillWriter(form, path);
  for (let image = 0; image < 5; image++) { // one transaction
    const bytes = killBytes(0, image, Number(firstRound));
    await writer.write({ label: 0, image, bytes });
  }
  await Deno.stdout.write(Uint8Array.of(10));
  for (let round = Number(firstRound); round < 100_000; round++) {
    for (let label = 0; label < CLASSES; label++) {
      await Promise.all(
        Array.from(
          { length: IMAGES },
          (_, image) =>
            writer.write({
              label,
              image,
              bytes: killBytes(label, image, round),
            }),
        ),
      );
    }
  }
}
