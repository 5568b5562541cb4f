/** A worker that answers what a PairEngine is asked. */
import { PairEngine, type PairRequest } from "./_pair_engine.ts";
import { serveRequests } from "./worker_pool.ts";

const engine = new PairEngine();

serveRequests(async (request: PairRequest) => {
  const answer = await engine.answer(request);
  return { answer, transfer: answer === undefined ? [] : [answer.a.buffer, answer.b.buffer, answer.cosine.buffer] };
});
