import assert from "node:assert/strict";
import { decodeImage } from "@/images/mod.ts";
import { SPEC, walkMain } from "../../tasks/walk.ts";
import { fakeGenerator } from "../generation/_fake.ts";
import { call, callHere, Sandbox } from "./_sandbox.ts";

const load = () => Promise.resolve(fakeGenerator({ width: 512 }));

Deno.test("walk writes an animation and a strip", async () => {
  await using box = await Sandbox.make();
  const files = ["--weights", box.weights, "--center-feature", box.ids];
  for (
    const [name, magic] of [["there.gif", "GIF8"], [
      "there.webp",
      "RIFF",
    ]] as const
  ) {
    const output = box.path("new", name);
    const { code, out, err } = await call("./_walk_entry.ts", [
      ...files,
      "--output",
      output,
      "--steps",
      "5",
      "--to",
      "4",
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /\(8 frames\)\nstrip: .*there.png/);
    const bytes = await Deno.readFile(output);
    assert.equal(new TextDecoder().decode(bytes.subarray(0, 4)), magic);
  }
  const strip = await decodeImage(box.path("new", "there.png"));
  assert.ok(
    strip.width > 5 * 112 && strip.width < 6 * 112 && strip.height < 2 * 112,
  );
});

Deno.test.each<[string, (box: Sandbox) => string[], RegExp]>([
  [
    "a row that is not there",
    () => ["--to", "6"],
    /row 6 of .*ids.npy: it has rows 0 to 5/,
  ],
  [
    "one step",
    () => ["--steps", "1"],
    /--steps: expected a whole number from 2/,
  ],
  [
    "another kind of file",
    () => ["--output", "walk.mp4"],
    /ends in .gif or .webp/,
  ],
  [
    "vectors of another width",
    (box) => ["--center-feature", box.writeVectors("w.npy", 3, 64)],
    /it has 64 values, expected 512/,
  ],
])("walk refuses %s with exit code 2", async (_what, options, message) => {
  await using box = await Sandbox.make();
  const extra = options(box);
  const vectors = extra.includes("--center-feature") ? [] : ["--center-feature", box.ids];
  const { code, err } = await callHere(SPEC, walkMain(load), [
    "--weights",
    box.weights,
    ...vectors,
    ...extra,
  ]);
  assert.match(err, message);
  assert.equal(code, 2);
});
