import { AttemptBudget } from "@/separation/_attempt_budget.ts";
import assert from "node:assert/strict";

Deno.test("AttemptBudget lets a lucky request through and stops one whose rest would take too many", () => {
  const easy = new AttemptBudget(1000, 1000 * 20);
  for (let row = 0; row < 1000; row++) {
    assert.ok(easy.limit >= 1, `row ${row}`);
    easy.place(1);
  }
  const hard = new AttemptBudget(1000, 1000 * 20);
  let row = 0;
  for (; row < 1000 && hard.limit >= 30; row++) hard.place(30); // 30 draws a row where 20 are allowed
  assert.ok(row > 50 && row < 300, `stopped at row ${row}`);
  assert.ok(hard.rate(0) < 0.08);
});

Deno.test("AttemptBudget's limit keeps the estimate within the budget", () => {
  const budget = new AttemptBudget(10, 500);
  budget.place(40);
  // u = 40, r = 9, w = 256 + 39: the greatest a with 40 + a + 9 (295 + a) / 256 <= 500
  const a = budget.limit;
  const estimate = (draws: number) => 40 + draws + 9 * (295 + draws) / 256;
  assert.ok(estimate(a) <= 500 && estimate(a + 1) > 500, `limit ${a}`);
});
