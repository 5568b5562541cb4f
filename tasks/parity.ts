/** `deno task parity`: this project's networks against the reference's own PyTorch modules, at full size. */

import { fileURLToPath } from "node:url";
import {
  catalogueEntry,
  type GeneratorModel,
  type IResNetConfig,
  iresnetConfig,
  loadGenerator,
  loadPoseEstimator,
  loadRecogniser,
  type RecogniserModel,
} from "@/networks/mod.ts";
import { readNpy, readNpyFloat32 } from "@/weights/mod.ts";
import { checkInputs, note, runTask, say, type TaskArguments, UsageError } from "./_cli.ts";

/** Largest difference of a pixel, in units of the -1..1 range. */
const PIXEL_TOLERANCE = 1e-4;
/** Largest difference of an angle, degrees. */
const ANGLE_TOLERANCE = 1e-3;
/** Smallest cosine between our vector and the reference's. */
const COSINE_TOLERANCE = 1 - 1e-6;

const ORACLE = fileURLToPath(
  new URL("../tests/oracle/networks_parity.py", import.meta.url),
);

interface Case {
  readonly name: string;
  readonly kind: "generator" | "recogniser" | "pose";
  readonly model: string;
  /** Another shape than the catalogue's. */
  readonly config?: IResNetConfig;
}

const CASES: readonly Case[] = [
  { name: "mini", kind: "generator", model: "mini" },
  { name: "base", kind: "generator", model: "base" },
  { name: "large", kind: "generator", model: "large" },
  { name: "huge", kind: "generator", model: "huge" },
  { name: "mini-recogniser", kind: "recogniser", model: "mini" },
  {
    name: "iresnet18",
    kind: "recogniser",
    model: "arcface-r100",
    config: iresnetConfig(18),
  },
  { name: "arcface-r100", kind: "recogniser", model: "arcface-r100" },
  { name: "hsface10k", kind: "recogniser", model: "hsface10k" },
  { name: "6drepnet", kind: "pose", model: "6drepnet" },
];

/** What one weight file gave. */
interface Outcome {
  readonly text: string;
  readonly passed: boolean;
}

/** Largest difference of two arrays of one length; NaN if a value is. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, x, i) => {
    const difference = Math.abs(x - b[i]!);
    return difference <= worst ? worst : difference;
  }, a.length === b.length ? 0 : NaN);
}

/** Smallest cosine of corresponding rows. */
function smallestCosine(
  a: Float32Array,
  b: Float32Array,
  width: number,
): number {
  let smallest = 1;
  for (let from = 0; from < b.length; from += width) {
    let dot = 0, aa = 0, bb = 0;
    for (let i = from; i < from + width; i++) {
      dot += a[i]! * b[i]!;
      aa += a[i]! ** 2;
      bb += b[i]! ** 2;
    }
    const cosine = dot / Math.sqrt(aa * bb);
    smallest = cosine >= smallest ? smallest : cosine;
  }
  return smallest;
}

async function compareGenerator(
  test: Case,
  folder: string,
  weights: string,
): Promise<Outcome> {
  await using generator = await loadGenerator({
    model: test.model as GeneratorModel,
    weights,
  });
  const { data: keep, shape } = readNpy(`${folder}/keep.npy`);
  const [count, kept] = shape as [number, number];
  const tokens = generator.tokens;
  const hidden = Uint8Array.from(readNpyFloat32(`${folder}/masked.npy`).data);
  const masks = Array.from({ length: count }, (_, i) => ({
    keep: Uint8Array.from(
      (keep as BigInt64Array).subarray(i * kept, (i + 1) * kept),
      Number,
    ),
    masked: hidden.subarray(i * tokens, (i + 1) * tokens),
  }));
  const images = await generator.decode(
    readNpyFloat32(`${folder}/vectors.npy`).data,
    masks,
  );
  const { data: expected } = readNpyFloat32(`${folder}/image.npy`);
  const inside = expected.filter((x) => Math.abs(x) < 1).length /
    expected.length;
  const difference = largestDifference(images, expected);
  return {
    text: `largest pixel difference ${difference.toExponential(1)} (at most ${PIXEL_TOLERANCE}), ` +
      `${(100 * inside).toFixed(0)} % of pixels not clipped`,
    passed: difference <= PIXEL_TOLERANCE && inside > 0.5,
  };
}

async function compareRecogniser(
  test: Case,
  folder: string,
  weights: string,
): Promise<Outcome> {
  const config = test.config === undefined ? {} : { config: test.config };
  const model = test.model as RecogniserModel;
  await using recogniser = await loadRecogniser({ model, weights, ...config });
  const { data: images, shape } = readNpyFloat32(`${folder}/images.npy`);
  const vectors = await recogniser.embed(images, shape[0]!);
  const { data: expected } = readNpyFloat32(`${folder}/features.npy`);
  const cosine = smallestCosine(vectors, expected, recogniser.vectorSize);
  const difference = largestDifference(vectors, expected);
  const largest = expected.reduce((top, x) => Math.max(top, Math.abs(x)), 0);
  return {
    text: `smallest cosine 1 - ${(1 - cosine).toExponential(1)} (at least 1 - 1e-6), ` +
      `largest difference ${(difference / largest).toExponential(1)} of the largest value`,
    passed: cosine >= COSINE_TOLERANCE && vectors.length === expected.length,
  };
}

