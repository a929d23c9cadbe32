import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { ABSENCE_CAUSES } from '#libs/diagnosis/absence-causes.ts';
import type { DecidedHeight } from '../decided-height.ts';
import { absenceOf } from './absence.ts';
import type { MissingSigner } from './explanation.ts';
import type { HeardStatement, HeightRecord, OwnStep } from './height-record.ts';

const DIGEST = toDigest('d'.repeat(64));
const OTHER = toDigest('e'.repeat(64));
const HEIGHT = toHeight(9n);
const VIEW = toView(12n);
const [bob, carol] = [toMemberIndex(1), toMemberIndex(2)];
const DECIDED_MS = 1_000;

const heard = (atMs: number, digest = DIGEST, view = VIEW): HeardStatement => ({ view, digest, atMs });

const step = (kind: string, askedMs: number, answeredMs?: number, refusal?: string): OwnStep => ({
  ...{ kind, view: VIEW, askedMs, answeredMs, refusal },
});

interface Case {
  readonly decided?: Partial<DecidedHeight>;
  readonly record?: Partial<Omit<HeightRecord, 'own'>> & { readonly own?: readonly OwnStep[] };
  readonly facts?: Partial<MissingSigner>;
}

/** Carol did not sign a height that this member counted the votes of, and nothing is known of her. */
function absentIn({ decided = {}, record = {}, facts = {} }: Case): MissingSigner {
  const { own = [], ...rest } = record;
  const decision: DecidedHeight = {
    ...{ height: HEIGHT, certifiedHeight: HEIGHT, epoch: toEpoch(0n), digest: DIGEST, view: VIEW },
    ...{ leader: bob, signers: [], atMs: DECIDED_MS, timeMs: 5_000, isLive: true, countsVotes: true },
    ...{ hasGateway: true, suspended: [], signerFault: undefined },
    links: new Map([[carol, { isConnected: true, sinceMs: 0 }]]),
    ...decided,
  };
  return {
    ...{ index: carol, name: 'carol', isOwn: false, decided: decision, decides: 'commit' },
    ...{ leaderName: 'bob', ownName: 'bob', lag: undefined, newestReport: undefined, isAccused: false },
    ...{ nowMs: 2_000, timeMs: 6_000 },
    record: {
      ...{ height: HEIGHT, deciding: [], earlier: [], proposals: [], decided: decision },
      ...rest,
      own: new Map(own.map((each) => [each.kind, each])),
    },
    ...facts,
  };
}

const told = (given: Case) => absenceOf(absentIn(given));
const ofCarol = (vote: HeardStatement) => [undefined, undefined, vote];
const away = new Map([[carol, { isConnected: false, sinceMs: 400 }]]);

