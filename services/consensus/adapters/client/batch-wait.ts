import type { Digest } from '#libs/chain/ids.ts';
import type { FinalPlace } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { AwaitedPlaces } from './awaited-places.ts';
import type { ClientError } from './client-errors.ts';

/** One call that waits. */
export class BatchWait implements Disposable {
  #found: FinalPlace[] = [];
  readonly #undo: (() => void)[] = [];
  #error: ClientError | undefined;
  #wake: () => void = () => {};
  /** Those that are not final yet. */
  #left = 0;

  get error(): ClientError | undefined {
    return this.#error;
  }

  /** @returns how many of these are not final yet. */
  look(hashes: readonly Digest[], awaited: AwaitedPlaces): number {
    for (const [item, hash] of hashes.entries()) {
      const place = awaited.placeOf(hash);
      if (place !== undefined) this.#found.push({ item, ...place });
      else this.#undo.push(awaited.add(hash, (position) => this.#find({ item, ...position })));
    }
    this.#left = this.#undo.length;
    return this.#left;
  }

  onEnd(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Those that were found since it was last called. */
  take(): FinalPlace[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  /** Until another is found, or it ended. Look first: what came before the call is not remembered. */
  async more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  end(error: ClientError): void {
    this.#error ??= error;
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#wake();
  }

  #find(place: FinalPlace): void {
    this.#found.push(place);
    this.#left -= 1;
    if (this.#left === 0) this[Symbol.dispose]();
    this.#wake();
  }
}
