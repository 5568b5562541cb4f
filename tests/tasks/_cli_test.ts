import assert from "node:assert/strict";
import {
  checkInputs,
  clock,
  describeError,
  Progress,
  runTask,
  type TaskArguments,
  type TaskSpec,
  UsageError,
} from "../../tasks/_cli.ts";

const SPEC: TaskSpec = {
  name: "paint",
  summary: "Paints faces.",
  usage: "deno task paint [options]",
  options: [
    {
      flag: "ids",
      value: "N",
      default: 10,
      help: "how many",
      unit: "identities",
    },
    {
      flag: "--model",
      value: "NAME",
      default: "mini",
      help: "which model",
      alias: ["net"],
    },
    { flag: "sigma", value: "LIST", help: "noise" },
    { flag: "yaw", value: "X", help: "angle", unit: "degrees" },
    { flag: "seed", value: "N", default: 0, help: "seed" },
    { flag: "part", value: "A:B", help: "part" },
    { flag: "tag", value: "TEXT", help: "tag", repeat: true },
    { flag: "dry-run", help: "only say" },
  ],
  examples: ["deno task paint", "deno task paint --ids 20"],
};

interface Outcome {
  out: string;
  err: string;
  code: number | undefined;
  args: TaskArguments | undefined;
}

async function call(
  argv: readonly string[],
  main: (args: TaskArguments, signal: AbortSignal) => unknown = () => {},
  spec: TaskSpec = SPEC,
): Promise<Outcome> {
  const outcome: Outcome = {
    out: "",
    err: "",
    code: undefined,
    args: undefined,
  };
  await runTask(spec, async (args, signal) => {
    outcome.args = args;
    return await main(args, signal) as number | void;
  }, {
    argv,
    out: (text) => outcome.out += text,
    err: (text) => outcome.err += text,
    exit: (code) => outcome.code = code,
  });
  return outcome;
}

Deno.test("runTask() gives defaults when no option is given", async () => {
  const { args, code, out, err } = await call([]);
  assert.equal(code, 0);
  assert.equal(out + err, "");
  assert.equal(args!.integer("ids"), 10);
  assert.equal(args!.text("model"), "mini");
  assert.equal(args!.optionalText("sigma"), undefined);
  assert.equal(args!.flag("dry-run"), false);
  assert.equal(args!.given("ids"), false);
});

Deno.test("runTask() reads values, switches, lists, pairs, seeds and repeats", async () => {
  const { args } = await call([
    "--ids=20",
    "--net",
    "base",
    "--sigma",
    "0.3,.5,7e-1",
    "--yaw",
    "-30.5",
    "--seed",
    "0xffffffffffffffff",
    "--part",
    "3:7",
    "--tag",
    "a",
    "--tag=b=c",
    "--dry_run",
  ]);
  assert.equal(args!.integer("ids"), 20);
  assert.equal(args!.given("--ids"), true);
  assert.equal(args!.text("model"), "base");
  assert.deepEqual(args!.optionalNumbers("sigma"), [0.3, 0.5, 0.7]);
  assert.equal(args!.number("yaw"), -30.5);
  assert.equal(args!.seed(), (1n << 64n) - 1n);
  assert.deepEqual(args!.optionalPair("part"), [3, 7]);
  assert.deepEqual(args!.texts("tag"), ["a", "b=c"]);
  assert.equal(args!.flag("dry-run"), true);
});

Deno.test("runTask() prints purpose, usage, options with defaults and units, and examples for --help", async () => {
  for (const argv of [["--help"], ["-h"], ["--ids", "3", "--help"]]) {
    const { out, err, code, args } = await call(argv);
    assert.equal(code, 0);
    assert.equal(err, "");
    assert.equal(args, undefined);
    assert.match(out, /^Paints faces\.\n/);
    assert.match(out, /Usage: deno task paint \[options\]/);
    assert.match(out, /--ids N +how many \(identities; default 10\)/);
    assert.match(out, /--yaw X +angle \(degrees\)/);
    assert.match(out, /--dry-run +only say\n/);
    assert.match(out, /deno task paint --ids 20/);
  }
});