describe('why another member did not sign', () => {
  test('is late-vote where its vote for the block came after the quorum, with how much later', () => {
    const { cause, lateMs, evidence } = told({ record: { deciding: ofCarol(heard(1_035)) } });
    assert.deepEqual([cause, lateMs], ['late-vote', 35]);
    assert.match(
      evidence.join(),
      /commit vote for this block and view 12 came over its own connection 35 ms after/,
    );
  });

  test('is not-counted where its vote was here before the decision', () => {
    const { cause, lateMs, evidence } = told({ record: { deciding: ofCarol(heard(990)) } });
    assert.deepEqual([cause, lateMs], ['not-counted', undefined]);
    assert.match(evidence.join(), /10 ms before the decision/);
    assert.doesNotMatch(evidence.join(), /put it together/);
    const elsewhere = told({ record: { deciding: ofCarol(heard(990)) }, facts: { ownName: 'alice' } });
    assert.match(elsewhere.evidence.join(), /or bob put it together/);
  });

  test('is told by its vote before all else, and a vote for another block or view is none', () => {
    const deciding = ofCarol(heard(1_035));
    assert.equal(told({ record: { deciding }, decided: { links: away } }).cause, 'late-vote');
    for (const vote of [heard(1_035, OTHER), heard(1_035, DIGEST, toView(11n))]) {
      const { cause, evidence } = told({ record: { deciding: ofCarol(vote) } });
      assert.equal(cause, 'unknown');
      assert.match(evidence.join(), /was for another block or view/);
    }
  });

  test('is link-down where the gateway had no connection to it, with since when', () => {
    const { cause, sinceMs, evidence } = told({ decided: { links: away } });
    assert.deepEqual([cause, sinceMs], ['link-down', 4_400]);
    assert.match(
      evidence.join(),
      /no connection to carol .* since 1970-01-01T00:00:04.400Z \(600 ms before it\)/,
    );
    assert.doesNotMatch(evidence.join(), /as seen from here/);
    const seen = told({ decided: { links: away, countsVotes: false } });
    assert.match(seen.evidence.join(), /as seen from here: the votes of that view went to bob/);
    assert.equal(
      told({ decided: { links: away, hasGateway: false } }).cause,
      'unknown',
      'nothing was known of any',
    );
  });

  test('is behind where it reported, after the decision, that it lacked a block below', () => {
    const lag = { by: 'whereabouts', height: toHeight(4n), finalHeight: toHeight(30n), atMs: 1_500 } as const;
    const { cause, reportedHeight, evidence } = told({ facts: { lag } });
    assert.deepEqual([cause, reportedHeight], ['behind', 4n]);
    assert.match(
      evidence.join(),
      /500 ms after the decision it still reported height 4; this member was at 30/,
    );
    const asking = told({ facts: { lag: { ...lag, by: 'asking' } } });
    assert.match(asking.evidence.join(), /still asked for block 5/);
  });

  test('is faulty-evidence where evidence accuses it and nothing is more direct', () => {
    const { cause, evidence } = told({ facts: { isAccused: true } });
    assert.equal(cause, 'faulty-evidence');
    assert.match(evidence.join(), /evidence against it is stored here/);
    const deciding = ofCarol(heard(1_035));
    assert.equal(told({ facts: { isAccused: true }, record: { deciding } }).cause, 'late-vote');
  });

  test('is unknown with the reason: votes go to the leader, or the decision was learned later', () => {
    const toLeader = told({ decided: { countsVotes: false } });
    assert.equal(toLeader.cause, 'unknown');
    assert.match(toLeader.evidence.join(), /votes travel to the leader alone here: ask bob/);
    const later = told({ decided: { isLive: false, leader: undefined } });
    assert.match(later.evidence.join(), /learned the decision later, from others/);
    const deciding = ofCarol(heard(1_035));
    assert.equal(
      told({ record: { deciding }, decided: { isLive: false } }).cause,
      'not-counted',
      'late for whom?',
    );
  });

  test('is unknown with what was seen, where this member counted the votes', () => {
    const report = { by: 'whereabouts', height: HEIGHT, finalHeight: HEIGHT, atMs: 1_900 } as const;
    const { cause, evidence } = told({
      record: { earlier: ofCarol(heard(900)) },
      facts: { newestReport: report },
    });
    assert.equal(cause, 'unknown');
    assert.deepEqual(evidence, [
      'its connection stood when the decision came, since 1000 ms before',
      'no commit vote of it for this height has come here',
      'its vote of an earlier step came 100 ms before the decision',
      'it reported height 9 100 ms ago',
    ]);
  });
});

