import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { btcfed, runBtcfed } from '#test/support/federation/operator.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const SEEN_MS = 300_000;

interface Told {
  readonly code: string;
  readonly severity: string;
  readonly evidence: readonly string[];
  readonly members: readonly string[];
  readonly next: string;
}

interface Diagnosis {
  readonly exitCode: number;
  readonly ok: boolean;
  readonly member: string;
  readonly services: Readonly<Record<string, { readonly kind: string }>>;
  readonly findings: readonly Told[];
}

async function diagnosed(...place: readonly string[]): Promise<Diagnosis> {
  const { code, out } = await runBtcfed(['diagnose', ...place]);
  const { findings, ...answer } = JSON.parse(out) as Diagnosis;
  // How much room the disk of this machine has does not matter here.
  return { ...answer, exitCode: code, findings: findings.filter((each) => !each.code.startsWith('disk-')) };
}

const codesOf = ({ findings }: Diagnosis) => findings.map(({ code }) => code);

/** The first diagnosis with exactly these codes, the worst first. */
async function withCodes(codes: readonly string[], ...place: readonly string[]): Promise<Diagnosis> {
  let last: Diagnosis | undefined;
  const isSo = async () => {
    last = await diagnosed(...place);
    return codesOf(last).join() === codes.join();
  };
  await until(`a diagnosis of ${codes.join(' and ') || 'nothing'}`, isSo, SEEN_MS);
  return last ?? assert.fail();
}

describe('btcfed diagnose on a member of four that runs in processes', () => {
  let federation: LocalMembers;
  let home: string;
  let address: string;
  before(async () => {
    federation = await LocalMembers.start({ members: 4 });
    const { facts } = federation.members[0] ?? assert.fail();
    home = facts.paths.home;
    address = facts.clientAddress;
  });
  after(() => federation?.[Symbol.asyncDispose]());

  test('finds nothing wrong while all run, by the home and by the address', async () => {
    const well = await withCodes([], '--home', home);
    assert.deepEqual([well.exitCode, well.ok, well.member], [0, true, 'm0']);
    assert.deepEqual(
      SERVICE_NAMES.map((name) => well.services[name]?.kind),
      ['answers', 'answers', 'answers', 'answers'],
    );
    const far = await withCodes([], '--address', address);
    assert.deepEqual([far.exitCode, far.services['signer']?.kind], [0, 'not-asked']);
  });

  test('names both of two faults at once: the members that are away, and the locked signer, each with its cure', async () => {
    await Promise.all([2, 3].flatMap((member) => SERVICE_NAMES.map((name) => federation.stop(member, name))));
    await btcfed('signer', 'lock', '--home', home);
    const { exitCode, ok, findings } = await withCodes(['signer-locked', 'quorum-lost'], '--home', home);
    assert.deepEqual([exitCode, ok], [5, false]);
    const [locked, lost] = findings;
    assert.deepEqual([locked?.severity, locked?.members], ['critical', ['m0']]);
    assert.equal(locked?.next, `btcfed signer unlock --home ${home}`);
    assert.deepEqual(lost?.members, ['m2', 'm3']);
    assert.match(lost?.evidence.join(' ') ?? '', /2 of 4 members reachable, 3 needed; away: m2, m3/);
    assert.equal(lost?.next, `btcfed peers list --home ${home}`);
  });

  test('hears of both from the member itself, where only its address is known', async () => {
    const { findings } = await withCodes(['signer-locked', 'quorum-lost'], '--address', address);
    assert.deepEqual(
      findings.map(({ members, next }) => [members, next]),
      [
        [['m0'], 'btcfed signer unlock --home HOME'],
        [['m2', 'm3'], 'btcfed peers list --home HOME'],
      ],
    );
  });

  test('goes on without consensus, by the other services of the home', async () => {
    await federation.stop(0, 'consensus');
    const codes = ['signer-locked', 'consensus-silent', 'members-away'];
    const { exitCode, findings } = await withCodes(codes, '--home', home);
    assert.equal(exitCode, 3);
    assert.deepEqual(findings.at(-1)?.members, ['m2', 'm3']);
    const [silent] = (await withCodes(['consensus-silent'], '--address', address)).findings;
    assert.match(silent?.evidence.join() ?? '', /no member answers at/);
  });

  test('says so once when nothing runs, and how the node is started', async () => {
    for (const name of ['signer', 'gateway', 'config'] as const) await federation.stop(0, name);
    const { exitCode, findings } = await withCodes(['nothing-runs'], '--home', home);
    assert.deepEqual([exitCode, findings[0]?.next], [3, `btcfed node --home ${home}`]);
  });
});

test('btcfed diagnose refuses a folder that is no home, with exit code 64', async () => {
  const { code, notes } = await runBtcfed(['diagnose', '--home', '/nowhere/at/all']);
  assert.equal(code, 64);
  assert.match(notes, /is no home of a node: .*"btcfed init" or "btcfed testnet"/);
});
