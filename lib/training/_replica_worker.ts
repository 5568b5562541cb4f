/** A module worker that computes losses and gradients of its share of a batch: a setup first, then one step a message. */
import * as op from "@/onnx/mod.ts";
import { type ReplicaAnswer, type ReplicaSetup, type ReplicaStep, unpack } from "./_replica_messages.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<ReplicaSetup | ReplicaStep>) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let ready: Promise<{ readonly session: op.Session; readonly setup: ReplicaSetup }> | undefined;

async function load(setup: ReplicaSetup) {
  const model: op.BuiltModel = {
    ...setup.model,
    external: new Map(),
    ahead: new Map(),
    relocate: () => setup.model.bytes,
  };
  return { session: await op.createSession(model, setup.session), setup };
}

async function step({ data, weights, gradients }: ReplicaStep): Promise<ReplicaAnswer> {
  const { session, setup } = await ready!;
  const into = unpack(setup.gradients, gradients);
  const all = await session.run({ ...data, ...unpack(setup.weights, weights) }, into);
  const results = Object.fromEntries(Object.entries(all).filter(([name]) => !Object.hasOwn(into, name)));
  return { weights, gradients, results };
}

scope.onmessage = async ({ data: message }) => {
  try {
    if ("model" in message) {
      ready = load(message);
      await ready;
      scope.postMessage({ answer: undefined }, []);
    } else {
      const answer = await step(message);
      scope.postMessage({ answer }, [answer.weights, answer.gradients]);
    }
  } catch (error) {
    scope.postMessage({ error: error instanceof Error ? error.message : String(error) }, []);
  }
};
