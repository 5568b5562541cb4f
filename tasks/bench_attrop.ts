/** `deno task bench:attrop`: time, memory and operations of attribute operation beside the reference's procedure in PyTorch. */
import { ATTROP_SIZES } from "../tests/bench/attrop_networks.ts";
import { attropTable, benchAttrop } from "../tests/bench/attrop_report.ts";
import { checkInputs, note, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";
import { writeWhole } from "./_write_whole.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "bench:attrop",
  summary:
    "Measures attribute operation with random weights, ours and the reference's procedure in PyTorch on the same cores.",
  usage: "deno task bench:attrop [options]",
  options: [
    {
      flag: "size",
      value: "NAME",
      default: "published",
      help: "networks: published (base, two IResNet-100, RepVGG-B1g2; an hour on 2 cores), mini, or tiny",
    },
    { flag: "batch", value: "N", default: 5, help: "samples of a batch" },
    { flag: "batches", value: "N", default: 2, help: "batches of images" },
    { flag: "iterations", value: "N", default: 30, help: "most iterations of a sample, or of a batch" },
    {
      flag: "convergence",
      value: "N",
      default: 20,
      help: "batches of three cases whose evaluations are counted on mini (6 minutes for 20), 0 for none",
    },
    { flag: "threads", value: "N", default: 0, help: "threads of all sides; 0 for one a core" },
    { flag: "python", value: "PATH", help: "interpreter with PyTorch; python3 is tried when left out" },
    { flag: "json", value: "FILE", help: "also write all results as JSON" },
  ],
  examples: [
    "deno task bench:attrop --python .venv/bin/python --json output/bench-attrop.json",
    "deno task bench:attrop --size tiny --convergence 0",
  ],
};

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const json = args.optionalText("json");
  const report = await checkInputs(() =>
    benchAttrop({
      size: args.choice("size", Object.keys(ATTROP_SIZES)),
      batch: args.integer("batch", { min: 1, max: 1024 }),
      batches: args.integer("batches", { min: 1, max: 1024 }),
      convergenceBatches: args.integer("convergence", { min: 0, max: 1024 }),
      cap: args.integer("iterations", { min: 2, max: 10_000 }),
      threads: args.integer("threads", { min: 0, max: 1024 }) || navigator.hardwareConcurrency,
      python: args.optionalText("python"),
      onStep: (what) => note(`measuring: ${what}`),
      onIteration: (_, iteration) => iteration % 10 === 0 ? note(`  ${iteration} iterations`) : undefined,
      signal,
    })
  );
  for (const line of attropTable(report)) say(line);
  if (json === undefined) return;
  await writeWhole(json, `${JSON.stringify(report, null, 2)}\n`);
  say(json);
};

if (import.meta.main) await runTask(SPEC, main);
