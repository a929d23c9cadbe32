import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, test } from 'node:test';
import { keyPin } from '#libs/grpc/caller.ts';
import type { CallContext } from '#libs/grpc/context.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { STATEMENT_WORDS } from '#libs/protocols/statement-words.ts';
import { wordsOf } from '#libs/protocols/words-of.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { ClientGate } from './client-gate.ts';
import { type ClientMatrix, type MatrixCall, OPERATIONS } from './client-matrix.ts';
import { usualGrants } from './usual-grants.ts';

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
const authority = createAuthority('ours', 9);

function contextOf(commonName: string): CallContext {
  const request = { commonName, dnsNames: [], ipAddresses: [], usage: 'client', days: 2 } as const;
  const { raw } = new X509Certificate(issueCertificate(authority, request).certificate);
  return {
    traceId: '' as CallContext['traceId'],
    log: memoryLogger(),
    signal: new AbortController().signal,
    peer: '127.0.0.1:1',
    clientName: commonName,
    clientCertificate: raw,
    caller: { kind: 'address', owner: '127.0.0.1', connection: '127.0.0.1:1' },
  };
}

const consensus = contextOf('consensus');
const monitor = contextOf('monitor');
const pinOf = ({ clientCertificate }: CallContext) => keyPin(clientCertificate ?? new Uint8Array());
const rate = { burst: 2, perSecond: 1 };
const rowOf = (name: string, context: CallContext) => ({
  name,
  pins: [pinOf(context)],
  grants: usualGrants('hotstuff', STATEMENT_WORDS, OPERATIONS).map((grant) => ({ ...grant, rate })),
});
const WORDS = new Map([...STATEMENT_WORDS, ...wordsOf(new Map([['rounds', ROUNDS_TABLE]]))]);
const KINDS = Object.keys(HOTSTUFF_TABLE.kinds);
const UNKNOWN_KIND = (kind: string) => ({
  ...{ code: 'SIGNER_WRONG_KIND', kind, view: 0n, provenView: 0n },
  ...{ signed: undefined, markView: undefined },
});
const OVERLOADED = { detail: { code: 'SIGNER_OVERLOADED', waiting: 0 } };
const NOT_ALLOWED = { detail: { code: 'SIGNER_NOT_ALLOWED' } };

