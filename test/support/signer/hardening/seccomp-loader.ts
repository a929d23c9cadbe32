import { spawnSync } from 'node:child_process';
import { X64_SYSTEM_CALLS } from './x64-system-calls.ts';

/** linux/filter.h, linux/seccomp.h, linux/audit.h. */
const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const ALLOW = 0x7fff_0000;
const REFUSE = 0x0005_0000; // SECCOMP_RET_ERRNO
const KILL = 0x8000_0000;
const ARCHITECTURE_X64 = 0xc000_003e;
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const INSTRUCTION_BYTES = 8;
const PROBE_MS_MAX = 300_000;

/** prctl(PR_SET_NO_NEW_PRIVS), seccomp(SECCOMP_SET_MODE_FILTER) with a sock_fprog, and then the command that follows. */
const LOADER =
  'my $f = pack("H*", shift); my $p = pack("S x6 P", length($f) / 8, $f); ' +
  'syscall(157, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!"; syscall(317, 1, 0, $p) == 0 or die "seccomp: $!"; ' +
  'exec @ARGV or die "exec: $!"';

/**
 * A command that has the kernel refuse itself every system call but these, and then executes another command, as a
 * container engine does with a seccomp list. Undefined where there is no perl, or system calls have other numbers.
 */
export function allowingOnly(
  names: readonly string[],
  errorNumber: number,
): readonly [string, ...string[]] | undefined {
  if (process.arch !== 'x64') return undefined;
  const prefix = ['perl', '-e', LOADER, filterOf(names, errorNumber)] as const;
  const [command, ...args] = prefix;
  return spawnSync(command, [...args, '/bin/true'], { timeout: PROBE_MS_MAX }).status === 0
    ? [...prefix]
    : undefined;
}

/** The list as a filter of the kernel, in hex. */
function filterOf(names: readonly string[], errorNumber: number): string {
  const numbers = names.map((name) => {
    const number = X64_SYSTEM_CALLS[name];
    if (number === undefined) throw new Error(`x64-system-calls.ts does not know ${name}`);
    return number;
  });
  const checks = numbers.map((number, index) =>
    // On to the last instruction, which allows; else to the next.
    instruction(JUMP_IF_EQUAL, number, { whenTrue: numbers.length - index }),
  );
  return Buffer.concat([
    instruction(LOAD_WORD, ARCHITECTURE_AT),
    instruction(JUMP_IF_EQUAL, ARCHITECTURE_X64, { whenTrue: 1 }),
    instruction(RETURN, KILL),
    instruction(LOAD_WORD, NUMBER_AT),
    ...checks,
    instruction(RETURN, REFUSE + errorNumber),
    instruction(RETURN, ALLOW),
  ]).toString('hex');
}

function instruction(code: number, value: number, { whenTrue = 0 } = {}): Buffer {
  const bytes = Buffer.alloc(INSTRUCTION_BYTES);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(whenTrue, 2);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
