/** `deno task card:mini`: writes the measured figures of the bundled networks into the documents. */
import { projectPath } from "./_caller_folder.ts";
import { checkInputs, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";
import { miniCard, withCard } from "./_mini_card.ts";
import { writeWhole } from "./_write_whole.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "card:mini",
  summary: `Writes the table of mini's figures into the documents, from what the evaluation tasks measured:

  metrics.json     deno task evaluate:mini --json
  estimators.json  deno task evaluate:estimators --json
  attrop.json      deno task evaluate:attrop --json`,
  usage: "deno task card:mini [DOCUMENT.md ...]",
  positionals: {
    value: "DOCUMENT.md...",
    help: "texts that have the table; README.md and data/README.md when left out",
  },
  options: [
    { flag: "from", value: "DIR", default: projectPath("data/mini"), help: "folder of the three files" },
  ],
  examples: ["deno task card:mini", "deno task card:mini README.md"],
};

/** Documents that have the table. */
export const DOCUMENTS = ["README.md", "data/README.md"].map(projectPath);

/** The body of the task. */
export const main: TaskMain = async (args) => {
  const from = args.text("from"), documents = args.positionals.length > 0 ? args.positionals : DOCUMENTS;
  const texts = await checkInputs(async () => {
    const read = async (name: string) => JSON.parse(await Deno.readTextFile(`${from}/${name}.json`));
    const card = miniCard(await read("metrics"), await read("estimators"), await read("attrop"));
    return await Promise.all(
      documents.map(async (path) => [path, withCard(await Deno.readTextFile(path), card, path)] as const),
    );
  });
  for (const [path, text] of texts) {
    await writeWhole(path, text);
    say(path);
  }
};

if (import.meta.main) await runTask(SPEC, main);
