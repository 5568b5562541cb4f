/** Relative paths of every task count from the folder where `deno task` was called, not from the project's. */
import { saveHeads, toyHead } from "@/heads/mod.ts";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { projectPath } from "../../tasks/_caller_folder.ts";
import { withDir } from "../datasets/_paths.ts";

/** Calls a task as a user does who stands in a folder. */
async function call(folder: string, task: string, ...argv: string[]): Promise<{ code: number; err: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--config", projectPath("deno.json"), task, ...argv],
    cwd: folder,
    clearEnv: true, // INIT_CWD of the tests' own call goes down to tasks that are called from them
    env: Object.fromEntries(
      Object.entries(Deno.env.toObject()).filter(([name]) => name !== "INIT_CWD").concat([["NO_COLOR", "1"]]),
    ),
  }).output();
  return { code, err: new TextDecoder().decode(stderr) };
}

Deno.test("tasks read and write relative paths where they were called, and find the project's own files", () =>
  withDir(async (dir) => {
    saveHeads(toyHead(), `${dir}/work/heads`);
    await Deno.mkdir(`${dir}/below`);
    const rendered = await call(dir, "render", "--identities", "0:2", "--images", "2", "--output", "below/faces");
    assert.equal(rendered.code, 0, rendered.err);
    assert.ok((await Deno.stat(`${dir}/below/faces/images.npy`)).isFile);

    const training = ["--data", "faces", "--output", "run", "--epochs", "0.5", "--batch-size", "2", "--threads", "1"];
    const trained = await call(`${dir}/below`, "train:pose", ...training);
    assert.equal(trained.code, 0, trained.err);
    assert.ok((await Deno.stat(`${dir}/below/run/checkpoint.safetensors`)).isFile);

    const made = await call(dir, "generate", "--ids", "1", "--images", "1", "--name", "x");
    assert.equal(made.code, 0, made.err);
    assert.ok((await Deno.stat(`${dir}/output/x/000000/000.jpg`)).isFile);
  }));

Deno.test("tasks that were started otherwise stay where they are, and a folder that is not there is named", async () => {
  const script = fileURLToPath(new URL("../../tasks/walk.ts", import.meta.url));
  const start = async (cwd: string, caller: string) => {
    const args = ["run", "-P", script, "--ids", "0,1", "--center-feature", "none.npy"];
    const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd, env: { INIT_CWD: caller } }).output();
    return { code, err: new TextDecoder().decode(stderr) };
  };
  const nowhere = await start(projectPath(""), "/no/such/folder");
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.err, /INIT_CWD is \/no\/such\/folder, expected the folder where deno task was called/);
  const elsewhere = await start(fileURLToPath(new URL(".", import.meta.url)), "/no/such/folder");
  assert.doesNotMatch(elsewhere.err, /INIT_CWD/);
});
