/** Networks and options for the tests of attribute operation in tasks: everything is told by hashes of one small file. */
import type { RecipeRefinement, RecipeTargets } from "@/generation/mod.ts";
import { fakeGenerator } from "../generation/_fake.ts";
import { type FakeAttributes, fakeAttributes } from "../generation/_fake_attributes.ts";
import type { AttributeLoader } from "../../tasks/_dataset_run.ts";
import { generateMain, SPEC as GENERATE } from "../../tasks/generate.ts";
import { generatePoseMain, SPEC as POSE } from "../../tasks/generate_pose.ts";
import { call, callHere, type Outcome, type Sandbox } from "./_sandbox.ts";

/** Width of the vectors in a sandbox. */
const WIDTH = 512;

/** Loads the fakes in the place of networks; `made` collects them. */
export function fakeLoader(made: FakeAttributes[] = [], delay = 0): AttributeLoader {
  return ({ attributes }) => {
    const asked = attributes as RecipeRefinement & Partial<RecipeTargets>;
    const fake = fakeAttributes({ width: WIDTH, asked, angles: Object.keys(asked.angles ?? {}) });
    const { evaluate } = fake;
    fake.evaluate = async (samples) => {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      return await evaluate(samples);
    };
    made.push(fake);
    return Promise.resolve(fake);
  };
}

/** Runs `generate` (with the fakes) in this process; for calls that are refused. */
export function generateHere(argv: readonly string[]): Promise<Outcome> {
  const load = () => Promise.resolve(fakeGenerator({ width: WIDTH }));
  return callHere(GENERATE, generateMain(load, fakeLoader()), argv);
}

/** Runs `generate:pose` (with the fakes) in this process; for calls that are refused. */
export function poseHere(argv: readonly string[]): Promise<Outcome> {
  return callHere(POSE, generatePoseMain(fakeLoader()), argv);
}

/** Runs a task with the fakes as a process; NO_NETWORKS=1 refuses to load any. */
export function run(task: "generate" | "pose", argv: readonly string[], env: Record<string, string> = {}) {
  return call("./_attrop_entry.ts", [task, ...argv], env);
}

/** Options that name the files of the networks that measure. */
export function estimators(box: Sandbox): string[] {
  return ["--fr-weights", box.weights, "--quality-weights", box.weights];
}
