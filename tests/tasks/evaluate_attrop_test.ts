/** The task with untrained networks of the real shapes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fitMoments, saveMoments } from "@/identity/mod.ts";
import {
  initialise,
  iresnetSpecs,
  type ParameterSpec,
  poseEstimatorConfig,
  poseEstimatorSpecs,
  recogniserConfig,
  vec2faceConfig,
  vec2faceSpecs,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { writeSafetensors } from "@/weights/mod.ts";
import { main, SPEC } from "../../tasks/evaluate_attrop.ts";
import { call, callHere } from "./_sandbox.ts";

function write(path: string, specs: readonly ParameterSpec[], seed: number): string {
  const values = initialise(specs, new RandomStream(seed, "weights"));
  const tensors = specs.map(({ name, shape }) => ({ name, shape, dtype: "float32" as const, data: values.get(name)! }));
  writeSafetensors(path, tensors);
  return path;
}

Deno.test("evaluate:attrop prints every part, and writes every image's values without a path of this machine", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const at = (name: string) => join(folder, `${name}.safetensors`);
    const moments = new RandomStream(5, "noise for tests").fillNormal(new Float32Array(3 * 512));
    saveMoments(at("moments"), fitMoments(moments, 512));
    const pose = poseEstimatorSpecs(poseEstimatorConfig("mini"));
    const json = join(folder, "new", "attrop.json");
    const { code, out, err } = await call("../../tasks/evaluate_attrop.ts", [
      ...["--weights", write(at("generator"), vec2faceSpecs(vec2faceConfig("mini")), 1), "--moments", at("moments")],
      ...["--fr-weights", write(at("recogniser"), iresnetSpecs(recogniserConfig("mini")), 2)],
      ...["--quality-weights", write(at("magface"), iresnetSpecs(recogniserConfig("mini-magface")), 3)],
      ...["--pose-weights", write(at("pose"), pose, 4), "--second-pose", write(at("second"), pose, 5)],
      ...["--vectors", "2", "--yaw-vectors", "1", "--yaws=-20,20", "--hostile", "6", "--iterations", "2"],
      ...["--threads", "1", "--batch-size", "2", "--name", "untrained", "--json", json],
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /refinement of 2 vectors, at most 2 evaluations each\n {2}identity and quality +\d/);
    assert.match(out, /\n {2}yaw +within 5 +cosine 0\.5 +both .*\n {2}-20 .*\n {2}20 .*\n {2}all /);
    assert.match(out, /second estimator against the first: error \d+\.\d\d degrees/);
    assert.match(out, /hostile vectors: 6 of 6 ended, with at most [12] of 2 evaluations[\s\S]*zero +1 +0 +no norm 1/);
    const text = await Deno.readTextFile(json), result = JSON.parse(text);
    assert.ok(!text.includes(folder));
    assert.deepEqual([result.kind, result.name, result.model, result.seed], ["attrop", "untrained", "mini", "0"]);
    assert.deepEqual(Object.keys(result.sha256), ["generator", "identity", "quality", "pose", "second"]);
    assert.deepEqual([result.asked.refinement.identity.threshold, result.asked.yaw.identity.threshold], [0.3, 0.5]);
    assert.deepEqual([result.refinement.rows.length, result.yaw.images.length, result.hostile.ended], [2, 2, 6]);
    assert.ok(
      result.yaw.images.every(({ saved, second }: Record<string, number>) => Number.isFinite(saved! + second!)),
    );
    assert.ok(["refinement", "yaw", "hostile"].every((part) => result.seconds[part] > 0));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test.each<[string, string[], RegExp]>([
  ["an unknown part", ["--parts", "yaw,speed"], /Cannot measure "speed": expected any of refinement, yaw, hostile/],
  ["no vectors", ["--vectors", "0"], /--vectors: expected a whole number from 1/],
  ["weights that are not there", ["--quality-weights", "absent.safetensors"], /mini-magface: .*absent\.safetensors/],
  ["a result that cannot be written", ["--json", import.meta.dirname!], /a folder has this name/],
  ["a yaw past a quarter turn", ["--yaws", "0,120"], /--yaws: expected a number from -90 to 90/],
  ["a cosine of 1", ["--least-cosine", "1"], /--least-cosine: expected a number from -1 to 0\.999/],
])("evaluate:attrop refuses %s with exit code 2", async (_what, argv, message) => {
  const { code, err } = await callHere(SPEC, main, argv);
  assert.match(err, message);
  assert.equal(code, 2);
});
