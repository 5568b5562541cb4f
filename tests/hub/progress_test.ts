import assert from "node:assert/strict";
import { fetchFiles, type HubProgress } from "@/hub/mod.ts";
import { FakeHub, FILES, first, isContent } from "./_fake_hub.ts";

const { large, small } = FILES;

Deno.test("fetchFiles() reports bytes, rate and the time left", async () => {
  await using hub = await FakeHub.start();
  let time = 0;
  const news: HubProgress[] = [];
  await fetchFiles([large, small], {
    ...hub.options(),
    jobs: 1,
    now: () => time += 500,
    onProgress: (progress) => news.push(progress),
  });
  const receiving = news.filter(({ phase, file }) => phase === "receiving" && file === large.path);
  assert.ok(receiving.length > 2);
  for (const [i, { fileDone, fileBytes, done, bytes, rate, secondsLeft }] of receiving.entries()) {
    assert.deepEqual([fileBytes, bytes, done], [300_000, 300_008, fileDone]);
    if (i === 0) assert.deepEqual([fileDone, rate, secondsLeft], [0, 0, undefined]);
    else assert.ok(fileDone > receiving[i - 1]!.fileDone);
  }
  const last = receiving.at(-1)!;
  const seconds = 0.5 * (receiving.length - 1);
  assert.ok(seconds > 10 || Math.abs(last.rate / (300_000 / seconds) - 1) < 1e-9, `${last.rate}`);
  assert.equal(last.secondsLeft, 8 / last.rate);
  assert.deepEqual([news.at(-1)!.phase, news.at(-1)!.done], ["done", 300_008]);
});

Deno.test("fetchFiles() does not count as speed what was here, nor takes back what a new start loses", async () => {
  await using hub = await FakeHub.start();
  hub.mischief = first(1, isContent, (_, usual) => ({ ...usual(), cutAfter: 200_000 }));
  let time = 0;
  const news: HubProgress[] = [];
  await assert.doesNotReject(fetchFiles([large], {
    ...hub.options(),
    now: () => time += 500,
    onProgress: (progress) => {
      news.push(progress);
      if (progress.fileDone === 200_000) hub.mischief = first(1, isContent, () => ({ body: large.bytes }));
    },
  }));
  assert.ok(news.every(({ rate, done, bytes }) => rate >= 0 && done <= bytes));
  const dones = news.map(({ done }) => done);
  assert.ok(dones.some((done, i) => done < (dones[i - 1] ?? 0)), "the range was ignored: it begins anew");
  assert.equal(dones.at(-1), 300_000);
});
