/**
 * The frame around every task: arguments, help, errors, exit codes, interruption, progress.
 *
 * | what happened | written | exit code |
 * |---|---|---|
 * | main returned | by main | 0, or the number it returned |
 * | --help | help on stdout | 0 |
 * | {@link UsageError} | message and short usage on stderr | 2 |
 * | any other error | message with its causes on stderr; the stack with VEC2FACE_DEBUG=1 | 1 |
 * | SIGINT (Ctrl-C) | "Stopped" on stderr, after main has closed its files | 130 |
 * | SIGTERM | the same | 143 |
 */
import { readArguments, type TaskArguments, type TaskSpec, UsageError } from "./_arguments.ts";
import { enterCallersFolder } from "./_caller_folder.ts";
import { helpText } from "./_help.ts";
import { environment, writeText } from "./_progress.ts";

export { type NumberBounds, TaskArguments, type TaskOption, type TaskSpec, UsageError } from "./_arguments.ts";
export { clock, Progress, type ProgressOptions } from "./_progress.ts";

/** Body of a task: may return an exit code; should watch `signal` and leave by throwing `signal.reason` when it fires. */
export type TaskMain = (
  args: TaskArguments,
  signal: AbortSignal,
) => Promise<number | void> | number | void;

/** The outside of a task, replaced in tests. */
export interface TaskOutside {
  /** Arguments, given with paths that count from the folder of the process. @default {Deno.args} */
  readonly argv?: readonly string[];
  /** Arguments of the process that come before those of the task. @default {0} */
  readonly skip?: number;
  /** Takes text for stdout. */
  readonly out?: (text: string) => void;
  /** Takes text for stderr. */
  readonly err?: (text: string) => void;
  /** Takes the exit code. */
  readonly exit?: (code: number) => void;
}

/** Writes one line to stdout: a result. */
export function say(line = ""): void {
  writeText("stdout", `${line}\n`);
}

/** Writes one line to stderr: news about the work. */
export function note(line = ""): void {
  writeText("stderr", `${line}\n`);
}

/** Message of an error with its causes, one a line. */
export function describeError(error: unknown): string {
  const lines: string[] = [];
  for (
    let e = error, depth = 0;
    e !== undefined && e !== null && depth < 10;
    depth++
  ) {
    const text = e instanceof Error ? (e.message || e.name) : String(e);
    if (lines.at(-1)?.includes(text.trim()) !== true) {
      lines.push(depth === 0 ? text : `  caused by: ${text}`);
    }
    e = e instanceof Error ? e.cause : undefined;
  }
  return lines.join("\n");
}

/**
 * Runs the part of a task that reads what the user named (files, values): errors that the input explains become
 * usage errors, so that they end with exit code 2.
 *
 * @param read Reads and checks the inputs.
 * @returns What `read` returned.
 * @throws {UsageError} If `read` threw a TypeError, RangeError or SyntaxError, or met a path that is missing, of the wrong
 * kind, or not to be read or written.
 */
export async function checkInputs<T>(read: () => Promise<T> | T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error) || !isExplained(error)) throw error;
    const missing = missingPath(error);
    if (missing !== undefined) throw new UsageError(`Cannot find "${missing}": check the path`, { cause: error.cause });
    throw new UsageError(error.message, { cause: error.cause ?? error });
  }
}

/** The path of an error that the system gave and nobody put into words: "No such file ... (os error 2): stat 'PATH'". */
function missingPath(error: Error): string | undefined {
  if (!(error instanceof Deno.errors.NotFound)) return undefined;
  return /\(os error \d+\): \w+ '(.+)'$/s.exec(error.message)?.[1];
}

/** Errors that say something about what the user named. */
const EXPLAINED = [
  ...[TypeError, RangeError, SyntaxError],
  Deno.errors.NotFound,
  Deno.errors.IsADirectory,
  Deno.errors.NotADirectory,
  Deno.errors.AlreadyExists, // a file in the place of a folder
  Deno.errors.PermissionDenied,
  Deno.errors.NotCapable, // what Deno never writes to, such as /proc
];

/** Codes of the system that Deno has no class for: a file system that takes no files, and a name that is too long. */
const EXPLAINED_CODES = ["EROFS", "ENAMETOOLONG"];

function isExplained(error: Error & { code?: string }): boolean {
  return EXPLAINED.some((kind) => error instanceof kind) || EXPLAINED_CODES.includes(error.code ?? "");
}

/**
 * Runs a task: reads the arguments, calls `main`, and turns what happens into text and an exit code. Relative paths count
 * from the folder where `deno task` was called.
 *
 * @param spec What the task is and takes.
 * @param main The work.
 * @param outside Replacements for the process, for tests.
 */
export async function runTask(
  spec: TaskSpec,
  main: TaskMain,
  outside: TaskOutside = {},
): Promise<void> {
  const {
    skip = 0,
    argv = Deno.args.slice(skip),
    out = (text) => writeText("stdout", text),
    err = (text) => writeText("stderr", text),
    exit = (code) => {
      Deno.exitCode = code;
    },
  } = outside;
  const abort = new AbortController();
  let stopCode = 0;
  const stop = (code: number, signal: string) => () => {
    if (stopCode !== 0) Deno.exit(code);
    stopCode = code;
    err(
      `\n${signal}: stopping after the current step; once more to stop at once\n`,
    );
    abort.abort(new DOMException(`Stopped by ${signal}`, "AbortError"));
  };
  const onInterrupt = stop(130, "Ctrl-C");
  const onTerminate = stop(143, "SIGTERM");
  const windows = Deno.build.os === "windows"; // knows no SIGTERM listeners
  Deno.addSignalListener("SIGINT", onInterrupt);
  if (!windows) Deno.addSignalListener("SIGTERM", onTerminate);
  try {
    if (outside.argv === undefined) enterCallersFolder();
    const args = readArguments(spec, argv);
    if (args === undefined) {
      out(helpText(spec));
      exit(0);
      return;
    }
    const code = await main(args, abort.signal);
    exit(stopCode || (code ?? 0));
  } catch (error) {
    if (
      stopCode !== 0 && abort.signal.aborted &&
      (error === abort.signal.reason || isAbort(error))
    ) {
      err("Stopped.\n");
      exit(stopCode);
      return;
    }
    const usage = error instanceof UsageError;
    err(`${describeError(error)}\n`);
    if ((environment("VEC2FACE_DEBUG") ?? "") !== "") {
      err(`${stackOf(error)}\n`);
    }
    if (usage) {
      err(
        `Usage: ${spec.usage}\nOptions and examples: deno task ${spec.name} --help\n`,
      );
    }
    exit(usage ? 2 : stopCode || 1);
  } finally {
    Deno.removeSignalListener("SIGINT", onInterrupt);
    if (!windows) Deno.removeSignalListener("SIGTERM", onTerminate);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function stackOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
