import type { Duplex } from 'node:stream';
import { CALLS_AT_ONCE_MAX } from '../words/limits.ts';
import { type Frame, frameBytes } from './core-frames.ts';

/**
 * The calls of one connection, begun one by one with a turn for others in between. None begins while the maximum is
 * open, or while the caller does not read its answers: a caller can send anything, and still holds only so much.
 */
export class FrameTurns {
  readonly #socket: Duplex;
  readonly #answered: (frame: Frame) => Promise<Frame>;
  readonly #waiting: Frame[] = [];
  #open = 0;
  #isNext = false;

  constructor(socket: Duplex, answered: (frame: Frame) => Promise<Frame>) {
    this.#socket = socket;
    this.#answered = answered;
    socket.on('drain', () => this.#goOn());
  }

  /** The calls of one read. Nothing more is read before all of them are begun. */
  add(frames: readonly Frame[]): void {
    this.#waiting.push(...frames);
    if (!this.#isNext) this.#goOn();
  }

  /** The connection is gone: waiting calls are not begun, and their bytes may be secret. */
  clear(): void {
    for (const { content } of this.#waiting.splice(0)) content.fill(0);
  }

  #goOn(): void {
    const isFull = this.#open >= CALLS_AT_ONCE_MAX || this.#socket.writableNeedDrain;
    const frame = isFull ? undefined : this.#waiting.shift();
    if (isFull || this.#waiting.length > 0) this.#socket.pause();
    else this.#socket.resume();
    if (frame === undefined) return;
    this.#begin(frame);
    if (this.#waiting.length > 0) this.#later();
  }

  #begin(frame: Frame): void {
    this.#open += 1;
    void this.#answered(frame).then((answer) => {
      this.#open -= 1;
      if (this.#socket.destroyed) return;
      this.#socket.write(frameBytes(answer));
      if (this.#socket.isPaused()) this.#later();
    });
  }

  #later(): void {
    if (this.#isNext) return;
    this.#isNext = true;
    setImmediate(() => {
      this.#isNext = false;
      this.#goOn();
    });
  }
}
