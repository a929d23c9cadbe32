import { concatBytes } from '#libs/bytes/bytes.ts';
import type { ByteStream } from '#services/gateway/ports/peer-network.ts';

/**
 * One end of a stream in memory: keeps sent bytes, delivers the test's bytes, and accepts as much as the test allows.
 */
export class FakeStream implements ByteStream {
  readonly sent: Uint8Array[] = [];
  /** Sends that are taken before it is full. */
  room = Number.POSITIVE_INFINITY;
  isPaused = false;
  resetReason: string | undefined;
  isEnded = false;
  readonly #listeners = { writable: [] as (() => void)[], closed: [] as (() => void)[] };
  #onBytes: (bytes: Uint8Array) => void = () => {};

  get isFull(): boolean {
    return this.room <= 0;
  }

  get sentBytes(): Uint8Array {
    return concatBytes(this.sent);
  }

  send(...pieces: readonly Uint8Array[]): boolean {
    this.sent.push(concatBytes(pieces));
    this.room -= 1;
    return !this.isFull;
  }

  onWritable(listener: () => void): void {
    this.#listeners.writable.push(listener);
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#onBytes = listener;
  }

  onClosed(listener: () => void): void {
    this.#listeners.closed.push(listener);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  end(): void {
    this.isEnded = true;
  }

  reset(reason: string): void {
    this.resetReason = reason;
    this.close();
  }

  close(): void {
    for (const listener of this.#listeners.closed.splice(0)) listener();
  }

  /** Bytes come from the other end. */
  receive(bytes: Uint8Array): void {
    this.#onBytes(bytes);
  }

  /** The other end takes `sends` more. */
  drain(sends: number): void {
    this.room = sends;
    for (const listener of this.#listeners.writable) listener();
  }
}
