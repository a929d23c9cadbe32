import { cpSync, existsSync, mkdtempSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * A fault at one step of a store. `kill`: the process ends before the step. `torn`: it ends in the middle of the
 * step, whose write is then incomplete. The others: the step fails, and the process notices.
 */
export type DiskFault = 'kill' | 'torn' | 'EIO' | 'ENOSPC';

export interface FaultPlan {
  readonly fault: DiskFault;
  /** Number of the step, from 0; a step that never comes means no fault. */
  readonly at: number;
  /** A mutant that never waits for the disk. */
  readonly neverSyncs?: boolean;
}

const MEMORY_DISK = '/dev/shm';

/** A folder in memory where there is such a disk: syncs are counted here, and need not reach a real disk. */
export function scratchFolder(name: string): string {
  return mkdtempSync(join(existsSync(MEMORY_DISK) ? MEMORY_DISK : tmpdir(), `btcfed-${name}-`));
}

/** SQLite's result codes, as its errors carry them. */
const CODES = { EIO: 10, ENOSPC: 13 } as const;

/** The error that Node or SQLite throws for a disk that fails or is full. */
export function diskError(fault: 'EIO' | 'ENOSPC', of: 'file' | 'database'): Error {
  const detail = of === 'file' ? { code: fault } : { code: 'ERR_SQLITE_ERROR', errcode: CODES[fault] };
  return Object.assign(new Error(`disk: ${fault}`), detail);
}

/** The process is gone: nothing that it would still do happens. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/**
 * The disk below a store of one folder, which counts each statement and each write of the mirror as a step, and has
 * one of them fail. It needs nothing of the machine, unlike strace. The content of the disk at the fault is kept as
 * an image: as after `kill -9`, and as after a power cut, which loses unsynced writes.
 */
export class FaultyDisk {
  readonly #folder: string;
  readonly #plan: FaultPlan;
  readonly #wal: string;
  #syncedBytes: number;
  #isSyncing = true;
  #steps = 0;
  #killed: string | undefined;
  #left: string | undefined;

  /** @param folder - With `signer.db` open, and nothing else of it in use. */
  constructor(folder: string, plan: FaultPlan) {
    this.#folder = folder;
    this.#plan = plan;
    this.#wal = join(folder, 'signer.db-wal');
    this.#syncedBytes = this.#walBytes();
  }

  get steps(): number {
    return this.#steps;
  }

  get isDead(): boolean {
    return this.#killed !== undefined;
  }

  /** The files as they are: after the kill as they were then. @returns a folder. */
  imageAfterKill(): string {
    this.#left = this.#killed ?? this.#left ?? this.#image();
    return this.#left;
  }

  /** The same without unsynced writes. The mirror may keep its old content: it is only ever behind. */
  imageAfterPowerCut(): string {
    const image = scratchFolder('power');
    cpSync(this.imageAfterKill(), image, { recursive: true });
    truncateSync(join(image, 'signer.db-wal'), this.#syncedBytes);
    return image;
  }

  /** The same database, on this disk. */
  under(database: DatabaseSync): DatabaseSync {
    const step = <Result>(sql: string, work: () => Result): Result => this.#step(sql, work);
    return new Proxy(database, {
      get(target, name) {
        if (name === 'exec') return (sql: string) => step(sql, () => target.exec(sql));
        if (name === 'prepare') return (sql: string) => stepping(target.prepare(sql), sql, step);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** A write of another file. */
  write(work: () => void): void {
    this.#step('write', work);
  }

  #step<Result>(sql: string, work: () => Result): Result {
    if (this.isDead) throw new Killed('it is gone');
    const isHit = this.#steps === this.#plan.at;
    this.#steps += 1;
    const before = this.#walBytes();
    if (isHit && this.#plan.fault !== 'torn') this.#hit(this.#plan.fault);
    if (sql.startsWith('PRAGMA synchronous = ')) this.#isSyncing = sql.endsWith('FULL');
    const result = work();
    const after = this.#walBytes();
    if (isHit) this.#tear(before, after);
    if (sql === 'COMMIT' && this.#isSyncing && this.#plan.neverSyncs !== true) this.#syncedBytes = after;
    return result;
  }

  #hit(fault: Exclude<DiskFault, 'torn'>): never {
    if (fault === 'kill') return this.#die(this.#image());
    throw diskError(fault, 'database');
  }

  /** Half of the step's write is there. */
  #tear(before: number, after: number): never {
    const image = this.#image();
    if (after > before) truncateSync(join(image, 'signer.db-wal'), before + Math.floor((after - before) / 2));
    this.#die(image);
  }

  #die(image: string): never {
    this.#killed = image;
    throw new Killed('it is gone');
  }

  #image(): string {
    const image = scratchFolder('image');
    cpSync(this.#folder, image, { recursive: true });
    return image;
  }

  #walBytes(): number {
    return statSync(this.#wal, { throwIfNoEntry: false })?.size ?? 0;
  }
}

type Step = <Result>(sql: string, work: () => Result) => Result;

function stepping(statement: StatementSync, sql: string, step: Step): StatementSync {
  return new Proxy(statement, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as (...args: unknown[]) => unknown;
      return name === 'run' ? (...args: unknown[]) => step(sql, () => call(...args)) : call;
    },
  });
}