describe('why this member itself did not sign', () => {
  const own = (given: Case) => told({ ...given, facts: { isOwn: true, ownName: 'carol', ...given.facts } });
  const proposals = [undefined, heard(600)];

  test('is signer-refused with the reason of the signer, in whichever step', () => {
    for (const kind of ['prepare', 'commit']) {
      const { cause, evidence } = own({ record: { own: [step(kind, 700, 800, 'below the lock')] } });
      assert.equal(cause, 'signer-refused');
      assert.match(
        evidence.join(),
        new RegExp(`asked for the ${kind} of view 12 300 ms before .*refused: below the lock`),
      );
    }
  });

  test('is signer-slow where the answer came after the decision, or not at all', () => {
    const { cause, lateMs, evidence } = own({ record: { own: [step('commit', 900, 1_020)] } });
    assert.deepEqual([cause, lateMs], ['signer-slow', 20]);
    assert.match(evidence.join(), /took 120 ms, and answered 20 ms after the decision/);
    const silent = own({ record: { own: [step('prepare', 700, 800), step('commit', 900)] } });
    assert.equal(silent.cause, 'signer-slow');
    assert.match(silent.evidence.join(), /has not answered since/);
    const fault = { kind: 'silent', reason: 'nobody listens' } as const;
    const gone = own({ record: { own: [step('commit', 900)] }, decided: { signerFault: fault } });
    assert.match(gone.evidence.join(), /nobody listens/);
  });

  test('is signer-locked where the key was locked then, asked or not', () => {
    const signerFault = { kind: 'locked', reason: 'the key is locked' } as const;
    for (const steps of [[], [step('prepare', 900)]]) {
      const { cause, evidence } = own({ record: { own: steps }, decided: { signerFault } });
      assert.equal(cause, 'signer-locked');
      assert.match(evidence.join(), /the key is locked/);
    }
    const signed = own({ record: { own: [step('commit', 700, 800)] }, decided: { signerFault } });
    assert.equal(signed.cause, 'not-counted', 'it was locked after it had signed');
  });

  test('is late-proposal where the proposal came after the decision, or never', () => {
    const { cause, lateMs, evidence } = own({ record: { proposals: [undefined, heard(1_250)] } });
    assert.deepEqual([cause, lateMs], ['late-proposal', 250]);
    assert.match(evidence.join(), /the proposal of bob came 250 ms after the decision/);
    const never = own({ record: { proposals: [undefined, heard(600, DIGEST, toView(11n))] } });
    assert.equal(never.cause, 'late-proposal');
    assert.match(never.evidence.join(), /no proposal of bob for view 12 came here/);
  });

  test('is unknown with its steps where the proposal was here and no last vote was due', () => {
    const { cause, evidence } = own({ record: { proposals, own: [step('prepare', 700, 800)] } });
    assert.equal(cause, 'unknown');
    assert.match(evidence.join(), /400 ms before the decision,its prepare was signed 200 ms before/);
    const led = own({ record: { own: [step('proposal', 100, 200)] }, decided: { leader: carol } });
    assert.equal(led.cause, 'unknown', 'a leader waits for no proposal of another');
  });

  test('is not-counted where it signed in time, and link-down where the leader was out of reach', () => {
    const record = { own: [step('commit', 700, 800)] };
    const { cause, evidence } = own({ record, decided: { countsVotes: false } });
    assert.equal(cause, 'not-counted');
    assert.match(evidence.join(), /signed 200 ms before .*bob had the votes of a quorum without it/);
    const links = new Map([[bob, { isConnected: false, sinceMs: 400 }]]);
    const cut = own({ record, decided: { countsVotes: false, links } });
    assert.equal(cut.cause, 'link-down');
    assert.match(cut.evidence.join(), /no connection to bob/);
    assert.equal(own({ record, decided: { links } }).cause, 'not-counted', 'votes to all need no leader');
  });

  test('is behind where this member was not in the view that decided', () => {
    const { cause, evidence } = own({ decided: { isLive: false }, record: { own: [step('commit', 700)] } });
    assert.equal(cause, 'behind');
    assert.match(evidence.join(), /not in view 12/);
  });
});

test('every cause that is told is in the list, with its sentence', () => {
  for (const sentence of Object.values(ABSENCE_CAUSES)) assert.match(sentence, /^[a-z ]/);
  assert.equal(Object.keys(ABSENCE_CAUSES).at(-1), 'unknown');
});
