/** A worker that answers what a NearestEngine is asked. */
import { type HoldRequest, NearestEngine, type NearestRequest } from "./_nearest_engine.ts";
import { serveRequests } from "./worker_pool.ts";

const engine = new NearestEngine();

serveRequests(async (request: HoldRequest | NearestRequest) => {
  const answer = await engine.answer(request);
  return { answer, transfer: answer === undefined ? [] : [answer.cosine.buffer, answer.index.buffer] };
});
