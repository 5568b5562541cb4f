/** `deno task bench`, unless it names another part: speed of convolutions and layers beside a matrix product and beside PyTorch on the same cores. */
import { parseDevice } from "@/onnx/mod.ts";
import { measureAll, table } from "../tests/bench/report.ts";
import { checkInputs, note, say, type TaskMain, type TaskSpec } from "./_cli.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "bench",
  summary:
    "Measures convolutions, their gradients, the layers between them and whole training steps; 1.00 means as fast as the yardstick. " +
    "Other parts: attrop, evaluation, lmdb, metrics, packing, separability; name one first, as in deno task bench attrop --help.",
  usage: "deno task bench [part] [options]",
  options: [
    { flag: "json", help: "print JSON in place of the table" },
    { flag: "python", value: "PATH", help: "interpreter with PyTorch; python3 is tried when left out" },
    { flag: "seconds", value: "S", default: 0.5, help: "time of one measurement", unit: "seconds" },
    { flag: "threads", value: "N", default: 0, help: "threads of both sides; 0 for one a core" },
    { flag: "device", value: "NAME", default: "cpu", help: "where to run: cpu, cuda, webgpu, coreml, dml, or auto" },
    { flag: "filter", value: "TEXT", help: "only cases whose name contains the text" },
  ],
  examples: ["deno task bench", "deno task bench --filter 112 --python .venv/bin/python --json"],
};

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const report = await checkInputs(() =>
    measureAll({
      device: parseDevice(args.text("device")),
      threads: args.integer("threads", { min: 0, max: 1024 }) || navigator.hardwareConcurrency,
      seconds: args.number("seconds", { min: 0, max: 600 }),
      python: args.optionalText("python"),
      filter: args.optionalText("filter"),
      onCase: (name) => note(`measuring ${name}`),
      signal,
    })
  );
  if (args.flag("json")) say(JSON.stringify(report, null, 2));
  else for (const line of table(report)) say(line);
};
