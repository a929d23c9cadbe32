// F-40, F-44: for each fault of four members the operator is told by the status, the health, an alert and the diagnosis, and by nothing else.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DIAGNOSES, isDiagnosisCode } from '#libs/diagnosis/codes.ts';
import { ONLY_FROM_OUTSIDE } from '#services/consensus/core/diagnosis/own-codes.ts';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { WatchedFederation } from '#test/e2e/monitoring/watched-federation.ts';
import type { Fault } from '#test/e2e/operator/fault.ts';
import { FAULTS } from '#test/e2e/operator/faults.ts';
import { type OperatorView, viewOf } from '#test/e2e/operator/operator-view.ts';
import { withoutPrometheus } from '#test/support/programs/prometheus-server.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const SEEN_MS = 300_000;

const WELL: Fault['seen'] = { status: EXIT_CODES.ok, unready: [], findings: [], diagnosis: EXIT_CODES.ok };

/** Faults that can happen together. */
const PAIRS = FAULTS.flatMap((one, index) =>
  FAULTS.slice(index + 1)
    .filter(({ part }) => part !== undefined && one.part !== undefined && part !== one.part)
    .map((other) => [one, other] as const),
);

describe('F-40 F-44: the operator of a member of four', { skip: withoutPrometheus }, () => {
  let watched: WatchedFederation;
  before(async () => {
    watched = await WatchedFederation.start();
    await watched.isWhole();
  });
  after(() => watched?.[Symbol.asyncDispose]());

  const first = () => watched.federation.members[0] ?? assert.fail();
  /** The gauge shows what consensus itself tells, which is all but what only others see. */
  const sees = async (seen: Fault['seen']): Promise<void> => {
    const gauged = seen.findings.filter((code) => isDiagnosisCode(code) && !ONLY_FROM_OUTSIDE.has(code));
    const { status, unready, findings, diagnosis } = seen;
    const expected: OperatorView = { status, unready, findings, gauged, diagnosis };
    let now: OperatorView | undefined;
    const isSeen = async (): Promise<boolean> => {
      now = await viewOf(first());
      return JSON.stringify(now) === JSON.stringify(expected);
    };
    await until('the view of the operator', isSeen, SEEN_MS).catch(() => assert.deepEqual(now, expected));
  };

  test('is told nothing while all is well', async () => {
    const { client } = first();
    await client.wait((await client.submit(Buffer.from('all is well'))).hash, { deadlineMs: SEEN_MS });
    await sees(WELL);
    await watched.fires([]);
  });

  for (const [one, other] of PAIRS)
    test(`is told both at once: ${one.name}, and ${other.name}`, async () => {
      await Promise.all([one.make(watched), other.make(watched)]);
      const both = [...one.seen.findings, ...other.seen.findings];
      const worstFirst = Object.keys(DIAGNOSES).filter((code) => both.includes(code));
      let now: readonly string[] = [];
      const areTold = async (): Promise<boolean> => {
        now = (await viewOf(first())).findings;
        return now.join() === worstFirst.join();
      };
      await until('both findings', areTold, SEEN_MS).catch(() => assert.deepEqual(now, worstFirst));
      await Promise.all([one.undo(watched), other.undo(watched)]);
      await watched.isQuiet();
      await sees(WELL);
    });

  for (const [index, { name, make, undo, seen, alerts, later = [] }] of FAULTS.entries())
    test(`is told that ${name}, at all four places`, async () => {
      watched.letLinger(later);
      await make(watched);
      try {
        await sees(seen);
        await watched.fires(alerts);
      } finally {
        await undo(watched);
        watched.mindAgain(later);
      }
      if (index === FAULTS.length - 1) return;
      await watched.isQuiet();
      await sees(WELL);
    });
});
