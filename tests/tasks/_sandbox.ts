/** A folder with ID vectors, weights that only have a hash, and ways to call a task in it. */
import { join } from "node:path";
import { RandomStream } from "@/random/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import { runTask, type TaskMain, type TaskSpec } from "../../tasks/_cli.ts";

/** What a call came to. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const WIDTH = 512;

/** A temporary folder holding ids.npy (6 x 512) and weights.bin. */
export class Sandbox implements AsyncDisposable {
  readonly directory: string;
  readonly ids: string;
  readonly weights: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.ids = join(directory, "ids.npy");
    this.weights = join(directory, "weights.bin");
  }

  static async make(): Promise<Sandbox> {
    const box = new Sandbox(await Deno.makeTempDir());
    box.writeVectors("ids.npy", 6);
    await Deno.writeTextFile(box.weights, "weights");
    return box;
  }

  /** Writes normal vectors; `change` may spoil them. */
  writeVectors(
    name: string,
    rows: number,
    width = WIDTH,
    change: (data: Float32Array) => void = () => {},
  ): string {
    const data = new RandomStream(1, "identity").fillNormal(
      new Float32Array(rows * width),
    );
    change(data);
    const path = join(this.directory, name);
    writeNpy(path, { dtype: "float32", shape: [rows, width], data });
    return path;
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  /** Options every call to `generate` needs here. */
  common(output = "out", images = 4): string[] {
    return [
      ...["--weights", this.weights, "--center-feature", this.ids],
      ...["--images", String(images), "--output", this.path(output)],
    ];
  }

  /** Every file below a folder, by relative path. */
  async files(folder = ""): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    const walk = async (below: string): Promise<void> => {
      for await (
        const { name, isDirectory } of Deno.readDir(this.path(folder, below))
      ) {
        if (isDirectory) await walk(join(below, name));
        else {found.set(
            join(below, name),
            await Deno.readFile(this.path(folder, below, name)),
          );}
      }
    };
    await walk("");
    return new Map([...found].sort(([a], [b]) => a < b ? -1 : 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Starts an entry script beside this file as a process. */
export function spawn(
  entry: string,
  argv: readonly string[],
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-P", new URL(entry, import.meta.url).pathname, ...argv],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...env },
  }).spawn();
}

/** Runs an entry script to its end. */
export async function call(
  entry: string,
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await spawn(entry, argv, env).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** Runs a task in this process; for calls that are refused before they say anything themselves. */
export async function callHere(
  spec: TaskSpec,
  main: TaskMain,
  argv: readonly string[],
): Promise<Outcome> {
  const outcome = { code: -1, out: "", err: "" };
  await runTask(spec, main, {
    argv,
    out: (text) => outcome.out += text,
    err: (text) => outcome.err += text,
    exit: (code) => outcome.code = code,
  });
  return outcome;
}
