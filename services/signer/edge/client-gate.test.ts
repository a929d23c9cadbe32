import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, test } from 'node:test';
import { keyPin } from '#libs/grpc/caller.ts';
import type { CallContext } from '#libs/grpc/context.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { createAuthority, issueCertificate } from '#libs/pki/pki.ts';
import { ClientGate } from './client-gate.ts';
import { type ClientMatrix, type MatrixCall, OPERATIONS, usualGrants, VOTE_PHASES } from './client-matrix.ts';

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
  grants: usualGrants('hotstuff', OPERATIONS).map((grant) => ({ ...grant, rate })),
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

  test('lets a burst through and then the rate, for each client, operation and phase by itself', () => {
    const gate = gateOf();
    const calls = OPERATIONS.flatMap((operation): readonly Omit<MatrixCall, 'protocol'>[] =>
      operation === 'vote' ? VOTE_PHASES.map((phase) => ({ operation, phase })) : [{ operation }],
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
    admitted(gate, consensus, { operation: 'vote', phase: 'commit' });
    assert.throws(
      () => gate.admit(consensus, { operation: 'vote', phase: 'commit' }),
      /more calls than consensus may make \(vote commit\)/,
    );
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

  test('a phase that no protocol has is in no row', () => {
    assert.throws(() => gateOf().admit(consensus, { operation: 'vote', phase: 'unknown' }), NOT_ALLOWED);
  });
});
