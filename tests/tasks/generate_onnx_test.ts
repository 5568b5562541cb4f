/** `generate:pose` and `generate --attrop` with estimators of one's own: ONNX files. */
import { onnxEstimator } from "@/attributes/mod.ts";
import { type ImageRecord, readRecipe, sha256Files } from "@/generation/mod.ts";
import { decodeImage, toTensor } from "@/images/mod.ts";
import * as op from "@/onnx/mod.ts";
import assert from "node:assert/strict";
import { leftAndBright, onnxBytes, onnxFixture } from "../attributes/_onnx_files.ts";
import { estimators, generateHere, poseHere, run } from "./_attrop.ts";
import { assertSuccess } from "./_generate.ts";
import { call, Sandbox } from "./_sandbox.ts";

/** The mean over the left half minus that over the right, in 1/60 of full range, as yaw; and the mean as quality. */
async function writeModels(box: Sandbox): Promise<{ pose: string; quality: string }> {
  const [pose, quality] = [box.path("sides.onnx"), box.path("light.onnx")];
  await Deno.writeFile(pose, onnxBytes((x) => op.mul(leftAndBright(x), 30)));
  await Deno.writeFile(quality, onnxBytes((x) => op.reduceMean(x, [1, 2, 3], false)));
  return { pose, quality };
}

const SCALE = ["--image-quality", "-0.9", "--quality-threshold", "0.1"];

Deno.test("generate:pose descends ONNX files with the bundled networks, and reports what they measure of the image", async () => {
  await using box = await Sandbox.make();
  const { pose, quality } = await writeModels(box);
  const argv = [
    ...["--yaw", "8", "--pose-threshold", "1", "--pose-onnx", pose, "--pose-onnx-output", "yaw,_"],
    ...[
      "--quality-onnx",
      quality,
      "--quality-onnx-input",
      "0:255",
      "--image-quality",
      "10",
      "--quality-threshold",
      "5",
    ],
    ...["--ids", "1", "--images", "1", "--rejected", "keep", "--iterations", "8", "--quality", "100"],
    ...["--output", box.path("out"), "--name", "x", "--threads", "1"],
  ];
  const result = await call("../../tasks/generate_pose.ts", argv);
  assertSuccess(result);
  const [line, ...rest] = (await Deno.readTextFile(box.path("out", "x.images.jsonl"))).trimEnd().split("\n");
  const { asked, achieved, missed } = JSON.parse(line!) as ImageRecord;
  assert.deepEqual([asked, rest], [{ yaw: 8, quality: 10 }, []]);
  assert.ok(missed["yaw"]! < 4, `yaw is off by ${missed["yaw"]}`);

  const pixels = await decodeImage(await Deno.readFile(box.path("out", "x", "000000", "000.jpg")));
  const image = op.constant(toTensor([pixels]), [1, 3, 112, 112]);
  const measure = async (path: string, options: Parameters<typeof onnxEstimator>[1]) =>
    Number((await op.compute(onnxEstimator(path, options)(image))).data[0]);
  assert.ok(Math.abs(await measure(pose, { column: 0 }) - achieved["yaw"]!) < 0.3);
  assert.ok(Math.abs(await measure(quality, { range: [0, 255] }) - achieved["quality"]!) < 3);

  const { targets } = readRecipe(box.path("out", "x.recipe.json"))!;
  assert.deepEqual(targets!.pose.model, {
    ...{ name: "onnx", file: "sides.onnx", sha256: await sha256Files([pose]) },
    ...{ input: "rgb,-1:1", output: "yaw,_" },
  });
  const { model, weight, threshold, target } = targets!.quality;
  assert.deepEqual([model.input, model.output, threshold, target, weight], ["rgb,0:255", "number", 5, 10, 1 / 5]);
});

Deno.test("generate:pose refuses ONNX files that cannot serve, with exit code 2, and leaves nothing behind", async () => {
  await using box = await Sandbox.make();
  const { pose } = await writeModels(box);
  const holding = box.path("ceil.onnx"), wide = box.path("wide.onnx");
  // An operator that ONNX has and the table of gradients has not, of the same length as one that was written.
  const bytes = onnxBytes((x) => op.sqrt(op.reduceMean(x, [1, 2, 3], false)));
  const at = new TextDecoder("latin1").decode(bytes).indexOf("Sqrt");
  bytes.set(new TextEncoder().encode("Ceil"), at);
  await Deno.writeFile(holding, bytes);
  await Deno.writeFile(wide, onnxBytes((x) => op.reduceMean(x, [2, 3], false)));
  const before = [...(await box.files()).keys()];
  const usual = ["--yaw", "10", "--ids", "1", "--images", "1", "--output", box.path("out"), "--threads", "1"];
  const mistakes: [string[], RegExp][] = [
    [["--pose-onnx", holding, "--pose-onnx-output", "yaw"], /Cannot use .*ceil.onnx as a pose estimator: .*Ceil/],
    [["--pose-onnx", wide, "--pose-onnx-output", "yaw"], /its outputs are \[N,3\], expected \[N,1\] or 1 outputs/],
    [
      ["--pose-onnx", pose, "--pose-onnx-output", "yaw,_", "--pose-onnx-input", "64"],
      /\[N, ?3, ?112, ?112\], the value/,
    ],
    [["--quality-onnx", wide, ...SCALE], /wide.onnx as an estimator: its output is \[N,3\], expected one number/],
  ];
  for (const [argv, message] of mistakes) {
    const { code, err, out } = await call("../../tasks/generate_pose.ts", [...usual, ...argv]);
    assert.match(err, message);
    assert.deepEqual([code, out], [2, ""], argv.join(" "));
  }
  assert.deepEqual([...(await box.files()).keys()], before);
});

