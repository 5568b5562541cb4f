/**
 * A Chromium without a window, driven by its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/) over a
 * WebSocket to this machine.
 */

/** Where browsers usually are; VEC2FACE_CHROMIUM comes first. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
/** Flags of the browser: no window, no account, nothing sent home. */
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--no-default-browser-check",
  "--remote-debugging-port=0",
];
/** Milliseconds until the browser must have started, and until an answer must have come. */
const PATIENCE = 120_000;

/** Path of a browser; undefined when there is none. */
export async function findChromium(): Promise<string | undefined> {
  const given = Deno.env.get("VEC2FACE_CHROMIUM");
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const places = [...(given ? [given] : []), ...NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`))];
  for (const place of places) {
    try {
      if ((await Deno.stat(place)).isFile) return place;
    } catch {
      // not there
    }
  }
  return undefined;
}

/** Something that the page tells. */
export interface PageEvent {
  readonly method: string;
  // deno-lint-ignore no-explicit-any -- shapes are those of the protocol
  readonly params: any;
}

/** One page of a browser of its own. */
export class Page implements AsyncDisposable {
  /** Everything that the page told so far. */
  readonly events: PageEvent[] = [];
  readonly #socket: WebSocket;
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #waiting: { readonly method: string; readonly found: PromiseWithResolvers<PageEvent> }[] = [];
  #session: string | undefined;
  #calls = 0;

  private constructor(socket: WebSocket, process: Deno.ChildProcess, folder: string) {
    this.#socket = socket;
    this.#process = process;
    this.#folder = folder;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  /** Starts the browser and opens an empty page that is cut off from all networks. */
  static async open(browser: string): Promise<Page> {
    const folder = await Deno.makeTempDir();
    const process = new Deno.Command(browser, {
      args: [...FLAGS, `--user-data-dir=${folder}`, "about:blank"],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const address = await devtoolsAddress(process);
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`Cannot talk to ${browser} at ${address}`));
    });
    const page = new Page(socket, process, folder);
    const { targetId } = await page.send("Target.createTarget", { url: "about:blank" });
    page.#session = (await page.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    for (const part of ["Page", "Runtime", "Log", "Network"]) await page.send(`${part}.enable`);
    await page.send("Network.emulateNetworkConditions", {
      ...{ offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 },
    });
    return page;
  }

  /** Asks the browser for something. */
  // deno-lint-ignore no-explicit-any -- shapes are those of the protocol
  async send(method: string, params: object = {}): Promise<any> {
    const id = ++this.#calls, answer = Promise.withResolvers<unknown>();
    this.#open.set(id, answer);
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    return await inTime(answer.promise, method);
  }

  /** Waits for an event that comes from now on. */
  async next(method: string): Promise<PageEvent> {
    const found = Promise.withResolvers<PageEvent>();
    this.#waiting.push({ method, found });
    return await inTime(found.promise, method);
  }

  /** Opens an address and waits until it is loaded. */
  async go(url: string): Promise<void> {
    const loaded = this.next("Page.loadEventFired");
    await this.send("Page.navigate", { url });
    await loaded;
  }

  /** Value of an expression in the page; promises are waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      ...{ expression, awaitPromise: true, returnByValue: true },
    });
    if (exceptionDetails !== undefined) {
      throw new Error(`Cannot evaluate ${expression.slice(0, 80)}: ${exceptionDetails.exception?.description}`);
    }
    return result.value as T;
  }

  /** Presses a key and lets it go. */
  async press(key: string, code = key): Promise<void> {
    const keyCode = { Tab: 9, Enter: 13 }[key] ?? 0;
    const text = key === "Enter" ? { text: "\r" } : {};
    const common = { key, code, windowsVirtualKeyCode: keyCode, nativeVirtualKeyCode: keyCode };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...common, ...text });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...common });
  }

  /** Sets the size of the window in pixels. */
  async resize(width: number, height: number): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** A PNG of the page or a part of it. */
  async screenshot(clip?: { x: number; y: number; width: number; height: number }): Promise<Uint8Array> {
    const part = clip === undefined ? {} : { clip: { ...clip, scale: 1 } };
    const { data } = await this.send("Page.captureScreenshot", { captureBeyondViewport: true, ...part });
    return Uint8Array.fromBase64(data);
  }

  #take(message: { id?: number; result?: unknown; error?: { message: string } } & Partial<PageEvent>): void {
    if (message.id === undefined) {
      const event = { method: message.method!, params: message.params };
      this.events.push(event);
      const at = this.#waiting.findIndex(({ method }) => method === event.method);
      if (at >= 0) this.#waiting.splice(at, 1)[0]!.found.resolve(event);
      return;
    }
    const answer = this.#open.get(message.id);
    this.#open.delete(message.id);
    if (message.error === undefined) answer?.resolve(message.result);
    else answer?.reject(new Error(message.error.message));
  }

  /** Ends the browser. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#session = undefined;
    await this.send("Browser.close").catch(() => {});
    this.#socket.close();
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true }).catch(() => {}); // its helpers may still be writing
  }
}

/** The address that the browser writes when it is ready; what it writes later is read and dropped. */
async function devtoolsAddress(process: Deno.ChildProcess): Promise<string> {
  const found = Promise.withResolvers<string>();
  let text = "";
  const reading = (async () => {
    for await (const part of process.stderr.pipeThrough(new TextDecoderStream())) {
      if (text.length < 20_000) text += part;
      const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (address !== undefined) found.resolve(address);
    }
    found.reject(new Error(`The browser ended before it was ready: ${text.trim()}`));
  })();
  reading.catch((error) => found.reject(error));
  return await inTime(found.promise, "the browser's start");
}

async function inTime<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing came of ${what} in ${PATIENCE / 1000} s`)), PATIENCE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
