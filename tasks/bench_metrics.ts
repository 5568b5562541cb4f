/** `deno task bench:metrics`: time and peak memory of the metrics of data sets, on generated embeddings. */
import { benchMetrics, METRIC_PASSES, metricsTable } from "../tests/bench/metrics_report.ts";
import { checkInputs, note, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "bench:metrics",
  summary: "Measures time and peak memory of the metrics of data sets by number of images, on generated embeddings.",
  usage: "deno task bench:metrics [options]",
  options: [
    { flag: "sizes", value: "N,N", default: "100000,1000000,15000000", help: "numbers of images, ascending" },
    { flag: "width", value: "D", default: 32, help: "width of an embedding; time grows with it" },
    { flag: "passes", value: "LIST", default: METRIC_PASSES.join(","), help: "what to measure" },
    { flag: "json", help: "print JSON in place of the table" },
  ],
  examples: ["deno task bench:metrics", "deno task bench:metrics --sizes 100000 --width 512 --passes identities"],
};

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const runs = await checkInputs(() =>
    benchMetrics({
      sizes: args.optionalNumbers("sizes", { min: 1, max: 1e8, integer: true })!,
      width: args.integer("width", { min: 1, max: 4096 }),
      passes: args.text("passes").split(","),
      onRun: (pass, rows) => note(`measuring ${pass} of ${rows} images`),
      signal,
    })
  );
  if (args.flag("json")) say(JSON.stringify(runs, null, 2));
  else for (const line of metricsTable(runs)) say(line);
};

if (import.meta.main) await runTask(SPEC, main);
