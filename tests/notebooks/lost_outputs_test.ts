/** Outputs that a run of a notebook lost, where there is a Python to ask. */
import assert from "node:assert/strict";
import { pythonWith } from "../datasets/_interop.ts";
import { fromFileUrl } from "../datasets/_paths.ts";

const python = pythonWith("json");
const tool = fromFileUrl("./lost_outputs.py", import.meta.url);

async function lost(source: string, ...kinds: string[]): Promise<string> {
  await using process = new Deno.Command(python!, { args: [tool], stdin: "piped", stdout: "piped" }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify({ source, kinds })));
  await writer.close();
  return (await process.stdout.text()).trim();
}

const TWO = "const a = 1;\nawait show(a);\nconsole.log(a);\nawait show(a);\n";
const LOOP = "for (const a of b) {\n  await show(a);\n}";

Deno.test({
  name: "lost_outputs() finds one of two displays, a print and a whole cell missing, and nothing where all is there",
  ignore: python === undefined, // nor can notebooks be run there
  async fn() {
    assert.equal(await lost(TWO, "display_data", "stream", "display_data"), "");
    assert.equal(await lost(TWO, "stream", "display_data"), "shows 2 things, of which 1 came out");
    assert.equal(await lost(TWO, "display_data", "display_data"), "prints something that did not come out");
    assert.equal(await lost(LOOP), "should show something and does not");
    assert.equal(await lost(LOOP, "display_data"), "");
    assert.equal(await lost("const show = Deno.jupyter.display;\nconst a = 1;"), "");
  },
});