Deno.test.each([
  [["--idz", "3"], /unknown option --idz/],
  [["-x"], /unknown option -x/],
  [["--no-dry-run"], /unknown option --no-dry-run/],
  [["--ids"], /--ids: it needs a value \(N\)/],
  [["--ids="], /--ids: it needs a value/],
  [["--ids", ""], /--ids: it needs a value/],
  [["--ids", "--dry-run"], /--ids: it needs a value/],
  [["--ids", "3", "--ids", "4"], /--ids: it is given 2 times/],
  [
    ["--dry-run=yes"],
    /--dry-run: it is a switch and takes no value, got "yes"/,
  ],
  [["stray"], /unexpected argument "stray"/],
])("runTask() refuses %o with exit code 2", async (argv, message) => {
  const { out, err, code, args } = await call([...argv]);
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.equal(args, undefined);
  assert.match(err, message as RegExp);
  assert.match(err, /Usage: deno task paint/);
});

Deno.test.each([
  [
    "ids",
    "3.5",
    (a: TaskArguments) => a.integer("ids"),
    /--ids: expected a whole number, got "3.5"/,
  ],
  ["ids", "0x10", (a: TaskArguments) => a.integer("ids"), /got "0x10"/],
  [
    "ids",
    "0",
    (a: TaskArguments) => a.integer("ids", { min: 1 }),
    /a whole number of at least 1, got "0"/,
  ],
  [
    "ids",
    "9",
    (a: TaskArguments) => a.number("ids", { min: 0, max: 5 }),
    /a number from 0 to 5, got "9"/,
  ],
  [
    "sigma",
    "0.3,,1",
    (a: TaskArguments) => a.optionalNumbers("sigma"),
    /--sigma: expected a number, got ""/,
  ],
  [
    "seed",
    "-1",
    (a: TaskArguments) => a.seed(),
    /from 0 to 2\^64 - 1, got "-1"/,
  ],
  [
    "seed",
    "18446744073709551616",
    (a: TaskArguments) => a.seed(),
    /from 0 to 2\^64 - 1/,
  ],
  [
    "part",
    "7:3",
    (a: TaskArguments) => a.optionalPair("part"),
    /a:b with a < b, got "7:3"/,
  ],
  ["part", "3", (a: TaskArguments) => a.optionalPair("part"), /got "3"/],
  [
    "model",
    "x",
    (a: TaskArguments) => a.choice("model", ["mini", "base"]),
    /one of mini, base, got "x"/,
  ],
])("TaskArguments refuses --%s %s", async (flag, value, read, message) => {
  const { err, code } = await call([`--${flag}`, value as string], (args) => {
    (read as (a: TaskArguments) => unknown)(args);
  });
  assert.equal(code, 2);
  assert.match(err, message as RegExp);
});

Deno.test("TaskArguments.text() names the missing option", async () => {
  const { err, code } = await call([], (args) => void args.text("sigma"));
  assert.equal(code, 2);
  assert.match(err, /Cannot start: --sigma is needed/);
});

Deno.test("runTask() counts positionals", async () => {
  const spec = {
    ...SPEC,
    positionals: { value: "FILE", help: "a file", min: 1, max: 2 },
  };
  assert.match((await call([], undefined, spec)).err, /FILE is needed/);
  assert.deepEqual(
    (await call(["007", "b"], undefined, spec)).args!.positionals,
    ["007", "b"],
  );
  assert.match(
    (await call(["a", "b", "c"], undefined, spec)).err,
    /unexpected argument "c"/,
  );
});

Deno.test("runTask() reports failures with their causes and exit code 1", async () => {
  const { err, code } = await call([], () => {
    throw new Error("Cannot paint", {
      cause: new Error("no paint", { cause: "shop closed" }),
    });
  });
  assert.equal(code, 1);
  assert.equal(
    err,
    "Cannot paint\n  caused by: no paint\n  caused by: shop closed\n",
  );
});

