import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DIAGNOSES, type DiagnosisCode, isDiagnosisCode } from '#libs/diagnosis/codes.ts';
import { finding } from '#libs/diagnosis/finding.ts';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { diagnosisExitCode, findingLines, toldFindings } from './diagnosis-report.ts';
import type { LocalStanding, SeenPeer } from './outside-facts.ts';

const PARTS = { summary: 'It is so.', evidence: ['seen'], members: ['m0'] };
const PLACE = { home: '/srv/m0', client: [] };
const PEERS: readonly SeenPeer[] = [
  { name: 'm2', isConnected: false, lastError: 'connection refused', silentMs: 5, roundTripUs: undefined },
  { name: 'm3', isConnected: false, lastError: '', silentMs: 5, roundTripUs: undefined },
  { name: 'm4', isConnected: true, lastError: '', silentMs: 1_400, roundTripUs: 2_340 },
];
const standing = (state: 'running' | 'down' | 'paused'): LocalStanding => ({
  folder: '/srv',
  members: [
    { name: 'm0', clientAddress: '127.0.0.1:1', services: [{ service: 'consensus', state: 'running' }] },
    {
      name: 'm2',
      clientAddress: '127.0.0.1:2',
      services: [
        { service: 'gateway', state },
        { service: 'consensus', state: 'running' },
      ],
    },
  ],
});
const told = (code: DiagnosisCode, members: readonly string[], at?: LocalStanding) =>
  toldFindings({
    findings: [finding(code, { ...PARTS, members })],
    peers: PEERS,
    standing: at,
    place: PLACE,
  })[0];

describe('findings as they are told', () => {
  test('are those of all witnesses, the worst first, each with the command to type', () => {
    const findings = (['members-away', 'signer-locked', 'signer-locked'] as const).map((code) =>
      finding(code, PARTS),
    );
    const all = toldFindings({ findings, peers: undefined, standing: undefined, place: PLACE });
    assert.deepEqual(
      all.map(({ code, next }) => [code, next]),
      [
        ['signer-locked', 'btcfed signer unlock --home /srv/m0'],
        ['members-away', 'btcfed peers list --home /srv/m0'],
      ],
    );
  });

  test('have what the gateway says of members that are away', () => {
    const { evidence } = told('quorum-lost', ['m2', 'm3']) ?? assert.fail();
    assert.deepEqual(evidence, ['seen', 'the gateway could not reach m2: connection refused']);
    assert.deepEqual(told('signer-locked', ['m2'])?.evidence, ['seen']);
  });

  test('say of a member whose consensus alone is silent that its gateway is reachable, and of no other', () => {
    const { evidence } = told('members-mute', ['m2', 'm4']) ?? assert.fail();
    assert.deepEqual(evidence, [
      'seen',
      'the gateway of m4 is reachable: it gave a sign of life 1 s ago, and answered a ping in 2.3 ms; its consensus alone says nothing',
    ]);
    assert.deepEqual(told('members-mute', ['m9'])?.evidence, ['seen']);
  });

  test('name the command that starts a process which "up" holds down, or lets one go on', () => {
    const down = told('members-away', ['m2'], standing('down')) ?? assert.fail();
    assert.equal(down.next, 'btcfed up restart m2 --service gateway --home /srv');
    assert.match(down.evidence.at(-1) ?? '', /"btcfed up list" shows of m2: gateway down/);
    const paused = told('members-mute', ['m2'], standing('paused'));
    assert.equal(paused?.next, 'btcfed up resume m2 --service gateway --home /srv');
  });

  test('keep their own command where "up" holds nothing, and for what no process is the reason of', () => {
    const { next } = told('members-away', ['m2'], standing('running')) ?? assert.fail();
    assert.equal(next, 'btcfed peers list --home /srv/m0');
    assert.equal(told('history-damaged', ['m2'], standing('down'))?.next, 'btcfed doctor --home /srv/m0');
    assert.equal(told('members-away', ['m0'], standing('down'))?.next, 'btcfed peers list --home /srv/m0');
  });

  test('are lines for a person: what it is, what shows it, what to type', () => {
    const lines = findingLines(told('signer-locked', ['m0']) ?? assert.fail());
    assert.deepEqual(lines, [
      'critical  signer-locked: It is so.',
      '          seen',
      '          next: btcfed signer unlock --home /srv/m0',
    ]);
  });
});

describe('the exit code of a diagnosis', () => {
  const codeOf = (...codes: readonly DiagnosisCode[]) =>
    diagnosisExitCode(codes.map((code) => finding(code, PARTS)));

  test('is 0 where nothing is wrong, and where all passes by itself', () => {
    assert.deepEqual([codeOf(), codeOf('catching-up', 'not-a-member')], [EXIT_CODES.ok, EXIT_CODES.ok]);
  });

  test('is that of the worst: no answer, then no signature, then no quorum, then anything else', () => {
    assert.equal(codeOf('members-away', 'quorum-lost', 'signer-locked', 'consensus-silent'), 3);
    assert.equal(codeOf('members-away', 'quorum-lost', 'signer-locked'), 5);
    assert.equal(codeOf('members-away', 'quorum-lost'), 4);
    assert.equal(codeOf('members-away', 'catching-up'), 1);
  });

  test('is not 0 for any code that is no notice, and not for one of a newer member', () => {
    for (const code of Object.keys(DIAGNOSES).filter(isDiagnosisCode))
      assert.equal(codeOf(code) === EXIT_CODES.ok, DIAGNOSES[code].severity === 'notice', code);
    assert.equal(diagnosisExitCode([{ code: 'moon-away', severity: 'warning' }]), EXIT_CODES.failed);
  });
});
