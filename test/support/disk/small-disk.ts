import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Enough for a member that runs for minutes, and little memory when it is full. */
const SIZE_MIB = 48;

const COMMAND_MS_MAX = 300_000;

const MIB = 1024 * 1024;
/** First in large steps, then page by page. */
const STEPS = [Buffer.alloc(MIB, 0x5a), Buffer.alloc(4096, 0x5a)];

/** A disk of its own below one folder, which a test fills to the last byte. */
export class SmallDisk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether this process may mount; without that right what needs a small disk is left out. */
  static get isPossible(): boolean {
    const folder = mkdtempSync(join(tmpdir(), 'btcfed-mount-'));
    const mounted =
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { timeout: COMMAND_MS_MAX })
        .status === 0;
    if (mounted) spawnSync('umount', [folder], { timeout: COMMAND_MS_MAX });
    rmSync(folder, { recursive: true, force: true });
    return mounted;
  }

  /** Puts the disk under a folder that nobody uses yet, with all that is in it. */
  static under(folder: string): SmallDisk {
    const kept = mkdtempSync(join(tmpdir(), 'btcfed-kept-'));
    cpSync(folder, kept, { recursive: true });
    run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m,mode=700`, 'tmpfs', folder]);
    cpSync(kept, folder, { recursive: true });
    rmSync(kept, { recursive: true, force: true });
    return new SmallDisk(folder);
  }

  /** Writes until nothing fits any more. */
  fill(): void {
    for (const piece of STEPS) {
      try {
        for (;;) appendFileSync(this.#ballast, piece);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    }
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  remove(): void {
    run('umount', ['--lazy', this.#folder]);
  }

  get #ballast(): string {
    return join(this.#folder, 'ballast');
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: COMMAND_MS_MAX });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
}
