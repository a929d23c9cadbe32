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
  /** Those that were not found yet. */
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  get error(): ClientError | undefined {
    return this.#error;
  }

  /** Looks for some of its hashes, whose first is item `first`. @returns how many of these are not final yet. */
  look(hashes: readonly Digest[], first: number, awaited: AwaitedPlaces): number {
    let missing = 0;
    for (const [at, hash] of hashes.entries()) {
      const item = first + at;
      const place = awaited.placeOf(hash);
      if (place !== undefined) this.#find({ item, ...place });
      else {
        missing += 1;
        this.#undo.push(awaited.add(hash, (position) => this.#find({ item, ...position })));
      }
    }
    return missing;
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
