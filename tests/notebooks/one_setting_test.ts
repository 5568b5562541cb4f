/** Notebooks whose models follow from one constant: its other value asks for the published files, and for nothing else. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { notebooksWithFigures } from "../../tasks/_notebook_figures.ts";
import { fromFileUrl, withDir } from "../datasets/_paths.ts";

const SETTING = 'const MODEL = "mini";';
const FOLDER = fromFileUrl("../../notebooks/", import.meta.url);
/** Runs the cells of the file that is its argument, as the task does, and says how they ended. */
const RUN = `import { figuresOfCells } from "${new URL("../../tasks/_notebook_figures.ts", import.meta.url)}";
const cells = await Deno.readTextFile(Deno.args[0]);
const said = [];
try {
  await figuresOfCells(cells, (text) => said.push(text));
  console.log(JSON.stringify({ said }));
} catch ({ name, message }) {
  console.log(JSON.stringify({ said, name, message }));
}`;

async function cellsOf(name: string): Promise<string> {
  const [notebook] = await notebooksWithFigures([join(FOLDER, `${name}.ipynb`)]);
  return notebook!.cells;
}

/** How the cells of a notebook end with another value of the setting, and no file of the published ones. */
async function end(cells: string, dir: string, variables: Record<string, string>) {
  // The project's own folder may hold published weights.
  const changed = cells.replace(SETTING, 'const MODEL = "base";').replace(/modelFamily\(MODEL, \{/, "$& folders: [],");
  await Deno.writeTextFile(join(dir, "cells.ts"), changed);
  await Deno.writeTextFile(join(dir, "run.ts"), RUN);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--config",
      join(FOLDER, "../deno.json"),
      join(dir, "run.ts"),
      join(dir, "cells.ts"),
    ],
    env: { HF_HOME: dir, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1", ...variables },
  }).output();
  const text = new TextDecoder().decode(stdout).trim();
  assert.notEqual(text, "", new TextDecoder().decode(stderr));
  return JSON.parse(text.split("\n").at(-1)!) as { said: string[]; name?: string; message?: string };
}

for (const name of ["05_identity_separability", "06_pose_distribution", "07_evaluation"]) {
  Deno.test(`${name} follows from one constant, whose other value lacks nothing but files`, () =>
    withDir(async (dir) => {
      const cells = await cellsOf(name);
      assert.ok(cells.startsWith(SETTING), "the setting is not the first line of code");
      const others = cells.slice(SETTING.length).split("\n").filter((line) => line.includes('"mini'));
      assert.deepEqual(others, [], "models are named elsewhere");
      const { said, name: kind, message } = await end(cells, dir, { HF_HUB_OFFLINE: "1" });
      assert.deepEqual([said, kind], [[], "NotFound"]);
      assert.match(message!, /vec2face_generator\.pth: it is not in .*; fetch it with: deno task fetch generator$/);
    }));
}

Deno.test("a notebook says what it fetches before it does", () =>
  withDir(async (dir) => {
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () =>
      new Response("none of these files", { status: 404 }));
    const HF_ENDPOINT = `http://127.0.0.1:${server.addr.port}`;
    const variables = { HF_ENDPOINT, HF_HUB_OFFLINE: "", NO_PROXY: "127.0.0.1" };
    const { said, name, message } = await end(await cellsOf("06_pose_distribution"), dir, variables);
    assert.match(
      said[0]!,
      /^weights\/vec2face_generator\.pth is not here yet: fetching it from .* \(about 697 MB, MIT\)/,
    );
    assert.equal(name, "HubError");
    assert.match(message!, /; the command that fetches it is: deno task fetch generator$/);
  }));