Deno.test("generate and generate:pose refuse options of ONNX files that do not fit together", async () => {
  await using box = await Sandbox.make();
  const { pose, quality } = await writeModels(box), none = box.path("none.onnx");
  const before = [...(await box.files()).keys()];
  const usual = [...box.common(), "--yaw", "1", "--fr-weights", box.weights];
  const mistakes: [string[], RegExp][] = [
    [["--pose-onnx", none], /Cannot load an ONNX model: .*none.onnx is not there/],
    [["--pose-onnx", box.ids], /Cannot read|Cannot decode/],
    [["--pose-onnx", pose, "--pose-weights", box.weights], /--pose-onnx and --pose-weights exclude each other/],
    [["--pose-onnx-input", "bgr"], /--pose-onnx-input says how --pose-onnx is used; give that too/],
    [["--quality-onnx-output", "norm"], /--quality-onnx-output says how --quality-onnx is used/],
    [["--pose-onnx", pose, "--pose-onnx-input", "grey"], /Cannot read estimator input "grey"/],
    [["--pose-onnx", pose, "--pose-onnx-output", "tilt"], /Cannot read pose output "tilt": "tilt" is no angle/],
    [
      ["--pose-onnx", pose, "--pose-onnx-output", "pitch,roll"],
      /a yaw is asked for, and --pose-onnx-output pitch,roll/,
    ],
    [["--quality-onnx", quality], /has a scale of its own; say what to reach by --image-quality/],
    [["--quality-onnx", quality, ...SCALE, "--quality-onnx-output", "best"], /Cannot read score output "best"/],
    [["--quality-threshold", "0"], /--quality-threshold: expected a number above 0/],
  ];
  for (const [argv, message] of mistakes) {
    const { code, err, out } = await poseHere([...usual, ...argv]);
    assert.match(err, message);
    assert.deepEqual([code, out], [2, ""], argv.join(" "));
  }
  const plain = await generateHere([...box.common(), "--quality-onnx", quality]);
  assert.match(plain.err, /--quality-onnx says how identities are refined; give --attrop too/);
  const scaled = await generateHere([
    ...box.common(),
    "--attrop",
    "--fr-weights",
    box.weights,
    "--quality-onnx",
    quality,
  ]);
  assert.match(scaled.err, /has a scale of its own/);
  assert.deepEqual([plain.code, scaled.code], [2, 2]);
  assert.deepEqual([...(await box.files()).keys()], before);
});

Deno.test("generate:pose and generate --attrop continue with the same ONNX file alone, weights outside it included", async () => {
  await using box = await Sandbox.make();
  const { quality } = await writeModels(box), pose = box.path("pose.onnx");
  await Deno.copyFile(onnxFixture("pose.onnx"), pose);
  await Deno.copyFile(`${onnxFixture("pose.onnx")}.data`, `${pose}.data`);
  const own = ["--pose-onnx", pose, "--quality-onnx", quality];
  const asked = ["--yaw", "1", "--pose-onnx-output=pitch,-yaw,roll,radians", ...SCALE, "--name", "x"];
  const usual = [...box.common("out", 1), "--fr-weights", box.weights];
  assertSuccess(await run("pose", [...usual, ...own, ...asked]));
  const { targets } = readRecipe(box.path("out", "x.recipe.json"))!;
  assert.equal(targets!.pose.model.sha256, await sha256Files([pose, `${pose}.data`]));

  const recipe = ["--recipe", box.path("out", "x.recipe.json")];
  const files = ["--weights", box.weights, "--center-feature", box.ids, "--fr-weights", box.weights];
  assertSuccess(await run("pose", [...recipe, ...files, ...own, "--output", box.path("again")]));
  const refusals: [string[], RegExp][] = [
    [
      [...recipe, ...files, "--quality-onnx", quality],
      /the recipe measures pose with pose.onnx; give it by --pose-onnx/,
    ],
    [[...recipe, ...files, ...own, "--pose-onnx-input", "bgr"], /--pose-onnx-input cannot be given with --recipe/],
    [[...usual, ...own, ...asked, "--pose-onnx-input", "bgr"], /targets.pose.model.input/],
    [[...usual, "--pose-onnx", quality, "--quality-onnx", quality, ...asked], /targets.pose.model.sha256/],
  ];
  for (const [argv, message] of refusals) {
    const { code, err } = await poseHere(argv);
    assert.match(err, message);
    assert.equal(code, 2);
  }
  await Deno.writeFile(`${pose}.data`, new Uint8Array(9), { append: true });
  const changed = await poseHere([...recipe, ...files, ...own]);
  assert.match(changed.err, /its pose weights are pose.onnx with SHA-256/);

  const refined = [...usual, "--attrop", "--quality-onnx", quality, ...SCALE, "--name", "y"];
  assertSuccess(await run("generate", refined));
  const { refinement } = readRecipe(box.path("out", "y.recipe.json"))!;
  assert.deepEqual([refinement!.quality.model.name, refinement!.quality.weight], ["onnx", 10]);
  const without = ["--recipe", box.path("out", "y.recipe.json"), ...files, ...estimators(box).slice(2)];
  assert.match(
    (await generateHere(without)).err,
    /the recipe measures quality with light.onnx; give it by --quality-onnx/,
  );
});
