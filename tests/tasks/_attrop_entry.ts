/** `generate` and `generate:pose` with networks that need no weights; SLOW=1 takes its time, NO_NETWORKS=1 has none. */
import { runTask } from "../../tasks/_cli.ts";
import { generateMain, SPEC as GENERATE } from "../../tasks/generate.ts";
import { generatePoseMain, SPEC as POSE } from "../../tasks/generate_pose.ts";
import { fakeGenerator } from "../generation/_fake.ts";
import { fakeLoader } from "./_attrop.ts";

const [task, ...argv] = Deno.args;
const load = Deno.env.get("NO_NETWORKS") === "1"
  ? () => Promise.reject(new Error("nothing is to be measured"))
  : fakeLoader([], Deno.env.get("SLOW") === "1" ? 25 : 0);

await (task === "generate"
  ? runTask(GENERATE, generateMain(() => Promise.resolve(fakeGenerator({ width: 512 })), load), { argv })
  : runTask(POSE, generatePoseMain(load), { argv }));
