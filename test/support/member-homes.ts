import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;

/** The slowest scheme takes a second for a key. */
const HOMES_MS_MAX = 120_000;

export interface HomesOptions {
  readonly members: number;
  readonly basePort: number;
  readonly scheme?: string | undefined;
}

/** Makes the homes of a federation by the command that a person would type. */
export function makeHomes(out: string, { members, basePort, scheme }: HomesOptions): void {
  const sizes = ['--members', String(members), '--base-port', String(basePort)];
  const command = [join(ROOT, 'services/cli/main.ts'), 'testnet', ...sizes, '--out', out];
  const args = scheme === undefined ? command : [...command, '--scheme', scheme];
  const made = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: HOMES_MS_MAX });
  if (made.status !== 0) throw new Error(`testnet failed: ${made.stderr}`);
}

/** A file that sets the clock of its process wrong and then runs `script`. Production knows nothing of it. */
export function clockShifted(file: string, script: string, shiftMs: number): string {
  writeFileSync(
    file,
    `const Right = Date;
     globalThis.Date = class extends Right {
       constructor(...given) { super(...(given.length === 0 ? [Right.now() + ${shiftMs}] : given)); }
       static now() { return Right.now() + ${shiftMs}; }
     };
     await import(${JSON.stringify(script)});`,
  );
  return file;
}
