/** `deno task bench:separability`: time and peak memory of the separability count beside scikit-learn's and faiss's. */
import { benchSeparability, SEPARABILITY_METHODS, separabilityTable } from "../tests/bench/separability_report.ts";
import { checkInputs, note, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "bench:separability",
  summary: "Measures the separability count by size, beside scikit-learn's cosine_similarity and faiss's range search.",
  usage: "deno task bench:separability [options]",
  options: [
    { flag: "sizes", value: "N,N", default: "5000,10000,20000,50000", help: "numbers of rows, ascending" },
    { flag: "methods", value: "LIST", help: `any of ${SEPARABILITY_METHODS.join(", ")}; all when left out` },
    { flag: "threads", value: "N", default: 0, help: "workers of our side, threads of the others; 0 for one a core" },
    {
      flag: "python",
      value: "PATH",
      help: "interpreter with scikit-learn or faiss-cpu; python3 is tried when left out",
    },
    { flag: "json", help: "print JSON in place of the table" },
  ],
  examples: [
    "deno task bench:separability --python .venv/bin/python",
    "deno task bench:separability --sizes 50000,200000 --methods int8,float32",
  ],
};

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const report = await checkInputs(() =>
    benchSeparability({
      sizes: args.optionalNumbers("sizes", { min: 32, max: 1e6, integer: true })!,
      threads: args.integer("threads", { min: 0, max: 1024 }) || navigator.hardwareConcurrency,
      python: args.optionalText("python"),
      ...(args.given("methods") ? { methods: args.text("methods").split(",") } : {}),
      onRun: (method, rows) => note(`measuring ${rows} rows: ${method}`),
      signal,
    })
  );
  if (args.flag("json")) say(JSON.stringify(report, null, 2));
  else for (const line of separabilityTable(report)) say(line);
};

if (import.meta.main) await runTask(SPEC, main);