Deno.test("runTask() passes on the exit code that main returns", async () => {
  assert.equal((await call([], () => 3)).code, 3);
});

Deno.test("checkInputs() makes usage errors of what the input explains, and only of that", async () => {
  for (
    const error of [
      new TypeError("t"),
      new RangeError("r"),
      new SyntaxError("s"),
      new Deno.errors.NotFound("n"),
      new Deno.errors.AlreadyExists("a"),
      new Deno.errors.NotCapable("c"),
      Object.assign(new Error("read-only"), { code: "EROFS" }),
    ]
  ) {
    await assert.rejects(checkInputs(() => Promise.reject(error)), UsageError);
  }
  const full = Object.assign(new Error("full"), { code: "ENOSPC" });
  await assert.rejects(checkInputs(() => Promise.reject(full)), full);
  await assert.rejects(
    checkInputs(() => {
      throw new Error("disk on fire");
    }),
    (error: Error) => !(error instanceof UsageError) && error.message === "disk on fire",
  );
  assert.equal(await checkInputs(() => 5), 5);
  await assert.rejects(checkInputs(() => Deno.stat("no/such file's.npy")), {
    name: "UsageError",
    message: `Cannot find "no/such file's.npy": check the path`,
  });
  const told = new Deno.errors.NotFound('Cannot open packed images: "x" is not there');
  await assert.rejects(checkInputs(() => Promise.reject(told)), { message: told.message });
});

Deno.test("describeError() says a repeated message once", () => {
  const cause = new RangeError("Cannot read x");
  assert.equal(
    describeError(new UsageError("Cannot read x", { cause })),
    "Cannot read x",
  );
  assert.equal(
    describeError(new Error("Cannot use x (no x here)", { cause: "no x here\n" })),
    "Cannot use x (no x here)",
  );
});

Deno.test("Progress draws a bar with rate and time left", () => {
  let time = 0;
  let text = "";
  const progress = new Progress({
    total: 200,
    start: 50,
    unit: "images",
    bar: true,
    write: (part) => text += part,
    now: () => time,
  });
  time = 10_000;
  progress.update(100);
  assert.equal(
    text,
    "\r\x1b[K[0:10] [############------------] 100/200 images, 5.0/s, 0:20 left",
  );
  text = "";
  time += 10;
  progress.update(101); // too soon
  assert.equal(text, "");
  time += 9_990;
  progress.update(200, "written");
  progress.stop();
  progress.update(200);
  assert.match(text, /\[#{24}\] 200\/200 images, 7.5\/s, written\n$/);
});

Deno.test("Progress writes plain lines every few seconds without a terminal", () => {
  let time = 0;
  const lines: string[] = [];
  const progress = new Progress({
    total: 10,
    bar: false,
    interval: 5,
    write: (part) => lines.push(part),
    now: () => time,
  });
  for (time = 1000; time <= 10_000; time += 1000) progress.update(time / 1000);
  assert.deepEqual(lines, [
    "[0:05] 50 % 5/10 items, 1.0/s, 0:05 left\n",
    "[0:10] 100 % 10/10 items, 1.0/s\n",
  ]);
});

Deno.test("clock() shows minutes, and hours only where there are any", () => {
  assert.equal(clock(59.4), "0:59");
  assert.equal(clock(3599.6), "1:00:00");
  assert.equal(clock(36_061), "10:01:01");
});

const ENTRY = new URL("./_stop_entry.ts", import.meta.url).pathname;

Deno.test("runTask() stops on SIGINT with exit code 130 after main has cleaned up", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-P", ENTRY],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let out = decoder.decode((await reader.read()).value);
  assert.match(out, /ready/);
  child.kill("SIGINT");
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    out += decoder.decode(value);
  }
  const err = await new Response(child.stderr).text();
  assert.equal((await child.status).code, 130);
  assert.match(out, /closed/);
  assert.match(err, /Ctrl-C: stopping[\s\S]*Stopped\./);
});
