import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CoreSyscalls,
  SYSCALL_FAULTS,
  type SyscallCounts,
  type SyscallFault,
} from '#test/support/signer/crashes/core-syscalls.ts';
import { SYSCALLS } from '#test/support/signer/crashes/traced-core.ts';

const SKIP =
  !CoreSyscalls.isPossible &&
  'NOT TESTED HERE: strace is missing or may not trace; signer-crash-points.test.ts covers every statement without it';
const FAULTS = Object.keys(SYSCALL_FAULTS) as readonly SyscallFault[];

/** One call of the requests, and for EIO one of the start; all of them: `npm run crash:signer`. */
function pickedOf(
  { start, all }: SyscallCounts['fsync'],
  fault: SyscallFault,
  salt: number,
): readonly number[] {
  const asked = start + 1 + ((salt * 5 + 1) % (all - start));
  return fault === 'EIO' ? [asked, 1 + Math.floor(start / 2)] : [asked];
}

describe('the real core, whose system calls fail or end it', { skip: SKIP }, () => {
  test('keeps every promise: nothing is signed twice, and what left is given again', async () => {
    await using lab = await CoreSyscalls.create();
    const counts = await lab.count();
    let released = 0;
    for (const [salt, fault] of FAULTS.entries()) {
      for (const syscall of SYSCALLS) {
        for (const at of pickedOf(counts[syscall], fault, salt)) {
          const result = await lab.run({ syscall, fault, at });
          assert.deepEqual(result.violations, [], `${fault} at ${syscall} ${at}`);
          assert.ok(result.wasHit, `${fault} at ${syscall} ${at} never came`);
          released += result.released;
        }
      }
    }
    assert.ok(released > 0, 'something must have left before the end, or nothing was tried');
  });

  test('is caught when it releases first', async () => {
    await using lab = await CoreSyscalls.create();
    const { pwrite64 } = await lab.count(true);
    const found: string[] = [];
    for (let at = pwrite64.start + 1; at <= pwrite64.all && found.length === 0; at += 4) {
      const { violations } = await lab.run({ syscall: 'pwrite64', fault: 'kill', at, isMutant: true });
      found.push(...violations);
    }
    assert.match(found.join(), /was signed twice|not given again/);
  });
});

describe('the real core, killed as soon as its last signature left, without strace', () => {
  test('gives again what left, and signs nothing else there', async () => {
    await using lab = await CoreSyscalls.create();
    assert.deepEqual(await lab.runKilledAtTheEnd(false), { released: 3, violations: [] });
  });

  test('is caught when it releases first', async () => {
    await using lab = await CoreSyscalls.create();
    const { released, violations } = await lab.runKilledAtTheEnd(true);
    assert.equal(released, 3);
    assert.match(violations.join(), /prepare was signed twice/);
    assert.match(violations.join(), /timeout was signed twice/);
  });
});
