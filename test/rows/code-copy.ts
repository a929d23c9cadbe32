import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutated, type RowMutation } from './mutation.ts';

const COMMAND_MS_MAX = 60_000;

/** A copy of the tracked files as they are now, in which production code may be broken. */
export class CodeCopy {
  readonly root = mkdtempSync(join(tmpdir(), 'btcfed-rows-'));

  constructor(origin: string) {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: origin,
      encoding: 'utf8',
      timeout: COMMAND_MS_MAX,
    });
    for (const file of listed.split('\0').filter((each) => each !== '')) {
      cpSync(join(origin, file), join(this.root, file), { recursive: true, verbatimSymlinks: true });
    }
    // Packages are hard links and no symbolic ones, because the build of the signer asks where they really lie.
    // Across file systems they are copied.
    const packages = realpathSync(join(origin, 'node_modules'));
    const isOneDisk = statSync(packages).dev === statSync(this.root).dev;
    const how = isOneDisk ? '-al' : '-a';
    execFileSync('cp', [how, packages, join(this.root, 'node_modules')], { timeout: COMMAND_MS_MAX });
  }

  /** Runs `task` while the mutation is in the copy; undefined when it does not apply. */
  async while<Result>(mutation: RowMutation, task: () => Promise<Result>): Promise<Result | undefined> {
    const path = join(this.root, mutation.file);
    const before = readFileSync(path, 'utf8');
    const after = mutated(before, mutation);
    if (after === undefined) return undefined;
    writeFileSync(path, after);
    try {
      return await task();
    } finally {
      writeFileSync(path, before);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
