/** Calls to `deno task generate` with the network of _generate_entry.ts, and looks at what came of them. */
import assert from "node:assert/strict";
import { fakeGenerator } from "../generation/_fake.ts";
import { generateMain, SPEC } from "../../tasks/generate.ts";
import { call, callHere, type Outcome, type Sandbox, spawn } from "./_sandbox.ts";

const ENTRY = "./_generate_entry.ts";

/** Runs the task as a process to its end. */
export function generate(argv: readonly string[]): Promise<Outcome> {
  return call(ENTRY, argv);
}

/** Starts the task as a process that takes its time. */
export function startSlowly(argv: readonly string[]): Deno.ChildProcess {
  return spawn(ENTRY, argv, { SLOW: "1" });
}

/** Runs the task in this process. */
export function generateHere(argv: readonly string[]): Promise<Outcome> {
  return callHere(
    SPEC,
    generateMain(() => Promise.resolve(fakeGenerator({ width: 512 }))),
    argv,
  );
}

/** Fails with what the task wrote to stderr. */
export function assertSuccess({ code, err }: Outcome): void {
  assert.equal(code, 0, err);
}

/** Compares names and bytes. */
export function assertSameFiles(
  a: Map<string, Uint8Array>,
  b: Map<string, Uint8Array>,
): void {
  assert.deepEqual([...a.keys()], [...b.keys()]);
  for (const [path, bytes] of a) assert.deepEqual(b.get(path), bytes, path);
}

/** Files of a data set, which are images in class folders and nothing else. */
export async function imagesIn(
  box: Sandbox,
  folder: string,
): Promise<Map<string, Uint8Array>> {
  const files = await box.files(folder);
  assert.ok(
    [...files.keys()].every((path) => /^\d{6}\/\d{3}\.jpg$/.test(path)),
    [...files.keys()].join(),
  );
  return files;
}
