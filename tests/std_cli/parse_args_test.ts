import { parseArgs } from "@std/cli/parse-args";
import assert from "node:assert/strict";

Deno.test("parseArgs() reads values after a space, after '=' and of short flags", () => {
  assert.deepEqual(
    parseArgs([
      "--out",
      "a",
      "--seed=1",
      "-n",
      "5",
      "-k7",
      "-x=y",
      "rest",
      "12",
    ]),
    {
      _: ["rest", 12],
      out: "a",
      seed: 1,
      n: 5,
      k: 7,
      x: "y",
    },
  );
});

Deno.test("parseArgs() keeps strings and leaves numbers to undeclared names", () => {
  const args = parseArgs([
    "--range",
    "1:2",
    "--id",
    "007",
    "--hex",
    "0x10",
    "--neg=-1.5e3",
    "--empty",
    "--gone=",
  ], {
    string: ["id", "empty", "gone"],
  });
  assert.deepEqual(args, {
    _: [],
    range: "1:2",
    id: "007",
    hex: 16,
    neg: -1500,
    empty: "",
    gone: "",
  });
});

Deno.test("parseArgs() sets booleans without taking the next argument", () => {
  const args = parseArgs([
    "--verbose",
    "file",
    "-q",
    "other",
    "--dry=false",
    "--late",
    "true",
  ], {
    boolean: ["verbose", "q", "dry", "late", "absent"],
  });
  assert.deepEqual(args, {
    _: ["file", "other"],
    verbose: true,
    q: true,
    dry: false,
    late: true,
    absent: false,
  });
});

Deno.test("parseArgs() negates only negatable names", () => {
  const args = parseArgs(["--no-resume", "--no-colour"], {
    boolean: ["resume"],
    negatable: ["resume"],
    default: { resume: true },
  });
  assert.deepEqual(args, { _: [], resume: false, "no-colour": true });
});

Deno.test("parseArgs() fills defaults and aliases", () => {
  const options = {
    alias: { count: "n", help: ["h", "?"] },
    boolean: ["help"],
    string: ["name"],
    default: { count: 50, name: "x" },
  } as const;
  assert.deepEqual(parseArgs([], options), {
    _: [],
    count: 50,
    n: 50,
    name: "x",
    help: false,
    h: false,
    "?": false,
  });
  assert.deepEqual(parseArgs(["-n", "3", "-h", "a"], options), {
    _: ["a"],
    count: 3,
    n: 3,
    name: "x",
    help: true,
    h: true,
    "?": true,
  });
});

Deno.test("parseArgs() collects repeated options and otherwise keeps the last", () => {
  const args = parseArgs(["--in", "a", "--in=b", "--one", "1", "--one", "2"], {
    string: ["in", "none"],
    collect: ["in", "none"],
  });
  assert.deepEqual(args, { _: [], in: ["a", "b"], none: [], one: 2 });
});

Deno.test("parseArgs() splits clusters of short flags", () => {
  assert.deepEqual(parseArgs(["-abc", "x", "-v-", "-"]), {
    _: ["-"],
    a: true,
    b: true,
    c: "x",
    v: "-",
  });
});

Deno.test("parseArgs() puts what follows -- aside", () => {
  assert.deepEqual(parseArgs(["a", "--", "--b", "1"]), {
    _: ["a", "--b", "1"],
  });
  assert.deepEqual(parseArgs(["a", "--", "--b"], { "--": true }), {
    _: ["a"],
    "--": ["--b"],
  });
});

Deno.test("parseArgs() stops at the first positional when stopEarly is set", () => {
  assert.deepEqual(parseArgs(["--a", "--", "x"], { stopEarly: true }), {
    _: ["x"],
    a: true,
  });
  assert.deepEqual(
    parseArgs(["-a", "--b=1", "run", "--c", "2"], { stopEarly: true }),
    {
      _: ["run", "--c", "2"],
      a: true,
      b: 1,
    },
  );
});

Deno.test("parseArgs() reports undeclared arguments and drops those that unknown() refuses", () => {
  const seen: unknown[][] = [];
  const args = parseArgs(["--known", "1", "--typo=2", "file", "-z"], {
    string: ["known"],
    unknown: (...all) => {
      seen.push(all);
      return false;
    },
  });
  assert.deepEqual(args, { _: [], known: "1" });
  assert.deepEqual(seen, [["--typo=2", "typo", 2], ["file"], [
    "-z",
    "z",
    true,
  ]]);
});

Deno.test("parseArgs() types declared names", () => {
  const args = parseArgs(["--out", "a"], {
    string: ["out", "in", "list"],
    boolean: ["force"],
    collect: ["list"],
    default: { in: "x" },
  });
  const out: string | undefined = args.out;
  const force: boolean = args.force;
  const input: string = args.in;
  const items: string[] = args.list;
  assert.deepEqual([out, force, input, items], ["a", false, "x", []]);
});
