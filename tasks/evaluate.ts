/** `deno task evaluate`: measures a recogniser on verification sets, beside published rows. */
import { publishedResults } from "@/evaluation/mod.ts";
import { loadRecogniser } from "@/networks/mod.ts";
import { checkInputs, note, runTask, say, type TaskArguments, type TaskMain } from "./_cli.ts";
import { measureScores, type ScoresResult } from "./_evaluate_scores.ts";
import { searchPeople, type SearchResult } from "./_evaluate_search.ts";
import { measureGiven, measureSet, type Network, type SetResult, type Unreadable } from "./_evaluate_sets.ts";
import { type EvaluateSettings, readEvaluateSettings, SPEC } from "./_evaluate_settings.ts";
import {
  accuracyTable,
  groupLines,
  ijbTable,
  scoresLines,
  scoreTable,
  searchLines,
  sourceLines,
} from "./_evaluate_tables.ts";
import { readRecogniser, type RecogniserLoader } from "./_recogniser_options.ts";
import { writeWhole } from "./_write_whole.ts";

export { SPEC };

/** Most images told by name; all are in the JSON. */
const TOLD = 10;

async function loadNetwork(
  args: TaskArguments,
  load: RecogniserLoader,
  mirror: boolean,
  signal: AbortSignal,
): Promise<Network> {
  return await checkInputs(async () => {
    const { options, recipe: { flip: _, ...recipe }, batchSize } = await readRecogniser(args, signal, mirror);
    return { recogniser: await load(options), recipe, batchSize };
  });
}

function tellUnreadable(name: string, unreadable: readonly Unreadable[]): void {
  if (unreadable.length === 0) return;
  note(`${name}: ${unreadable.length} images cannot be read`);
  for (const { name, reason } of unreadable.slice(0, TOLD)) note(`  ${name}: ${reason}`);
  if (unreadable.length > TOLD) note(`  and ${unreadable.length - TOLD} more; --json FILE lists all`);
}

interface Findings {
  readonly results: readonly SetResult[];
  readonly scores: ScoresResult | undefined;
  readonly found: SearchResult | undefined;
}

/** Says all tables. */
function tell(settings: EvaluateSettings, model: string, { results, scores, found }: Findings): void {
  const pairs = results.filter((result) => result.kind === "pairs");
  const blocks: string[][] = [];
  if (pairs.length > 0) {
    blocks.push(accuracyTable(model, pairs, settings.published), groupLines(pairs), scoreTable(pairs, settings.folds));
    if (settings.published) blocks.push(sourceLines(pairs));
  }
  for (const result of results) if (result.kind === "ijb") blocks.push(ijbTable(result.name, result.report));
  if (scores !== undefined) blocks.push(scoresLines(scores, settings.confidence));
  if (found !== undefined) blocks.push(searchLines(found));
  blocks.filter((block) => block.length > 0).forEach((block, k) => {
    if (k > 0) say();
    for (const line of block) say(line);
  });
  for (const { name, report: { validationFault, missing }, unreadable } of pairs) {
    if (validationFault !== undefined) note(`${name}: no VAL. ${validationFault}`);
    if (missing.length > unreadable.length) { // features that were given
      const some = missing.slice(0, TOLD).join(", ");
      note(
        `${name}: ${missing.length} rows are NaN and their pairs left out: ${some}${
          missing.length > TOLD ? ", ..." : ""
        }`,
      );
    }
  }
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the network.
 * @returns The body.
 */
export function evaluateMain(load: RecogniserLoader): TaskMain {
  return async (args, signal) => {
    const settings = await checkInputs(() => readEvaluateSettings(args));
    const results: SetResult[] = [];
    let network: Network | undefined, scores: ScoresResult | undefined, found: SearchResult | undefined;
    try {
      if (settings.given !== undefined) results.push(await measureGiven(settings, signal));
      if (settings.scores !== undefined) scores = await measureScores({ ...settings.scores, ...settings }, signal);
      if (settings.given === undefined && (settings.sets.length > 0 || settings.search !== undefined)) {
        network = await loadNetwork(args, load, settings.fusion !== "none", signal);
        for (const set of settings.sets) {
          const result = await measureSet(set, settings, network, signal);
          tellUnreadable(result.name, result.unreadable);
          results.push(result);
        }
        if (settings.search !== undefined) {
          found = await searchPeople(settings, network, signal);
          tellUnreadable("gallery and probes", found.unreadable);
        }
      }
    } finally {
      await network?.recogniser.release();
    }
    const recipe = network?.recipe;
    const title = recipe === undefined
      ? "given features"
      : args.given("weights")
      ? `${recipe.model}, ${recipe.weights}`
      : recipe.model;
    tell(settings, title, { results, scores, found });
    if (settings.json === undefined) return;
    const { fusion, metric, folds, replicates, confidence, detectorScores, keepNorm, given } = settings;
    const names = results.map(({ name }) => name);
    const all = {
      kind: "evaluation",
      ...(recipe === undefined ? { given } : { recogniser: recipe }),
      settings: {
        fusion,
        metric,
        folds,
        replicates,
        confidence,
        seed: String(settings.seed),
        detectorScores,
        keepNorm,
      },
      sets: results,
      scores,
      identification: found,
      published: settings.published
        ? { accuracy: publishedResults(names), "tar at far 1e-4": publishedResults(names, "tar at far 1e-4") }
        : undefined,
    };
    await writeWhole(settings.json, `${JSON.stringify(all, null, 2)}\n`);
  };
}

if (import.meta.main) await runTask(SPEC, evaluateMain(loadRecogniser));
