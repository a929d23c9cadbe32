import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PortHolder } from '../core/host-ports.ts';
import type { OpenFileFacts } from '../core/host-resources.ts';
import { textOfFile } from './text-of-file.ts';

/** A process that this user may look into. */
export interface SeenProcess extends PortHolder {
  /** Numbers of the sockets that it holds. */
  readonly sockets: ReadonlySet<string>;
  /** Whether it holds a file of the home: every service has its log there. */
  readonly isOfNode: boolean;
}

const KIBIBYTE = 1_024;

/** The processes whose open files this user may see: its own, or, for root, all. Empty where there is no /proc. */
export function seenProcesses(home: string): readonly SeenProcess[] {
  const below = `${realpathSync(home)}/`;
  return pids().flatMap((pid) => {
    const links = linksOf(pid);
    if (links.length === 0 || pid === process.pid) return [];
    const program = programOf(pid);
    const sockets = links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
    return [
      {
        pid,
        name: basename(program),
        sockets: new Set(sockets),
        // A pager that shows a log holds a file of the home too.
        isOfNode: /node/.test(program) && links.some((link) => link.startsWith(below)),
      },
    ];
  });
}

/** The processes that hold a file, as far as this user may see. */
export function holdersOf(file: string): readonly number[] {
  const path = realpathSync(file);
  return pids().filter((pid) => pid !== process.pid && linksOf(pid).includes(path));
}

function pids(): readonly number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return []; // Not Linux: nothing is known of processes.
  }
}

/** A process that ends meanwhile, or that is not ours to see, has none. */
function linksOf(pid: number): readonly string[] {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap((name) => linkOf(join(folder, name)));
  } catch {
    return [];
  }
}

function linkOf(path: string): readonly string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return []; // It was closed meanwhile.
  }
}

/** As it was started; the short name of the kernel for a process without arguments. Node calls its own there by its threads. */
function programOf(pid: number): string {
  const [program] = textOfFile(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  return program || (textOfFile(`/proc/${pid}/comm`)?.trim() ?? 'unknown');
}

/** Resident memory of these processes, in bytes. */
export function residentBytes(processes: readonly SeenProcess[]): number {
  return processes
    .map(({ pid }) => /^VmRSS:\s+(\d+) kB/m.exec(textOfFile(`/proc/${pid}/status`) ?? '')?.[1])
    .reduce((sum, kib) => sum + Number(kib ?? 0) * KIBIBYTE, 0);
}

/** The smallest limit of open files among these processes; without any, that of this command. */
export function openFileLimit(processes: readonly SeenProcess[]): OpenFileFacts {
  if (processes.length === 0) return { limit: limitOf('self'), pid: undefined };
  const limits = processes.map(({ pid }) => ({ pid, limit: limitOf(String(pid)) }));
  return limits.reduce((one, other) => ((other.limit ?? Infinity) < (one.limit ?? Infinity) ? other : one));
}

function limitOf(pid: string): number | undefined {
  const soft = /^Max open files\s+(\S+)/m.exec(textOfFile(`/proc/${pid}/limits`) ?? '')?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Infinity : Number(soft);
}
