/** `deno task bench:evaluation`: time and memory of evaluation beside PyTorch and scikit-learn. */
import { benchEvaluation, EVALUATION_PARTS, evaluationTable } from "../tests/bench/evaluation_report.ts";
import { checkInputs, note, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "bench:evaluation",
  summary:
    "Measures embedding, 10-fold accuracy, VAL, and TAR from many impostor scores, beside PyTorch and scikit-learn.",
  usage: "deno task bench:evaluation [options]",
  options: [
    { flag: "parts", value: "NAME,NAME", default: Object.keys(EVALUATION_PARTS).join(","), help: "what to measure" },
    { flag: "pairs", value: "N", default: 100_000, help: "pairs of accuracy and VAL" },
    { flag: "impostors", value: "N", default: 100_000_000, help: "impostor scores of TAR" },
    { flag: "genuine", value: "N", default: 100_000, help: "genuine scores of TAR" },
    { flag: "depth", value: "N", default: 50, help: "layers of the IResNet: 18, 34, 50 or 100" },
    { flag: "batch", value: "N", default: 16, help: "images embedded together" },
    { flag: "seconds", value: "S", default: 5, help: "time of repeating the embedding", unit: "seconds" },
    { flag: "threads", value: "N", default: 0, help: "threads of both sides; 0 for one a core" },
    {
      flag: "python",
      value: "PATH",
      help: "interpreter with PyTorch, scikit-learn or both; python3 is tried when left out",
    },
    { flag: "json", help: "print JSON in place of the table" },
  ],
  examples: [
    "deno task bench:evaluation --python .venv/bin/python",
    "deno task bench:evaluation --parts tar --impostors 10000000 --json",
  ],
};

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const report = await checkInputs(() =>
    benchEvaluation({
      parts: args.text("parts").split(","),
      pairs: args.integer("pairs", { min: 20, max: 1e7 }),
      impostors: args.integer("impostors", { min: 1, max: 1e10 }),
      genuine: args.integer("genuine", { min: 1, max: 1e8 }),
      depth: Number(args.choice("depth", ["18", "34", "50", "100"])) as 18 | 34 | 50 | 100,
      batch: args.integer("batch", { min: 1, max: 4096 }),
      seconds: args.number("seconds", { min: 0, max: 600 }),
      threads: args.integer("threads", { min: 0, max: 1024 }) || navigator.hardwareConcurrency,
      python: args.optionalText("python"),
      onRun: (part, method) => note(`measuring ${part}: ${method}`),
      signal,
    })
  );
  if (args.flag("json")) say(JSON.stringify(report, null, 2));
  else for (const line of evaluationTable(report)) say(line);
};

if (import.meta.main) await runTask(SPEC, main);
