import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { FailedView } from '#libs/engine/ports/engine-ports.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { type EnteredView, ViewReports } from './view-reports.ts';

const HEIGHT = toHeight(7n);
const at = (view: bigint, instance = 7n) => ({ instance, view: toView(view) });
const FAILED: FailedView = {
  ...{ position: at(0n), height: HEIGHT, leader: toMemberIndex(0) },
  ...{ cause: 'timeout', isProposed: false },
};

function reporting() {
  const log = memoryLogger();
  const reports = new ViewReports(log, (member) => `m${member}`);
  const heard: EnteredView[] = [];
  reports.listen((entered) => heard.push(entered));
  const lines = () => log.lines.map(({ level, message, fields }) => ({ level, message, fields }));
  return { reports, heard, lines };
}

describe('TW-2.9.2 the log of views', () => {
  test('has of one that fails the height, the view, its leader by name, the cause, and whether it was proposed in', () => {
    const { reports, lines } = reporting();
    reports.failed(FAILED);
    const fields = { height: 7n, view: 0n, leader: 'm0', cause: 'timeout', proposal_seen: false };
    assert.deepEqual(lines(), [{ level: 'info', message: 'view failed', fields }]);
  });

  test('has the failed view in the line of the next, and tells listeners of it', () => {
    const { reports, heard, lines } = reporting();
    reports.failed(FAILED);
    reports.entered(at(1n), toMemberIndex(1), 'leave', HEIGHT);
    assert.deepEqual(lines()[1], {
      level: 'info',
      message: 'view timed out, entered the next',
      fields: {
        ...{ height: 7n, view: 1n, leader: 'm1' },
        ...{ failed_view: 0n, failed_leader: 'm0', cause: 'timeout', proposal_seen: false },
      },
    });
    assert.deepEqual(heard, [
      {
        ...{ height: 7n, view: 1n, leader: 1, leaderName: 'm1', afterTimeout: true },
        failed: { ...FAILED, leaderName: 'm0' },
      },
    ]);
  });

  for (const [what, position, cause] of [
    ['the failure of a view before that', at(2n), 'leave'],
    ['the failure of another height', at(1n, 8n), 'leave'],
    ['a failure where the height was decided', at(0n, 8n), 'decision'],
    ['a failure where others were followed', at(1n), 'proof'],
  ] as const) {
    test(`says nothing by ${what}`, () => {
      const { reports, heard, lines } = reporting();
      reports.failed(FAILED);
      reports.entered(position, toMemberIndex(2), cause, HEIGHT);
      assert.equal(heard[0]?.failed, undefined);
      const { level, fields } = lines()[1] ?? assert.fail();
      assert.equal(level, cause === 'leave' ? 'info' : 'debug');
      assert.deepEqual(fields, { height: 7n, view: position.view, leader: 'm2' });
    });
  }

  test('has no cause and no word of a proposal where nobody knows', () => {
    const { reports, lines } = reporting();
    reports.failed({ ...FAILED, isProposed: undefined });
    assert.equal(lines()[0]?.fields['proposal_seen'], undefined);
    const restarted = reporting();
    restarted.reports.entered(at(1n), toMemberIndex(1), 'leave', HEIGHT);
    assert.deepEqual(restarted.lines()[0]?.fields, { height: 7n, view: 1n, leader: 'm1' });
  });
});
