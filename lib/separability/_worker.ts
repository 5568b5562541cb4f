/** A worker that compares stripes. */
import { serveRequests } from "@/similarity/mod.ts";
import type { StripeRequest } from "./_stripe.ts";
import { StripeEngine } from "./_stripe_engine.ts";

let engine: StripeEngine | undefined;

serveRequests(async (request: StripeRequest) => {
  if ("settings" in request) engine = await StripeEngine.create(request.settings);
  else if ("block" in request) engine!.load(request.block);
  else if ("kept" in request) engine!.settle(request.kept);
  else return { answer: await engine!.compare(request.stripe) };
  return { answer: undefined };
});
