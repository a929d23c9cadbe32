import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The resources of one process at a moment. */
export interface ProcessSample {
  /** Memory that is really there, MiB. */
  readonly rssMib: number;
  /** Open files and sockets together. */
  readonly handles: number;
  readonly sockets: number;
}

/** Reads it from /proc; undefined for a process that is gone. */
export function sampleProcess(pid: number): ProcessSample | undefined {
  try {
    const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const folder = `/proc/${pid}/fd`;
    const targets = readdirSync(folder).map((handle) => targetOf(`${folder}/${handle}`));
    return {
      rssMib: Number(kib) / 1024,
      handles: targets.length,
      sockets: targets.filter((target) => target.startsWith('socket:')).length,
    };
  } catch {
    return undefined;
  }
}

/** A handle may be closed between the listing and the look. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
