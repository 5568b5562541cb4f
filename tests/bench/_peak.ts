/** Memory of this process. */

/** Most memory that this process has had, in bytes. */
export function peakBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(Deno.readTextFileSync("/proc/self/status"));
    if (kilobytes !== null) return 1024 * Number(kilobytes[1]);
  } catch {
    // not Linux: what it has now is near enough
  }
  return Deno.memoryUsage().rss;
}
