import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutated, type RowMutation } from './mutation.ts';

const GIT_MS_MAX = 60_000;

/** A copy of the tracked files as they are now, in which production code may be broken. */
export class CodeCopy {
  readonly root = mkdtempSync(join(tmpdir(), 'btcfed-rows-'));

  constructor(origin: string) {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: origin,
      encoding: 'utf8',
      timeout: GIT_MS_MAX,
    });
    for (const file of listed.split('\0').filter((each) => each !== '')) {
      cpSync(join(origin, file), join(this.root, file), { recursive: true, verbatimSymlinks: true });
    }
    symlinkSync(join(origin, 'node_modules'), join(this.root, 'node_modules'));
  }

  /** Runs `task` while the mutation is in the copy; undefined when it does not apply. */
  while<Result>(mutation: RowMutation, task: () => Result): Result | undefined {
    const path = join(this.root, mutation.file);
    const before = readFileSync(path, 'utf8');
    const after = mutated(before, mutation);
    if (after === undefined) return undefined;
    writeFileSync(path, after);
    try {
      return task();
    } finally {
      writeFileSync(path, before);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
