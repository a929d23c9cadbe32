import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { appendedTo, type StateAfter } from '#libs/chain/appended.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { RepeatRules } from '#libs/chain/repeats.ts';
import { frontierStateRoot } from '#libs/chain/state-sections.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { USELESS_MESSAGES_BURST } from '#libs/replica/limits.ts';
import { Federation } from '#test/support/engine/engine-federation.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { AppendOnlyLog } from './application/append-only-log.ts';
import { LATE_REPORTS_PER_SECOND_MAX } from './joining/joining-limits.ts';
import type { FinalListener } from './ports/final-channel.ts';
import { LATE_REPORTS } from './ports/peer-listener.ts';
import type { PeerMessageBody } from './ports/peer-message.ts';
import { ADDED, type ApplicationAnswer, FAILED, OK, type TransactionAnswer } from './ports/submission.ts';

const OTHER = toMemberIndex(2);

function memberOf(federation: Federation) {
  return federation.members[0] ?? assert.fail('there is one');
}

/** A federation in view 3: reports of the views before are late. */
function advanced(): Federation {
  const federation = new Federation(4);
  for (const text of ['one', 'two']) federation.submit(0, text);
  return federation;
}

function reportOf(federation: Federation, view: bigint): PeerMessageBody {
  const { digest } = memberOf(federation).chain.genesis;
  return sealed({
    kind: 'new-view',
    view: toView(view),
    high: genesisCertificate(HOTSTUFF_TABLE, 'prepare', digest),
    commit: genesisCertificate(HOTSTUFF_TABLE, 'commit', digest),
    timeoutCertificate: undefined,
  });
}

const lateIn = (refused: readonly string[]) => refused.filter((each) => each.includes(LATE_REPORTS));

describe('what a node hears', () => {
  test('of reports of views that are over, some each second, and the others are refused as late', () => {
    const federation = advanced();
    const { node, refused } = memberOf(federation);
    const report = { ok: true, body: reportOf(federation, 1n) } as const;
    for (let count = 0; count <= LATE_REPORTS_PER_SECOND_MAX; count++) node.hear(OTHER, report);
    assert.deepEqual(lateIn(refused), [`stale ${LATE_REPORTS}`]);
  });

  test('a report that was asked for before it was read is not counted again', () => {
    const federation = advanced();
    const { node, refused } = memberOf(federation);
    const report = { ok: true, body: reportOf(federation, 1n) } as const;
    for (let count = 0; count <= LATE_REPORTS_PER_SECOND_MAX; count++) node.hear(OTHER, report, true);
    assert.deepEqual(lateIn(refused), []);
    const isHeard = Array.from({ length: LATE_REPORTS_PER_SECOND_MAX + 1 }, () =>
      node.hearsReport(OTHER, viewPosition(toView(1n))),
    );
    assert.equal(isHeard.filter(Boolean).length, LATE_REPORTS_PER_SECOND_MAX);
    assert.ok(node.hearsReport(OTHER, node.protocol().position), 'of its own view it wants every one');
  });

  test('what could not be read is refused with its cause', () => {
    const { node, refused } = memberOf(new Federation(4));
    node.hear(OTHER, { ok: false, cause: 'malformed', detail: 'not a peer message' });
    assert.deepEqual(refused, ['malformed not a peer message']);
  });

  test('a message of an epoch that is ahead is no fault: its sender is told where this node is', () => {
    const federation = new Federation(4);
    const { node, refused } = memberOf(federation);
    const before = federation.sent.length;
    const epoch = toEpoch(1n);
    node.hear(OTHER, { ok: false, cause: 'wrong-epoch', detail: 'another epoch', epoch });
    assert.deepEqual(refused, []);
    assert.deepEqual(federation.sent.slice(before), ['whereabouts']);
  });
});

describe('the account of a peer', () => {
  test('a flood of useless messages mutes it, and nobody else', () => {
    const { node } = memberOf(new Federation(4));
    const garbage = { ok: false, cause: 'malformed', detail: 'not a peer message' } as const;
    for (let count = 0; count < USELESS_MESSAGES_BURST; count++) {
      assert.ok(node.hears(OTHER), `after ${count}`);
      node.hear(OTHER, garbage);
    }
    node.hear(OTHER, garbage);
    assert.equal(node.hears(OTHER), false);
    assert.ok(node.hears(toMemberIndex(1)));
  });

  test('what found no room costs it nothing', () => {
    const { node } = memberOf(new Federation(4));
    for (let count = 0; count < 3 * USELESS_MESSAGES_BURST; count++) node.refused(OTHER, 'overloaded');
    assert.ok(node.hears(OTHER));
  });
});

test('the status of a node follows its chain and its mempool', () => {
  const federation = new Federation(4);
  const { node, chain } = memberOf(federation);
  federation.unsigned.add(toMemberIndex(1)).add(toMemberIndex(2));
  federation.submit(0, 'waits');
  assert.equal(node.status().waiting, 1);
  assert.equal(chain.tip().header.height, toHeight(0n));
  federation.unsigned.clear();
  federation.pass(60_000);
  assert.equal(node.status().waiting, 0);
  assert.ok(chain.tip().header.height > 0n);
});

describe('the channel of final blocks', () => {
  test('tells all who listen of each block, first that it is ordered and then that it is executed, until they stop', () => {
    const federation = new Federation(4);
    const { chain, final } = memberOf(federation);
    const told: string[] = [];
    const listenerOf = (name: string): FinalListener => ({
      ordered: (blocks) => {
        for (const { header } of blocks) told.push(`${name} ordered ${header.height}`);
      },
      executed: ({ header }) => told.push(`${name} executed ${header.height}`),
    });
    final.listen(listenerOf('first'));
    const stop = final.listen(listenerOf('second'));
    federation.submit(0, 'one');
    stop();
    federation.submit(0, 'two');
    assert.equal(chain.tip().header.height, 2n);
    assert.deepEqual(told, [
      ...['first ordered 1', 'second ordered 1', 'first executed 1', 'second executed 1'],
      ...['first ordered 2', 'first executed 2'],
    ]);
  });
});