async function comparePose(
  _test: Case,
  folder: string,
  weights: string,
): Promise<Outcome> {
  await using estimator = await loadPoseEstimator({ model: "6drepnet", weights });
  const { data: images, shape } = readNpyFloat32(`${folder}/images.npy`);
  const { yaw, pitch, roll } = await estimator.estimate(images, shape[0]!);
  const { data: expected } = readNpyFloat32(`${folder}/angles.npy`);
  const angles = Float32Array.from(expected, (_, i) => [pitch, yaw, roll][i % 3]![Math.floor(i / 3)]!);
  const difference = largestDifference(angles, expected);
  return {
    text: `largest difference ${difference.toExponential(1)} degrees (at most ${ANGLE_TOLERANCE})`,
    passed: difference <= ANGLE_TOLERANCE,
  };
}

const COMPARE = { generator: compareGenerator, recogniser: compareRecogniser, pose: comparePose };

/** Has the reference make a checkpoint, inputs and outputs in a folder. */
async function makeReference(
  args: TaskArguments,
  test: Case,
  folder: string,
): Promise<void> {
  const kinds = { generator: "generators", recogniser: "recognisers", pose: "poseEstimators" } as const;
  const usual = catalogueEntry(kinds[test.kind], test.model);
  const request = {
    reference: args.text("reference"),
    seReference: args.optionalText("se-reference") ?? null,
    poseReference: args.optionalText("pose-reference") ?? null,
    output: folder,
    kind: test.kind,
    config: test.config ?? usual.config,
  };
  const { code, stderr } = await new Deno.Command(args.text("python"), {
    args: ["-B", "-W", "ignore", ORACLE, JSON.stringify(request)],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) {
    const last = new TextDecoder().decode(stderr).trim().split("\n").slice(-3)
      .join("\n");
    throw new Error(
      `Cannot run the reference for ${test.name}: python ended with ${code}\n${last}`,
    );
  }
}

function chooseCases(args: TaskArguments): readonly Case[] {
  const names = args.text("models").split(",");
  return names.map((name) => {
    const test = CASES.find((candidate) => candidate.name === name);
    if (test === undefined) {
      const known = CASES.map((candidate) => candidate.name).join(", ");
      throw new UsageError(`Cannot check "${name}": expected some of ${known}`);
    }
    for (const [needy, option] of [["hsface10k", "se-reference"], ["6drepnet", "pose-reference"]] as const) {
      if (name === needy && !args.given(option)) {
        throw new UsageError(`Cannot check ${needy}: it needs --${option} DIR`);
      }
    }
    return test;
  });
}

async function parity(
  args: TaskArguments,
  signal: AbortSignal,
): Promise<number> {
  const cases = chooseCases(args);
  await checkInputs(() => Deno.stat(`${args.text("reference")}/pixel_generator`));
  let failures = 0;
  for (const test of cases) {
    const folder = await Deno.makeTempDir({ prefix: "vec2face-parity-" });
    try {
      note(`${test.name}: running the reference`);
      await makeReference(args, test, folder);
      for (const format of ["zip", "legacy"]) {
        signal.throwIfAborted();
        const { text, passed } = await COMPARE[test.kind](
          test,
          folder,
          `${folder}/${format}.pth`,
        );
        say(
          `${passed ? "ok  " : "FAIL"} ${test.name.padEnd(16)} ${format.padEnd(7)} ${text}`,
        );
        if (!passed) failures++;
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  return failures === 0 ? 0 : 1;
}

await runTask({
  name: "parity",
  summary: "Compares this project's networks with the reference's PyTorch modules: random weights at full size, " +
    "saved as zip and legacy checkpoints, read here in place.",
  usage: "deno task parity --reference DIR [options]",
  options: [
    {
      flag: "reference",
      value: "DIR",
      help: "checkout of github.com/HaiyuWu/Vec2Face",
    },
    {
      flag: "se-reference",
      value: "DIR",
      help: "checkout of github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test, for hsface10k",
    },
    {
      flag: "pose-reference",
      value: "DIR",
      help: "folder sixdrepnet of github.com/thohemp/6DRepNet, for 6drepnet",
    },
    {
      flag: "python",
      value: "PATH",
      default: "python3",
      help: "Python with torch, timm 0.9, scipy and numpy",
    },
    {
      flag: "models",
      value: "NAMES",
      default: "mini,base,mini-recogniser,iresnet18",
      help: `networks to compare, separated by commas: ${CASES.map(({ name }) => name).join(", ")}`,
    },
  ],
  examples: [
    "deno task parity --reference ../Vec2Face --python .venv/bin/python",
    "deno task parity --reference ../Vec2Face --se-reference ../SOTA --models hsface10k",
    "deno task parity --reference ../Vec2Face --pose-reference ../6DRepNet/sixdrepnet --models 6drepnet",
  ],
}, parity);
