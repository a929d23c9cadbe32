import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { tokenProviderFault } from '#libs/crypto/token-key.ts';
import { checkPresent } from '#services/launcher/adapters/check-present.ts';
import type { FileFacts, FolderFacts, MachineFacts, ProcessFacts } from '../core/machine-facts.ts';
import { diskFacts } from './disk-facts.ts';
import { textOfFile } from './text-of-file.ts';

/** Where a signer keeps its files. */
interface Place {
  readonly folder: string;
  readonly mirror: string | undefined;
}

const PERMISSION_BITS = 0o777;
const EDAC = '/sys/devices/system/edac/mc';

/** Finds out the facts about this machine and a signer's folder. Nothing is opened for writing. */
export function machineFacts(place: Place, judged: ProcessFacts): MachineFacts {
  const facts = folderFacts(place);
  return {
    process: judged,
    cores: availableParallelism(),
    swaps: swapDevices(),
    ptraceScope: numberOf(textOfFile('/proc/sys/kernel/yama/ptrace_scope')),
    hasEcc: existsSync(EDAC) && readdirSync(EDAC).some((name) => /^mc\d+$/.test(name)),
    tokenProvider: facts.key === 'token' ? tokenProviderFault() : undefined,
    folder: facts,
  };
}

/** Devices that memory is swapped to; undefined: they could not be found out. */
export function swapDevices(): readonly string[] | undefined {
  const lines = textOfFile('/proc/swaps')?.trim().split('\n').slice(1);
  return lines?.map((line) => line.split(/\s+/)[0] ?? '');
}

function folderFacts({ folder, mirror = join(folder, 'signer.mirror') }: Place): FolderFacts {
  checkPresent(folder, ': --home names the home of a member, --folder the folder of a signer');
  const record = join(folder, 'signer.db');
  const key = join(folder, 'signer.key');
  const files = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
  const isWhole = existsSync(record) && existsSync(mirror);
  return {
    ...diskFacts(folder),
    files: files.map((file) => fileFacts(file, statSync(file), process.getuid?.())),
    isMirrorBeside: isWhole ? statSync(record).dev === statSync(mirror).dev : undefined,
    key: existsSync(key) ? keyKind(textOfFile(key) ?? '') : undefined,
  };
}

function keyKind(text: string): 'plain' | 'sealed' | 'token' {
  if (/"token_key"/.test(text)) return 'token';
  return /"sealed_key"/.test(text) ? 'sealed' : 'plain';
}

/** @param owner - The number of the user whose it should be. */
export function fileFacts(
  path: string,
  { mode, uid }: Pick<Stats, 'mode' | 'uid'>,
  owner: number | undefined,
): FileFacts {
  return { path, mode: mode & PERMISSION_BITS, isOwn: uid === owner };
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number.parseInt(text ?? '', 10);
  return Number.isNaN(number) ? undefined : number;
}
