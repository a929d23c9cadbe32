import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { tokenProviderFault } from '#libs/crypto/token-key.ts';
import { checkPresent } from '#services/launcher/adapters/check-present.ts';
import type { FileFacts, FolderFacts, MachineFacts, ProcessFacts } from '../core/machine-facts.ts';
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
    swaps: textOfFile('/proc/swaps')
      ?.trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(/\s+/)[0] ?? ''),
    ptraceScope: numberOf(textOfFile('/proc/sys/kernel/yama/ptrace_scope')),
    hasEcc: existsSync(EDAC) && readdirSync(EDAC).some((name) => /^mc\d+$/.test(name)),
    tokenProvider: facts.key === 'token' ? tokenProviderFault() : undefined,
    folder: facts,
  };
}

function folderFacts({ folder, mirror = join(folder, 'signer.mirror') }: Place): FolderFacts {
  checkPresent(folder, ': --home names the home of a member, --folder the folder of a signer');
  const { bavail, bsize } = statfsSync(folder);
  const record = join(folder, 'signer.db');
  const key = join(folder, 'signer.key');
  const files = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
  const isWhole = existsSync(record) && existsSync(mirror);
  return {
    ...mountOf(folder),
    path: folder,
    freeBytes: bavail * bsize,
    files: files.map(fileFacts),
    isMirrorBeside: isWhole ? statSync(record).dev === statSync(mirror).dev : undefined,
    key: existsSync(key) ? keyKind(textOfFile(key) ?? '') : undefined,
  };
}

function keyKind(text: string): 'plain' | 'sealed' | 'token' {
  if (/"token_key"/.test(text)) return 'token';
  return /"sealed_key"/.test(text) ? 'sealed' : 'plain';
}

function fileFacts(path: string): FileFacts {
  const { mode, uid } = statSync(path);
  return { path, mode: mode & PERMISSION_BITS, isOwn: uid === process.getuid?.() };
}

/** The facts of the mount that holds the folder. The kernel lists mounts by the number of the device. */
function mountOf(folder: string): Pick<FolderFacts, 'fileSystem' | 'mountOptions'> {
  const { dev } = statSync(folder, { bigint: true });
  const device = `${(dev >> 8n) & 0xfffn}:${(dev & 0xffn) | ((dev >> 12n) & 0xfff00n)}`;
  const lines = (textOfFile('/proc/self/mountinfo') ?? '').split('\n').map((line) => line.split(' '));
  const found = lines.filter((fields) => fields[2] === device).at(-1);
  const dash = found?.indexOf('-') ?? -1;
  if (found === undefined || dash < 0) return { fileSystem: undefined, mountOptions: [] };
  const options = [found[5] ?? '', found[dash + 3] ?? ''].flatMap((each) => each.split(','));
  return { fileSystem: found[dash + 1], mountOptions: options };
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number.parseInt(text ?? '', 10);
  return Number.isNaN(number) ? undefined : number;
}
