import { syncBuiltinESMExports } from 'node:module';
import { type DiskChange, type DiskRecorder, diskPatches } from './disk-patches.ts';
import { DurableFiles } from './durable-files.ts';
import { type DiskFault, diskError, Killed } from './faulty-disk.ts';

/** A fault before one of the steps by which Node and SQLite change files. */
export interface StepPlan {
  readonly fault: Exclude<DiskFault, 'torn'>;
  /** Number of the step, from 0; a step that never comes means no fault. */
  readonly at: number;
}

/** The remaining files, in new folders that the caller removes. */
export interface DiskImages {
  /** The files as they are; after a kill, as they were then. */
  readonly kept: string;
  /** The same without unsynced content and names. */
  readonly synced: string;
}

export interface RecordedRun {
  /** The steps in words, up to the fault. */
  readonly steps: readonly string[];
  /** Why the work ended before its end; undefined: it did all. */
  readonly failure: unknown;
  readonly images: DiskImages;
}

/**
 * Does `work` in `folder`, with each change of a file as a step before which the process can be ended, or which can
 * fail; and notes every sync. It replaces functions of `node:fs` and `node:sqlite` in this process meanwhile, so only
 * one run at a time is possible.
 */
export async function onRecordedDisk(
  folder: string,
  plan: StepPlan,
  work: () => Promise<unknown>,
): Promise<RecordedRun> {
  const recorder = new Recorder(folder, plan);
  const restore = standIn(recorder);
  let failure: unknown;
  try {
    await work();
  } catch (error) {
    failure = error;
  } finally {
    restore();
  }
  return { steps: recorder.steps, failure, images: recorder.images() };
}

class Recorder implements DiskRecorder {
  readonly steps: string[] = [];
  readonly #durable: DurableFiles;
  readonly #plan: StepPlan;
  #left: DiskImages | undefined;
  /** Its own calls are no steps. */
  #isAtWork = false;

  constructor(folder: string, plan: StepPlan) {
    this.#durable = new DurableFiles(folder);
    this.#plan = plan;
  }

  get isDead(): boolean {
    return this.#left !== undefined;
  }

  images(): DiskImages {
    return this.#left ?? this.#atWork(() => this.#imagesNow());
  }

  /** @throws Killed, or the error of the disk. */
  before({ name, of }: DiskChange): void {
    if (this.#isAtWork) return;
    if (this.isDead) throw new Killed('it is gone');
    const at = this.steps.push(name) - 1;
    if (at !== this.#plan.at) return;
    if (this.#plan.fault !== 'kill') throw diskError(this.#plan.fault, of);
    this.#left = this.#atWork(() => this.#imagesNow());
    throw new Killed('it is gone');
  }

  account(work: (durable: DurableFiles) => void): void {
    if (!this.#isAtWork) this.#atWork(() => work(this.#durable));
  }

  #imagesNow(): DiskImages {
    return { kept: this.#durable.imageOfAll(), synced: this.#durable.imageOfSynced() };
  }

  #atWork<Result>(work: () => Result): Result {
    this.#isAtWork = true;
    try {
      return work();
    } finally {
      this.#isAtWork = false;
    }
  }
}

/** @returns what undoes it. */
function standIn(recorder: DiskRecorder): () => void {
  const undone = diskPatches(recorder).map(({ target, name, stand }) => {
    const real = Reflect.get(target, name);
    Reflect.set(target, name, stand(real));
    return () => Reflect.set(target, name, real);
  });
  syncBuiltinESMExports();
  return () => {
    for (const undo of undone) undo();
    syncBuiltinESMExports();
  };
}
