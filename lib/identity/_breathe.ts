/** A pause in long work of one thread. */

/** Lets timers and messages in, so that an abort can be heard; throws the signal's reason once it is aborted. */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  await new Promise((resolve) => setTimeout(resolve));
  signal.throwIfAborted();
}
