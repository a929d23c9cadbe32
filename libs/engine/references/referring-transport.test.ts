import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { claimsOf } from '#libs/protocol/certificate.ts';
import type { HostedModule } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { RecoveryAnswer } from '#libs/protocol/rounds/message.ts';
import { VOTE_PATH_PARAMETER, VOTE_PATHS, type VotePath } from '#libs/protocol/vote-path.ts';
import { HOTSTUFF, PBFT } from '#libs/protocols/hosted-protocols.ts';
import {
  blockOn,
  certify,
  GENESIS,
  newViewOf,
  proposalOf,
  timeoutOf,
  voteOf,
} from '#test/support/hotstuff/hotstuff-harness.ts';
import { sealed } from '#test/support/hotstuff/sealed.ts';
import { CARRIED_BYTES_MAX, TOLD_MAX, WHOLE_BYTES_MAX } from './reference-limits.ts';
import { ReferringTransport } from './referring-transport.ts';
import { SignaturePool } from './signature-pool.ts';

const B1 = blockOn(GENESIS, 1);
const BOB = toMemberIndex(2);
const notice = (view = 1, bytes = 1) => {
  const certificate = { ...certify('commit', B1), view: BigInt(view) as never };
  const signatures = certificate.signatures.map((each) => ({ ...each, signature: new Uint8Array(bytes) }));
  return { kind: 'certificate', certificate: { ...certificate, signatures } } as const;
};

function transport(
  votePath: VotePath = 'leader',
  carriedBytesMax = CARRIED_BYTES_MAX,
  module: HostedModule = HOTSTUFF.module,
) {
  const forms: (string | undefined)[] = [];
  const pool = new SignaturePool();
  const context = { parameters: { [VOTE_PATH_PARAMETER]: VOTE_PATHS.indexOf(votePath) } };
  const peers = { send: (_to: unknown, _body: unknown, _epoch: unknown, form?: string) => forms.push(form) };
  const port = new ReferringTransport({ module, peers, pool, context, carriedBytesMax });
  return { forms, pool, send: port.send.bind(port) };
}

describe('F-20: the form of certificates that a member sends', () => {
  test('is a reference in proposals, reports and timeouts, to one and to all', () => {
    const { forms, send } = transport();
    const high = certify('prepare', B1);
    const messages = [
      proposalOf(B1, high),
      newViewOf(2, { high }),
      timeoutOf(1, 2, { high }),
      voteOf(1, 'commit', B1),
    ];
    for (const message of messages) {
      send('all', sealed(message));
      send(BOB, sealed(message));
    }
    assert.deepEqual(new Set(forms), new Set(['reference']));
  });

  test('is whole once, where a certificate is told to all first: a reference when it is said again, or to one', () => {
    const { forms, send } = transport();
    send(BOB, sealed(notice()));
    for (let time = 0; time < 2; time++) send('all', sealed(notice()));
    send('all', sealed(notice(2)));
    send(BOB, sealed(notice(2)));
    assert.deepEqual(forms, ['reference', 'whole', 'reference', 'whole', 'reference']);
  });

  test('is a reference, also first, where votes go to all and everybody holds them', () => {
    const { forms, send } = transport('all');
    for (const view of [1, 1, 2]) send('all', sealed(notice(view)));
    assert.deepEqual(forms, ['reference', 'reference', 'reference']);
  });

  test('is a reference, also first, where the whole would not go into a message beside others', () => {
    const { forms, send } = transport();
    send('all', sealed(notice(1, Math.floor(WHOLE_BYTES_MAX / 3))));
    send('all', sealed(notice(2, Math.floor(WHOLE_BYTES_MAX / 3) + 1)));
    assert.deepEqual(forms, ['whole', 'reference']);
  });

  test('is remembered of so many and no more', () => {
    const { forms, send } = transport();
    for (let view = 1; view <= TOLD_MAX + 1; view++) send('all', sealed(notice(view)));
    send('all', sealed(notice(2)));
    send('all', sealed(notice(1)));
    assert.deepEqual(forms.slice(-2), ['reference', 'whole']);
  });

  test('is compact in a proposal to all whose clients sent more than it carries, and in no other', () => {
    const proposed = (bytes: number) => {
      const transactions = [
        transactionOf(new Uint8Array(bytes)),
        transactionOf(Buffer.from('btcfed/evidence')),
      ];
      return sealed(proposalOf({ ...B1, transactions }, certify('prepare', GENESIS)));
    };
    const { forms, send } = transport();
    send('all', proposed(CARRIED_BYTES_MAX));
    send('all', proposed(CARRIED_BYTES_MAX + 1));
    send(BOB, proposed(CARRIED_BYTES_MAX + 1));
    assert.deepEqual(forms, ['reference', 'compact', 'reference']);
    const naming = transport('all', 0);
    naming.send('all', proposed(1));
    assert.deepEqual(naming.forms, ['compact']);
  });

  test('is compact in a proposal that is passed on to one member, and no other message of that kind', () => {
    const position = { height: B1.header.height, view: toView(0n) };
    const statement = { ...position, member: BOB, signature: Uint8Array.of(7) };
    const vote = { kind: 'vote', step: 'prepare', digest: B1.digest, ...statement } as const;
    const proposal = (bytes: number) => {
      const block = { ...B1, transactions: [transactionOf(new Uint8Array(bytes))] };
      return { kind: 'proposal', ...statement, block, leave: undefined } as const;
    };
    const recovery = (...statements: RecoveryAnswer['statements']) =>
      PBFT.messages.close({ kind: 'recovery', ...position, statements });
    const { forms, send } = transport('all', CARRIED_BYTES_MAX, PBFT.module);
    send(BOB, recovery(vote, proposal(CARRIED_BYTES_MAX + 1)));
    send(BOB, recovery(vote, proposal(CARRIED_BYTES_MAX)));
    send(BOB, recovery(vote));
    send(BOB, PBFT.messages.close(proposal(CARRIED_BYTES_MAX + 1)));
    assert.deepEqual(forms, ['compact', 'reference', 'reference', 'reference']);
  });

  test('leaves every signature that is named with this member, to be given', () => {
    const { pool, send } = transport();
    const high = certify('prepare', B1);
    send(BOB, sealed(newViewOf(2, { high })));
    for (const { statement, member } of claimsOf(high))
      assert.notEqual(pool.signatureOf(statement, member), undefined);
  });
});
