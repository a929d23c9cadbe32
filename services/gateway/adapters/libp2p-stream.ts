import type { Stream } from '@libp2p/interface';
import { Uint8ArrayList } from 'uint8arraylist';
import type { ByteStream } from '../ports/peer-network.ts';
import { makeWindowLazy } from './lazy-window.ts';

/**
 * A libp2p stream as the gateway sees it.
 *
 * `stream.onDrain()` is not used: in 3.3.11 the promise behind it is made once and stays resolved, so that a second
 * wait for a full stream would not wait at all. The `drain` event is right.
 */
export class Libp2pStream implements ByteStream {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
    makeWindowLazy(stream);
    // Frames go one way, and an answer is sent before the asker finishes: when the other end has finished, so do we.
    stream.addEventListener('remoteCloseWrite', () => void stream.close().catch(() => {}), { once: true });
  }

  get isFull(): boolean {
    return this.#stream.writableNeedsDrain || this.#stream.writeStatus !== 'writable';
  }

  send(...pieces: readonly Uint8Array[]): boolean {
    try {
      return this.#stream.send(new Uint8ArrayList(...pieces));
    } catch {
      // The stream closed meanwhile: `onClosed` reports that.
      return false;
    }
  }

  onWritable(listener: () => void): void {
    this.#stream.addEventListener('drain', listener);
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#stream.addEventListener('message', ({ data }) => {
      if (data instanceof Uint8Array) listener(data);
      else for (const part of data) listener(part);
    });
  }

  onClosed(listener: () => void): void {
    if (this.#stream.status === 'open' || this.#stream.status === 'closing') {
      this.#stream.addEventListener('close', listener, { once: true });
    } else {
      queueMicrotask(listener);
    }
  }

  pause(): void {
    if (this.#isReadable()) this.#stream.pause();
  }

  resume(): void {
    if (this.#isReadable()) this.#stream.resume();
  }

  end(): void {
    void this.#stream.close().catch(() => {});
  }

  reset(reason: string): void {
    this.#stream.abort(new Error(reason));
  }

  #isReadable(): boolean {
    return this.#stream.readStatus === 'readable' || this.#stream.readStatus === 'paused';
  }
}
