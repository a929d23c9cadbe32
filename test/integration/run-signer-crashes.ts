import { parseArgs } from 'node:util';
import { CoreSyscalls, SYSCALL_FAULTS, SYSCALLS, type SyscallFault } from '../support/core-syscalls.ts';

/**
 * `npm run crash:signer -- [--every N] [--json]`: kill, EIO and ENOSPC at every write and every sync of a real core, from
 * its start to its last signature. Needs strace. Exit code 1 when a promise broke.
 */
const { values } = parseArgs({
  options: { every: { type: 'string', default: '1' }, json: { type: 'boolean' } },
});
const every = Number(values.every);
if (!Number.isInteger(every) || every < 1) throw new Error('--every: expected a whole number, 1 or more');
if (!CoreSyscalls.isPossible) throw new Error('strace is needed, and may not trace here or is missing');

const startMs = performance.now();
await using lab = await CoreSyscalls.create();
const counts = await lab.count();
const violations: string[] = [];
let [runs, released] = [0, 0];
for (const syscall of SYSCALLS) {
  for (const fault of Object.keys(SYSCALL_FAULTS) as SyscallFault[]) {
    for (let at = 1; at <= counts[syscall].all; at += every) {
      const result = await lab.run({ syscall, fault, at });
      violations.push(...result.violations.map((text) => `${fault} at ${syscall} ${at}: ${text}`));
      runs += 1;
      released += result.released;
    }
    process.stderr.write(
      `${fault} at ${counts[syscall].all} × ${syscall}: ${violations.length} violations so far\n`,
    );
  }
}
const seconds = Math.round((performance.now() - startMs) / 1000);
const report = { counts, runs, released, violations, seconds };
process.stdout.write(
  values.json === true ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, null, 2)}\n`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
