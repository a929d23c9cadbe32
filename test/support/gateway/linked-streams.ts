import type { ByteStream } from '#services/gateway/ports/peer-network.ts';

/** One end of a stream in memory: the other end gets its bytes a moment later. */
class LinkedStream implements ByteStream {
  readonly isFull = false;
  other: LinkedStream | undefined;
  isEnded = false;
  #onBytes: ((bytes: Uint8Array) => void) | undefined;
  readonly #waiting: Uint8Array[] = [];
  readonly #onClosed: (() => void)[] = [];

  send(bytes: Uint8Array): boolean {
    queueMicrotask(() => this.other?.receive(bytes));
    return true;
  }

  receive(bytes: Uint8Array): void {
    if (this.#onBytes === undefined) this.#waiting.push(bytes);
    else this.#onBytes(bytes);
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#onBytes = listener;
    for (const bytes of this.#waiting.splice(0)) listener(bytes);
  }

  onClosed(listener: () => void): void {
    this.#onClosed.push(listener);
  }

  onWritable(): void {}

  pause(): void {}

  resume(): void {}

  end(): void {
    this.isEnded = true;
    if (this.other?.isEnded === true) this.reset();
  }

  reset(): void {
    for (const end of [this, this.other]) queueMicrotask(() => end?.close());
  }

  close(): void {
    for (const listener of this.#onClosed.splice(0)) listener();
  }
}

/** Both ends of a stream. */
export function linkedStreams(): readonly [ByteStream, ByteStream] {
  const [one, other] = [new LinkedStream(), new LinkedStream()];
  one.other = other;
  other.other = one;
  return [one, other];
}
