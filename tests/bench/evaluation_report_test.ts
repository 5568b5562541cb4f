import assert from "node:assert/strict";
import { benchEvaluation, EVALUATION_PARTS, type EvaluationRun, evaluationTable } from "./evaluation_report.ts";

Deno.test("benchEvaluation() runs our side of the folds and of the scores, and does without Python", async () => {
  const started: string[] = [];
  const { runs } = await benchEvaluation({
    pairs: 200,
    impostors: 150_000,
    genuine: 2000,
    threads: 1,
    parts: ["accuracy", "val", "tar"],
    onRun: (part, method) => started.push(`${part} ${method}`),
  });
  assert.deepEqual(started, ["accuracy", "val", "tar"].flatMap((part) => [`${part} ours`, `${part} scikit-learn`]));
  const ours = runs.filter(({ method }) => method === "ours");
  for (const { seconds, cpuSeconds, peakBytes, result } of ours) {
    assert.ok(seconds! > 0 && cpuSeconds! > 0 && peakBytes! > 1e7 && result! > 0.2 && result! < 1);
  }
  for (const { method, note } of runs) {
    assert.ok(method === "ours" || note === undefined || /not there|not installed/.test(note), note);
  }
});

Deno.test("benchEvaluation() times embedding, and refuses parts and interpreters that are not there", async () => {
  const options = { pairs: 20, impostors: 20, threads: 1, depth: 18, batch: 1, seconds: 0 } as const;
  await assert.rejects(benchEvaluation({ ...options, parts: ["embed"], python: "no-such-interpreter" }), {
    name: "TypeError",
    message: /Cannot time Python: "no-such-interpreter" is not there/,
  });
  await assert.rejects(benchEvaluation({ ...options, parts: ["speed"] }), {
    name: "TypeError",
    message: /Cannot time "speed": expected any of embed, accuracy, val, tar/,
  });
  const reason = new Error("enough");
  await assert.rejects(benchEvaluation({ ...options, parts: ["tar"], signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("evaluationTable() tells speeds, and leaves empty what could not be run", () => {
  const run = (part: EvaluationRun["part"], method: string, seconds: number | null, ours: number | null) => ({
    ...{ part, method, seconds, cpuSeconds: seconds, peakBytes: seconds === null ? null : 2 ** 28 },
    ...{ result: seconds === null ? null : part === "embed" ? 43_600_000 : 0.95, ours },
  });
  const runs = [
    run("embed", "ours", 0.5, 1),
    run("embed", "PyTorch", 0.75, 1.5),
    { ...run("tar", "scikit-learn", null, null), note: "needs 6 GiB" },
  ];
  const lines = evaluationTable({ threads: 2, depth: 50, batch: 16, pairs: 100, genuine: 10, impostors: 1000, runs });
  assert.equal(lines[0], "2 thread(s)");
  assert.match(lines[2]!, /^IResNet-50, batch 16 +ours +0\.500 +0\.500 +32\.0 images +256 +43\.60 M values$/);
  assert.match(
    lines[3]!,
    /^IResNet-50, batch 16 +PyTorch +0\.750 +0\.750 +21\.3 images +256 +1\.50 x +43\.60 M values$/,
  );
  assert.match(lines[4]!, /^TAR at 0\.0001, 10 \+ 1000 scores +scikit-learn +needs 6 GiB$/);
  assert.deepEqual(Object.keys(EVALUATION_PARTS), ["embed", "accuracy", "val", "tar"]);
});
