import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DiagnosisCode } from '#libs/diagnosis/codes.ts';
import { finding } from '#libs/diagnosis/finding.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { DIAGNOSIS_LOOK_MS } from './core/diagnosis/diagnosis-limits.ts';
import { DiagnosisLog } from './diagnosis-log.ts';

const PARTS = { summary: 'It is so.', evidence: ['seen', 'seen again'], members: ['beta', 'delta'] };

/** A log of a diagnosis that finds what the test says; each `look` comes when the next one is due. */
function logged() {
  const log = memoryLogger();
  const world = { nowMs: 0, codes: [] as readonly DiagnosisCode[], looks: 0, diagnoses: 0 };
  const diagnosisLog = new DiagnosisLog({
    diagnosis: {
      look: () => {
        world.looks += 1;
      },
      findings: () => {
        world.diagnoses += 1;
        return world.codes.map((code) => finding(code, PARTS));
      },
    },
    nowMs: () => world.nowMs,
    log,
  });
  const look = (...codes: readonly DiagnosisCode[]): void => {
    world.codes = codes;
    diagnosisLog.look();
    world.nowMs += DIAGNOSIS_LOOK_MS;
  };
  const lines = () => log.lines.map(({ level, fields }) => `${level} ${fields['code']}`);
  return { log, look, lines, diagnosisLog, world };
}

describe('F-44 the log of the diagnosis', () => {
  test('F-44 says a code once when it appears, with what shows it and what to type, and once when it is over', () => {
    const { log, look, lines } = logged();
    for (let round = 0; round < 5; round++) look('signer-locked');
    assert.deepEqual(
      log.lines.map(({ level, message, fields }) => ({ level, message, fields })),
      [
        {
          level: 'warn',
          message: 'the diagnosis found something wrong',
          fields: {
            code: 'signer-locked',
            severity: 'critical',
            summary: 'It is so.',
            evidence: 'seen; seen again',
            members: 'beta, delta',
            next: 'btcfed signer unlock --home HOME',
          },
        },
      ],
    );
    for (let round = 0; round < 5; round++) look();
    assert.deepEqual(lines(), ['warn signer-locked', 'info signer-locked']);
    assert.equal(log.lines[1]?.message, 'a finding of the diagnosis is over');
    look('signer-locked');
    look('signer-locked');
    assert.equal(log.lines.length, 3, 'it has come again');
  });

  test('F-44 writes nothing for what is over with the next look, nor for a gap of one', () => {
    const { look, lines } = logged();
    look('members-away');
    look();
    look('members-away');
    assert.deepEqual(lines(), []);
    look('members-away');
    look();
    look('members-away');
    look();
    assert.deepEqual(lines(), ['warn members-away']);
    look();
    assert.deepEqual(lines(), ['warn members-away', 'info members-away']);
  });

  test('F-44 tells each of two faults for itself, and what passes by itself as no warning', () => {
    const { look, lines } = logged();
    look('quorum-lost');
    look('quorum-lost', 'catching-up');
    look('catching-up');
    look('catching-up');
    assert.deepEqual(lines(), ['warn quorum-lost', 'info catching-up', 'info quorum-lost']);
  });

  test('diagnoses each five seconds and only looks in between', () => {
    const { diagnosisLog, world } = logged();
    for (let second = 0; second < 11; second++) {
      diagnosisLog.look();
      world.nowMs += 1_000;
    }
    assert.deepEqual([world.diagnoses, world.looks], [3, 8]);
  });
});
