import fs from 'node:fs';
import files from 'node:fs/promises';
import { devNull } from 'node:os';
import { basename } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DurableFiles } from './durable-files.ts';

/** One change of a file, before it happens. */
export interface DiskChange {
  /** The change in words, for a person who looks for the place. */
  readonly name: string;
  readonly of: 'file' | 'database';
}

/** Is told of each change, before and after it. */
export interface DiskRecorder {
  readonly isDead: boolean;
  /** Ends the process, or has the change fail, by throwing. */
  before(change: DiskChange): void;
  /** After the change. */
  account(work: (durable: DurableFiles) => void): void;
}

interface OfNode {
  stand(this: unknown, ...args: unknown[]): unknown;
}
/** A function of any shape: declared as a method, it accepts a stand-in that names its own arguments. */
type AnyFunction = OfNode['stand'];

export interface DiskPatch {
  readonly target: object;
  readonly name: string;
  readonly stand: (real: AnyFunction) => AnyFunction;
}

/** All by which the code of this project changes files, told to the recorder. */
export function diskPatches(recorder: DiskRecorder): readonly DiskPatch[] {
  return [...filePatches(recorder), ...promisePatches(recorder), ...databasePatches(recorder)];
}

const isReading = (flags: unknown): boolean =>
  flags === undefined ||
  flags === 'r' ||
  flags === 'r+' ||
  (typeof flags === 'number' && (flags & fs.constants.O_CREAT) === 0);

function filePatches(recorder: DiskRecorder): readonly DiskPatch[] {
  const step = (name: string): void => recorder.before({ name, of: 'file' });
  const named = (name: string): DiskPatch => ({
    ...{ target: fs, name },
    stand:
      (real) =>
      (path, ...args) => {
        step(`${name} ${basename(String(path))}`);
        return real(path, ...args);
      },
  });
  const open: DiskPatch = {
    ...{ target: fs, name: 'openSync' },
    stand: (real) => (path: string, flags, mode) => {
      if (isReading(flags)) return real(path, flags, mode);
      step(`open ${basename(path)}`);
      const descriptor = real(path, flags, mode);
      recorder.account((durable) => durable.made(path));
      return descriptor;
    },
  };
  const write: DiskPatch = {
    ...{ target: fs, name: 'writeSync' },
    stand:
      (real) =>
      (...args) => {
        step('write');
        return real(...args);
      },
  };
  const sync: DiskPatch = {
    ...{ target: fs, name: 'fsyncSync' },
    stand: (real) => (descriptor: number) => {
      step('sync');
      real(descriptor);
      recorder.account((durable) => durable.synced(descriptor));
    },
  };
  return [...['mkdirSync', 'renameSync', 'rmSync'].map(named), open, write, sync];
}

const probe = await files.open(devNull);
const HANDLE: object = Object.getPrototypeOf(probe);
await probe.close();

function promisePatches(recorder: DiskRecorder): readonly DiskPatch[] {
  const step = (name: string): void => recorder.before({ name, of: 'file' });
  const named = (name: string): DiskPatch => ({
    ...{ target: files, name },
    stand:
      (real) =>
      async (path, ...args) => {
        step(`${name} ${basename(String(path))}`);
        return real(path, ...args);
      },
  });
  const open: DiskPatch = {
    ...{ target: files, name: 'open' },
    stand: (real) => async (path: string, flags, mode) => {
      if (isReading(flags)) return real(path, flags, mode);
      step(`open ${basename(path)}`);
      const handle = await real(path, flags, mode);
      recorder.account((durable) => durable.made(path));
      return handle;
    },
  };
  const onHandle = (name: string): DiskPatch => ({
    ...{ target: HANDLE, name },
    stand: (real) =>
      async function (this: files.FileHandle, ...args) {
        step(`${name} of an open file`);
        const result = await real.apply(this, args);
        if (name === 'sync') recorder.account((durable) => durable.synced(this.fd));
        return result;
      },
  });
  return [
    ...['mkdir', 'rename', 'rm', 'link', 'unlink'].map(named),
    ...['write', 'writeFile', 'sync'].map(onHandle),
    open,
  ];
}

/** `synchronous` as SQLite has it now: below 2, FULL, a commit waits for no disk. */
function waitsForDisk(database: DatabaseSync): boolean {
  return Number(database.prepare('PRAGMA synchronous').get()?.['synchronous']) >= 2;
}

/** Each statement, and closing, because then SQLite writes its log into the file. */
function databasePatches(recorder: DiskRecorder): readonly DiskPatch[] {
  const sqlOf = new WeakMap<StatementSync, string>();
  const step = (name: string): void => recorder.before({ name, of: 'database' });
  const synced = (database: DatabaseSync): void => {
    const path = database.location() ?? '';
    recorder.account((durable) => {
      for (const suffix of ['', '-wal']) durable.syncedPath(path + suffix);
    });
  };
  const exec: DiskPatch = {
    ...{ target: DatabaseSync.prototype, name: 'exec' },
    stand: (real) =>
      function (this: DatabaseSync, sql: string) {
        step(sql.trim().split('\n').at(0) ?? '');
        real.call(this, sql);
        const isWaiting = sql === 'COMMIT' || sql.includes('journal_mode');
        if (isWaiting && waitsForDisk(this)) synced(this);
      },
  };
  const prepare: DiskPatch = {
    ...{ target: DatabaseSync.prototype, name: 'prepare' },
    stand: (real) =>
      function (this: DatabaseSync, sql: string, ...args) {
        const statement = real.call(this, sql, ...args) as StatementSync;
        sqlOf.set(statement, sql.trim().split(/\s+/).slice(0, 3).join(' '));
        return statement;
      },
  };
  const run: DiskPatch = {
    ...{ target: StatementSync.prototype, name: 'run' },
    stand: (real) =>
      function (this: StatementSync, ...args) {
        step(sqlOf.get(this) ?? 'statement');
        return real.apply(this, args);
      },
  };
  const close: DiskPatch = {
    ...{ target: DatabaseSync.prototype, name: 'close' },
    stand: (real) =>
      function (this: DatabaseSync) {
        const path = this.location() ?? '';
        if (!recorder.isDead) step('close the database');
        real.call(this);
        recorder.account((durable) => durable.syncedPath(path));
      },
  };
  return [exec, prepare, run, close];
}