/** A log that wants none of some text, and breaks at another. */
class Choosy extends AppendOnlyLog {
  override check({ bytes }: Transaction, answer: (judged: ApplicationAnswer) => void): void {
    if (`${Buffer.from(bytes)}` === 'poison') throw new Error('no such account');
    answer(`${Buffer.from(bytes)}` === 'unwanted' ? REFUSED : OK);
  }
}

const REFUSED: ApplicationAnswer = { codespace: 'application', code: 'unwanted', log: 'not here' };

/** A log that appends each transaction twice. */
class Twofold extends AppendOnlyLog {
  override readonly stateAfter: StateAfter = (before, transactions) =>
    appendedTo(before, [...transactions, ...transactions]);
}

/** A log that holds some text never, and the rest as often as it comes. */
class Barring extends AppendOnlyLog {
  override readonly repeatsUpon: RepeatRules = () => ({
    faultOf: (transactions) =>
      transactions.some(({ bytes }) => `${Buffer.from(bytes)}` === 'barred') ? 'barred here' : undefined,
  });
}

describe('the application of a node', () => {
  const submitted = (federation: Federation, member: number, text: string): TransactionAnswer => {
    const answers: TransactionAnswer[] = [];
    const transaction = transactionOf(Buffer.from(text));
    federation.members[member]?.node.submit(transaction, { answer: (result) => answers.push(result) });
    federation.settle();
    return answers[0] ?? assert.fail('it is answered at once');
  };
  const heights = ({ members }: Federation) => members.map(({ chain }) => chain.tip().header.height);

  test('keeps out what it refuses, of its own clients and of those of other members', () => {
    const federation = new Federation(4, undefined, (chain) => new Choosy(chain));
    assert.equal(submitted(federation, 0, 'unwanted'), REFUSED);
    const unwanted = {
      kind: 'transactions',
      transactions: [transactionOf(Buffer.from('unwanted'))],
    } as const;
    federation.send(OTHER, { to: 'all', body: unwanted });
    federation.settle();
    assert.deepEqual(
      federation.members.map(({ node }) => node.status().waiting),
      [0, 0, 0, 0],
    );
    assert.equal(submitted(federation, 0, 'wanted'), ADDED);
    assert.deepEqual(heights(federation), [1n, 1n, 1n, 1n]);
  });

  test('that throws refuses the transaction alone, blames nobody who passed it on, and says so once', () => {
    const federation = new Federation(4, undefined, (chain) => new Choosy(chain));
    assert.equal(submitted(federation, 0, 'poison'), FAILED);
    const transactions = ['poison', 'sound'].map((text) => transactionOf(Buffer.from(text)));
    federation.send(OTHER, { to: 'all', body: { kind: 'transactions', transactions } });
    federation.settle();
    const { log, refused } = memberOf(federation);
    assert.deepEqual([heights(federation), refused], [[1n, 1n, 1n, 1n], []]);
    assert.deepEqual(
      log.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
      ['application could not judge a transaction'],
    );
  });

  test('judges no block: what one member admits is final at all', () => {
    const federation = new Federation(4, undefined, (chain, member) =>
      member === 1 ? new AppendOnlyLog(chain) : new Choosy(chain),
    );
    assert.equal(submitted(federation, 1, 'unwanted'), ADDED);
    federation.pass(60_000);
    assert.deepEqual(heights(federation), [1n, 1n, 1n, 1n]);
  });

  test('says what the header says of the state: all members make and judge blocks by its rule', () => {
    const federation = new Federation(4, undefined, (chain) => new Twofold(chain));
    submitted(federation, 0, 'one');
    const { chain } = memberOf(federation);
    const [first] = chain.final.slice(1);
    const twice = appendedTo(EMPTY_FRONTIER, [
      ...(first?.transactions ?? []),
      ...(first?.transactions ?? []),
    ]);
    assert.deepEqual(heights(federation), [1n, 1n, 1n, 1n]);
    assert.equal(first?.header.stateRoot, frontierStateRoot(twice));
  });

  test('says which transactions may stand in a block, and its member votes for no block against that rule', () => {
    const federation = new Federation(4, undefined, (chain, member) =>
      member < 3 ? new Barring(chain) : new AppendOnlyLog(chain),
    );
    submitted(federation, 0, 'one');
    assert.deepEqual(heights(federation), [1n, 1n, 1n, 1n]);
    submitted(federation, 0, 'barred');
    federation.pass(60_000);
    assert.deepEqual(heights(federation), [1n, 1n, 1n, 1n]);
    const details = federation.members.flatMap(({ log }) => log.lines.map(({ fields }) => fields['detail']));
    assert.ok(details.includes('barred here'));
  });

  test('with another rule than the others votes for no block of theirs', () => {
    const federation = new Federation(4, undefined, (chain, member) =>
      member < 2 ? new Twofold(chain) : new AppendOnlyLog(chain),
    );
    submitted(federation, 0, 'one');
    federation.pass(60_000);
    assert.deepEqual(heights(federation), [0n, 0n, 0n, 0n]);
    assert.ok(
      federation.members.some(({ log }) =>
        log.lines.some(({ fields }) => /state root/.test(`${fields['detail']}`)),
      ),
    );
  });
});
