/** The task with untrained networks of the real shapes on a handful of flat images. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fitMoments, saveMoments } from "@/identity/mod.ts";
import { decodeImage } from "@/images/mod.ts";
import {
  initialise,
  iresnetSpecs,
  type ParameterSpec,
  recogniserConfig,
  vec2faceConfig,
  vec2faceSpecs,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { writeNpy, writeSafetensors } from "@/weights/mod.ts";
import { main, SPEC } from "../../tasks/evaluate_mini.ts";
import { callHere } from "../tasks/_sandbox.ts";

const SIZE = 112, IMAGES = 12;

async function sandbox(): Promise<AsyncDisposable & { path(name: string): string }> {
  const folder = await Deno.makeTempDir();
  const path = (name: string) => join(folder, name);
  const stream = new RandomStream(5, "noise for tests");
  const labels = Int32Array.from({ length: IMAGES }, (_, i) => Math.floor(i / 3));
  const images = new Uint8Array(IMAGES * SIZE * SIZE * 3).map(() => stream.nextUint32());
  writeNpy(path("images.npy"), { dtype: "uint8", shape: [IMAGES, SIZE, SIZE, 3], data: images });
  writeNpy(path("masks.npy"), {
    dtype: "uint8",
    shape: [IMAGES, SIZE, SIZE],
    data: new Uint8Array(IMAGES * SIZE ** 2),
  });
  writeNpy(path("labels.npy"), { dtype: "int32", shape: [IMAGES], data: labels });
  const truth = Array.from(labels, (_, i) => JSON.stringify({ yaw: 7 * i % 50, pitch: 0, roll: 0 }));
  await Deno.writeTextFile(path("truth.jsonl"), truth.join("\n") + "\n");
  const weights = (name: string, specs: readonly ParameterSpec[], seed: number) => {
    const values = initialise(specs, new RandomStream(seed, "weights"));
    const tensors = specs.map(({ name, shape }) => {
      return { name, shape, dtype: "float32" as const, data: values.get(name)! };
    });
    writeSafetensors(path(name), tensors);
  };
  weights("own.safetensors", iresnetSpecs(recogniserConfig("mini")), 1);
  weights("second.safetensors", iresnetSpecs(recogniserConfig("mini")), 2);
  weights("generator.safetensors", vec2faceSpecs(vec2faceConfig("mini")), 3);
  saveMoments(path("moments.safetensors"), fitMoments(stream.fillNormal(new Float32Array(3 * 512)), 512));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("evaluate:mini prints every figure, and writes JSON and a sheet", async () => {
  await using box = await sandbox();
  const task = new URL("../../tasks/evaluate_mini.ts", import.meta.url).pathname;
  const files = ["recogniser=own", "second=second", "generator=generator", "moments=moments"].map((pair) => {
    const [flag, name] = pair.split("=");
    return `--${flag}=${box.path(`${name}.safetensors`)}`;
  });
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-P", task, ...files, `--data=${box.path(".")}`, "--identities=3"],
      ...[`--json=${box.path("new/mini.json")}`, `--sheet=${box.path("mini.png")}`],
    ],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, err);
  assert.match(out!, /^12 renders of 4 identities +own +second\naccuracy, 10 folds +\d+\.\d\d % \+- /);
  assert.match(out!, /TAR at FAR 1e-3 +not resolvable: 54 of 10000 impostors/);
  for (const row of ["vector to image", "other mask", "within, sigma 0.7", "pixels, sigma 0 ", "yaw decoded"]) {
    assert.ok(out!.includes(`\n${row}`), row);
  }
  const json = JSON.parse(await Deno.readTextFile(box.path("new/mini.json")));
  assert.equal(json.recognisers.length, 2);
  assert.equal(json.generator.variation.length, 4);
  assert.equal(json.reconstruction[1].yaw.count, 12);
  assert.match(json.sha256.second, /^[0-9a-f]{64}$/);
  assert.equal((await decodeImage(box.path("mini.png"))).width, 2 + 16 * 114);
});

Deno.test("evaluate:mini ends with exit code 2 when an input is missing or wrong", async () => {
  await using box = await sandbox();
  const call = (...argv: string[]) => callHere(SPEC, main, [`--data=${box.path(".")}`, ...argv]);
  const own = `--recogniser=${box.path("own.safetensors")}`, second = box.path("second.safetensors");
  for (
    const [argv, message] of [
      [["--recogniser=absent.safetensors"], /absent\.safetensors is not there/],
      [["--identities=1"], /from 2 to 10000/],
      [[own, `--generator=${second}`], /second\.safetensors/],
      [[own, `--generator=${box.path("generator.safetensors")}`, `--moments=${second}`], /mean \[missing\]/],
      [["--data=absent"], /absent/],
    ] as const
  ) {
    const { code, err } = argv[0] === "--data=absent" ? await callHere(SPEC, main, argv) : await call(...argv);
    assert.match(err, message);
    assert.equal(code, 2, err);
  }
});
