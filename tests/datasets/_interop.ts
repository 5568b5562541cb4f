import { fromFileUrl } from "./_paths.ts";

/** What `lmdb_tool.py read` prints. */
export interface PythonView {
  length: number;
  classes: number;
  keys: string[];
  /** Entries that the database states, and those that a cursor meets. */
  entries: number;
  walked: number;
  records: { sha: string; label: number; feature?: string; numpy?: boolean }[];
}

const tool = fromFileUrl("../fixtures/datasets/lmdb_tool.py", import.meta.url);

const PYTHONS = [Deno.env.get("VEC2FACE_PYTHON"), "python3", "/usr/bin/python3"];

/** A Python that has some modules: $VEC2FACE_PYTHON, the one on PATH, or the system's; undefined when none has. */
export function pythonWith(modules: string, candidates = PYTHONS): string | undefined {
  return candidates.find((command) => {
    if (!command) return false;
    try {
      return new Deno.Command(command, { args: ["-c", `import ${modules}`], stdout: "null", stderr: "null" })
        .outputSync().success;
    } catch {
      return false;
    }
  });
}

/** A Python that has lmdb and msgpack. */
export const python: string | undefined = pythonWith("lmdb, msgpack");

/** Runs verification_tool.py beside lmdb_tool.py and returns what it prints. */
export async function runVerificationTool(command: string, ...args: string[]): Promise<string> {
  const script = fromFileUrl("../fixtures/datasets/verification_tool.py", import.meta.url);
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [script, ...args] }).output();
  if (!success) throw new Error(`verification_tool.py failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Runs the tool and returns what it prints. */
export function runTool(...args: string[]): Promise<string> {
  return runToolWith(python!, ...args);
}

/** Runs the tool with some Python. */
export async function runToolWith(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [tool, ...args] }).output();
  if (!success) throw new Error(`lmdb_tool.py failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** The bytes of image `index` as the tool makes them. */
export function toolImage(index: number): Uint8Array {
  const bytes = new Uint8Array(103 + 97 * index);
  bytes.set([0xff, 0xd8, 0xff]);
  for (let i = 0; i < 100 + 97 * index; i++) {
    bytes[3 + i] = (index * 7 + i * 13) % 256;
  }
  return bytes;
}

/** The feature of image `index` as the tool makes it. */
export function toolFeature(index: number): Float32Array {
  return Float32Array.from({ length: 512 }, (_, k) => index + k / 512);
}
