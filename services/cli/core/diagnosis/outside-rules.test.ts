import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DiagnosisCode } from '#libs/diagnosis/codes.ts';
import type { Finding } from '#libs/diagnosis/finding.ts';
import type { NodeFolderFacts } from '../host-disk.ts';
import type { OutsideFacts, ServiceAnswer } from './outside-facts.ts';
import { diagnoseOutside } from './outside-rules.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 26);
const ANSWERS: ServiceAnswer = { kind: 'answers' };
const SILENT: ServiceAnswer = { kind: 'silent', reason: 'nobody listens' };
const ELSEWHERE: ServiceAnswer = { kind: 'not-asked', reason: 'it is on another host' };
const ALL = { config: ANSWERS, signer: ANSWERS, gateway: ANSWERS, consensus: ANSWERS };
const ACTIVE = { mode: 'active', locked: false, fault: '' };
const DATA: NodeFolderFacts = {
  path: '/home/m0/consensus',
  // Nothing that says something of room alone: doctor tells of it.
  fileSystem: 'overlay',
  mountOptions: [],
  freeBytes: 5e9,
  of: 'the data',
  inodesFree: 1e6,
  logBytesMax: 0,
};
const certificate = (days: number) => ({
  path: '/home/m0/tls/signer.crt',
  found: [{ notBeforeMs: NOW_MS - 1_000 * DAY_MS, notAfterMs: NOW_MS + days * DAY_MS }],
});
const WELL: OutsideFacts = {
  member: 'm0',
  settingsFault: '',
  hasChain: true,
  services: ALL,
  custody: ACTIVE,
  certificates: [certificate(900)],
  folders: [DATA, { ...DATA, of: 'the logs' }],
  peers: [
    { name: 'm1', isConnected: true, lastError: '', silentMs: 10, roundTripUs: 900 },
    { name: 'm2', isConnected: true, lastError: '', silentMs: 10, roundTripUs: 900 },
  ],
  standing: undefined,
  nowMs: NOW_MS,
};
const AWAY = [
  { name: 'm2', isConnected: false, lastError: 'refused', silentMs: 9_000, roundTripUs: undefined },
];

interface Fault {
  readonly code: DiagnosisCode;
  readonly change: Partial<OutsideFacts>;
  readonly evidence: RegExp;
}

/** Each with a change that touches no other one's facts, but for services and the key. */
const FAULTS: readonly Fault[] = [
  { code: 'settings-refused', change: { settingsFault: 'line 3: no such key' }, evidence: /line 3/ },
  { code: 'no-chain', change: { hasChain: false }, evidence: /no genesis\.json/ },
  { code: 'config-silent', change: { services: { ...ALL, config: SILENT } }, evidence: /nobody listens/ },
  { code: 'signer-silent', change: { services: { ...ALL, signer: SILENT } }, evidence: /nobody listens/ },
  { code: 'gateway-silent', change: { services: { ...ALL, gateway: SILENT } }, evidence: /nobody listens/ },
  {
    code: 'consensus-silent',
    change: { services: { ...ALL, consensus: SILENT } },
    evidence: /nobody listens/,
  },
  { code: 'signer-locked', change: { custody: { ...ACTIVE, locked: true } }, evidence: /key is locked/ },
  {
    code: 'signer-quarantined',
    change: { custody: { ...ACTIVE, mode: 'quarantined' } },
    evidence: /key is quarantined/,
  },
  { code: 'signer-retired', change: { custody: { ...ACTIVE, mode: 'retired' } }, evidence: /key is retired/ },
  {
    code: 'signer-faulty',
    change: { custody: { ...ACTIVE, locked: true, fault: 'a signature did not hold' } },
    evidence: /did not hold/,
  },
  { code: 'certificate-expired', change: { certificates: [certificate(-1)] }, evidence: /expired on/ },
  { code: 'certificate-near-end', change: { certificates: [certificate(20)] }, evidence: /20 days left/ },
  {
    code: 'disk-full',
    change: { folders: [{ ...DATA, freeBytes: 1e6 }] },
    evidence: /space of the data: 1 MB free/,
  },
  { code: 'disk-low', change: { folders: [{ ...DATA, freeBytes: 5e8 }] }, evidence: /500 MB free/ },
];

const found = (...changes: readonly Partial<OutsideFacts>[]) =>
  diagnoseOutside(Object.assign({}, WELL, ...changes));
const codesOf = (findings: readonly Finding[]) => findings.map(({ code }) => code);

describe('the diagnosis of a member from outside of its consensus', () => {
  test('finds nothing wrong with one that is well', () => {
    assert.deepEqual(found(), []);
  });

  for (const { code, change, evidence } of FAULTS) {
    test(`names ${code} with what shows it, and nothing else`, () => {
      const [only, ...more] = found(change);
      assert.deepEqual([only?.code, codesOf(more), only?.members], [code, [], ['m0']]);
      assert.match(only?.evidence.join() ?? '', evidence);
    });
  }

  test('names both of any two faults that one member can have at once', () => {
    const pairs = FAULTS.flatMap((one, at) => FAULTS.slice(at + 1).map((other) => [one, other] as const));
    const possible = pairs.filter(
      ([one, other]) => !Object.keys(one.change).some((key) => Object.hasOwn(other.change, key)),
    );
    assert.ok(possible.length > 60, String(possible.length));
    for (const [one, other] of possible)
      assert.deepEqual(
        codesOf(found(one.change, other.change)).toSorted(),
        [one.code, other.code].toSorted(),
      );
  });

  test('names each of two services that do not answer, and says it once when none does', () => {
    const two = { ...ALL, signer: SILENT, gateway: SILENT };
    assert.deepEqual(codesOf(found({ services: two })), ['signer-silent', 'gateway-silent']);
    const none = { config: SILENT, signer: SILENT, gateway: SILENT, consensus: SILENT };
    const [only, ...more] = found({ services: none, custody: undefined, peers: undefined });
    assert.deepEqual([only?.code, more], ['nothing-runs', []]);
    assert.deepEqual(only?.evidence.length, 4);
  });

  test('says nothing of services that were not asked, and takes one silent service for no silent member', () => {
    const away = { config: ELSEWHERE, signer: ELSEWHERE, gateway: ELSEWHERE, consensus: SILENT };
    assert.deepEqual(codesOf(found({ services: away })), ['consensus-silent']);
    assert.deepEqual(found({ services: { ...ALL, signer: ELSEWHERE }, custody: undefined }), []);
  });

  test('leaves the peers to consensus, and takes the word of the gateway where consensus is silent', () => {
    assert.deepEqual(found({ peers: AWAY }), []);
    const [silent, away] = found({ peers: AWAY, services: { ...ALL, consensus: SILENT } });
    assert.deepEqual([silent?.code, away?.code, away?.members], ['consensus-silent', 'members-away', ['m2']]);
  });

  test('does not guess at a certificate that it may not read', () => {
    assert.deepEqual(found({ certificates: [{ path: '/home/m0/tls/ca.crt', found: 'unreadable' }] }), []);
    const missing = found({ certificates: [{ path: '/home/m0/tls/ca.crt', found: 'missing' }] });
    assert.deepEqual(codesOf(missing), ['certificate-expired']);
  });
});
