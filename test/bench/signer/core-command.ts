import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalidInput } from '#services/launcher/words/errors.ts';

/** Folders that the unit of the core names, as they are here. */
export interface CorePlaces {
  /** Output of `npm run build:signer`: the program, its Node, its unit. */
  readonly program: string;
  readonly state: string;
  readonly runtime: string;
}

/** The core as its unit starts it, without what systemd adds: the same Node, the same flags, the same file. */
export function deployedCore({ program, state, runtime }: CorePlaces): readonly string[] {
  return startLineIn(program)
    .replaceAll('/opt/btcfed-signer', program)
    .replaceAll('%S/btcfed-signer', state)
    .replaceAll('%t/btcfed-signer', runtime)
    .replaceAll('%d', state)
    .split(' ');
}

/** @throws CliError when the folder is not one that `npm run build:signer` made. */
export function startLineIn(program: string): string {
  const unit = join(program, 'btcfed-signer-core.service');
  const [, line] = /^ExecStart=(.*)$/m.exec(existsSync(unit) ? readFileSync(unit, 'utf8') : '') ?? [];
  if (line !== undefined) return line;
  throw invalidInput(`${unit} is not there: make the folder with "npm run build:signer -- --out ${program}"`);
}