describe('the gate of an edge', () => {
  let nowMs = 0;
  let wallMs = Date.now();
  let readings = 0;
  let matrix: ClientMatrix = [];
  const gateOf = () =>
    new ClientGate({
      clients: {
        matrix: () => matrix,
        again: () => {
          readings += 1;
          return matrix;
        },
      },
      protocol: 'hotstuff',
      words: WORDS,
      nowMs: () => nowMs,
      wallMs: () => wallMs,
    });
  beforeEach(() => {
    nowMs = 0;
    wallMs = Date.now();
    readings = 0;
    matrix = [rowOf('consensus', consensus), rowOf('monitor', monitor)];
  });
  /** How many of ten calls are let through. */
  const admitted = (
    gate: ClientGate,
    context: CallContext,
    call: Parameters<ClientGate['admit']>[1],
  ): number => {
    let count = 0;
    for (let each = 0; each < 10; each++) {
      try {
        gate.admit(context, call);
        count += 1;
      } catch (error) {
        assert.equal((error as { detail: { code: string } }).detail.code, 'SIGNER_OVERLOADED');
      }
    }
    return count;
  };

  test('lets a burst through and then the rate, for each client, operation and kind by itself', () => {
    const gate = gateOf();
    const calls = OPERATIONS.flatMap((operation): readonly Omit<MatrixCall, 'protocol'>[] =>
      operation === 'sign' ? KINDS.map((kind) => ({ operation, kind })) : [{ operation }],
    );
    for (const context of [consensus, monitor]) {
      for (const call of calls) assert.equal(admitted(gate, context, call), 2, JSON.stringify(call));
    }
    nowMs = 1_000;
    for (const call of calls) assert.equal(admitted(gate, consensus, call), 1, JSON.stringify(call));
    nowMs = 1_000_000;
    assert.equal(admitted(gate, monitor, { operation: 'session' }), 2, 'never more than a burst');
  });

  test('says which client asked for too much of what', () => {
    const gate = gateOf();
    admitted(gate, consensus, { operation: 'sign', kind: 'commit' });
    assert.throws(
      () => gate.admit(consensus, { operation: 'sign', kind: 'commit' }),
      /more calls than consensus may make \(sign commit\)/,
    );
  });

  test('lets a kind that several protocols have be signed by a client that may sign it in the one in force', () => {
    const gate = gateOf();
    assert.deepEqual(
      ['prepare', 'pre-commit', 'pre-prepare', 'reject', 'other'].map((kind) => gate.isOfSeveral(kind)),
      [true, true, false, false, false],
    );
    gate.requireIn('consensus', 'prepare', 'hotstuff');
    const rows = matrix.map((row) => ({
      ...row,
      grants: row.grants.filter(({ operation, protocol }) => operation !== 'sign' || protocol === 'pbft'),
    }));
    matrix = rows;
    assert.throws(() => gate.requireIn('consensus', 'prepare', 'hotstuff'), NOT_ALLOWED);
    assert.throws(() => gate.requireIn('consensus', 'pre-commit', 'pbft'), NOT_ALLOWED);
    gate.requireIn('consensus', 'prepare', 'pbft');
  });

  test('counts the bytes of certificates of each client by itself', () => {
    const gate = gateOf();
    gate.admitBytes('consensus', 72 * MIB);
    assert.throws(() => gate.admitBytes('consensus', 1), OVERLOADED);
    gate.admitBytes('monitor', 72 * MIB);
    nowMs = 500;
    gate.admitBytes('consensus', 18 * MIB);
    assert.throws(() => gate.admitBytes('consensus', 1), OVERLOADED);
  });

  test('lets no certificate in that has expired since its connection began', () => {
    const gate = gateOf();
    assert.equal(gate.admit(consensus, { operation: 'describe' }), 'consensus');
    wallMs += 3 * DAY_MS;
    assert.throws(
      () => gate.admit(consensus, { operation: 'describe' }),
      /has expired: renew it, and connect again/,
    );
  });

  test('refuses who is in no row, and reads the file for strangers twice at once and then once in a second', () => {
    const gate = gateOf();
    const stranger = contextOf('consensus');
    for (let call = 0; call < 20; call++) {
      assert.throws(() => gate.admit(stranger, { operation: 'describe' }), NOT_ALLOWED);
    }
    assert.equal(readings, 2);
    nowMs = 1_000;
    assert.throws(() => gate.admit(stranger, { operation: 'describe' }), NOT_ALLOWED);
    assert.equal(readings, 3);
    const { clientCertificate: _, ...bare } = stranger;
    assert.throws(() => gate.admit(bare, { operation: 'describe' }), NOT_ALLOWED);
  });

  test('a kind that no protocol of this signer has is refused with those that there are', () => {
    for (const kind of ['approve', 'constructor', 'pre-vote']) {
      assert.throws(() => gateOf().admit(consensus, { operation: 'sign', kind }), {
        message:
          /hotstuff: proposal, prepare, pre-commit, commit, timeout.*a newer consensus needs a newer signer/,
        detail: UNKNOWN_KIND(kind),
      });
    }
  });

  test('what cannot be the name of a kind is malformed, and is not repeated in the answer', () => {
    for (const kind of ['', 'Commit', 'x'.repeat(17), 'commit\n', 'x'.repeat(100_000)]) {
      assert.throws(() => gateOf().admit(consensus, { operation: 'sign', kind }), {
        message: 'malformed request: statement.kind',
        detail: { code: 'SIGNER_MALFORMED', field: 'statement.kind' },
      });
    }
  });

  test('a stranger is told nothing of kinds', () => {
    for (const kind of ['commit', 'approve', 'Commit']) {
      assert.throws(() => gateOf().admit(contextOf('consensus'), { operation: 'sign', kind }), NOT_ALLOWED);
    }
  });

  test('a statement of another protocol than that of the genesis needs a rule for it, and no other rule counts', () => {
    const grants = usualGrants('hotstuff', STATEMENT_WORDS);
    matrix = [{ name: 'consensus', pins: [pinOf(consensus)], grants }];
    assert.throws(() => gateOf().admit(consensus, { operation: 'sign', kind: 'leave' }), NOT_ALLOWED);
    const leave = { operation: 'sign', protocol: 'rounds', kind: 'leave', rate } as const;
    matrix = [{ name: 'consensus', pins: [pinOf(consensus)], grants: [leave] }];
    assert.equal(gateOf().admit(consensus, { operation: 'sign', kind: 'leave' }), 'consensus');
    assert.throws(() => gateOf().admit(consensus, { operation: 'sign', kind: 'commit' }), NOT_ALLOWED);
    // All that is no statement goes by the protocol that the key was bound with.
    const elsewhere = usualGrants('rounds', WORDS, ['describe']);
    matrix = [{ name: 'consensus', pins: [pinOf(consensus)], grants: elsewhere }];
    assert.throws(() => gateOf().admit(consensus, { operation: 'describe' }), NOT_ALLOWED);
  });
});
