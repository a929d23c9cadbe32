import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A connection that the other end closed is opened again after this while. */
const REOPEN_MS = 1_000;

/** TCP connections to one port that show no identity, kept at their number for as long as the attack lasts. */
export class HalfOpen implements AsyncDisposable {
  readonly #port: number;
  readonly #firstBytes: Uint8Array;
  readonly #open = new Set<Socket>();
  readonly #over = new AbortController();
  readonly #keeping: readonly Promise<void>[];
  #opened = 0;

  /** @param firstBytes - The bytes that each sends before it falls silent. */
  constructor(port: number, count: number, firstBytes: Uint8Array = new Uint8Array(0)) {
    this.#port = port;
    this.#firstBytes = firstBytes;
    this.#keeping = Array.from({ length: count }, () => this.#keepOne());
  }

  /** Open now. */
  get open(): number {
    return this.#open.size;
  }

  /** Opened since the start. */
  get opened(): number {
    return this.#opened;
  }

  async #keepOne(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.#openOne();
      await sleep(REOPEN_MS, undefined, { signal: this.#over.signal }).catch(() => undefined);
    }
  }

  #openOne(): Promise<void> {
    const socket = connect({ port: this.#port, host: '127.0.0.1' });
    socket.on('connect', () => {
      this.#opened += 1;
      this.#open.add(socket);
      if (this.#firstBytes.length > 0) socket.write(this.#firstBytes);
    });
    socket.on('error', () => {});
    return new Promise((resolve) => {
      socket.on('close', () => {
        this.#open.delete(socket);
        resolve();
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    for (const socket of this.#open) socket.destroy();
    await Promise.all(this.#keeping);
  }
}
