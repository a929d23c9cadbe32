// F-44: a real Prometheus over four members: every panel of every dashboard has an answer, and each alert that a fault can raise fires under it alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { grpcClient } from '#libs/grpc/client.ts';
import { SignerServiceDefinition } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import { writeCertificates } from '#services/launcher/testnet/write-member.ts';
import { lyingMember } from '#test/e2e/evidence/lying-member.ts';
import { fuzzGateway, keyOf } from '#test/e2e/fuzz/fuzz.ts';
import { OpenPanels } from '#test/e2e/monitoring/open-panels.ts';
import { WatchedFederation } from '#test/e2e/monitoring/watched-federation.ts';
import { ignorePassing } from '#test/support/federation/black-box.ts';
import type { RunningMember } from '#test/support/federation/local-members.ts';
import { btcfed } from '#test/support/federation/operator.ts';
import { SteadyLoad } from '#test/support/federation/steady-load.ts';
import { withoutPrometheus } from '#test/support/programs/prometheus-server.ts';
import { until } from '#test/support/within.ts';

/** Generous: the machine may be busy with other tests. */
const SEEN_MS = 300_000;

/** Each looks at several judgements: together longer than a condition has to hold. */
const ROUNDS_AT_REST = 4;

/** Of a certificate that is about to expire. */
const DAYS_LEFT = 2;
/** More than five times as long. */
const DAYS_OLD = 11;

const LOAD = { perSecond: 5, transactionBytes: 200 };

/** Streams that are opened with nonsense, for each protocol of a gateway. */
const ATTEMPTS = 10;

/** Only a member that runs and lies has them. */
const REFUSED_MESSAGES = 'member: Messages that went no further';

/** An alert at each of these members, as WatchedFederation names them. */
const at = (alert: string, ...members: readonly string[]): readonly string[] =>
  members.map((member) => `${alert} ${member}`);

const allServices = (member: string): readonly string[] => SERVICE_NAMES.map((name) => `${member} ${name}`);

describe('F-44: a Prometheus that scrapes a federation of four', { skip: withoutPrometheus }, () => {
  let watched: WatchedFederation;
  let panels: OpenPanels;
  const member = (index: number) => watched.federation.members[index] ?? assert.fail();
  const submitted = async (text: string) => (await member(0).client.submit(Buffer.from(text))).hash;
  const madeFinal = async (text: string): Promise<void> => {
    await member(0).client.wait(await submitted(text), { deadlineMs: SEEN_MS });
  };

  before(async () => {
    watched = await WatchedFederation.start();
    panels = new OpenPanels(watched.prometheus);
    await watched.isWhole();
  });
  after(() => watched?.[Symbol.asyncDispose]());

  test('hears no alert of one that is well', async () => {
    for (let round = 0; round < ROUNDS_AT_REST; round++) await watched.fires([]);
  });

  test('hears of two members that are away, of the quorum that is lost and of the transaction that waits, until they are back', async () => {
    await watched.federation.powerCut([2, 3]);
    const hash = await submitted('waits for a quorum');
    await watched.fires([
      ...at('ServiceDown', ...allServices('m2'), ...allServices('m3')),
      ...['QuorumLost', 'PeersAway', 'TransactionsWait'].flatMap((alert) => at(alert, 'm0', 'm1')),
    ]);
    await watched.federation.startAll([2, 3]);
    await member(0).client.wait(hash, { deadlineMs: SEEN_MS });
    await watched.isQuiet();
  });

  test('hears of a signer that is locked, with its severity and the way to its runbook, until it is unlocked', async () => {
    const { home } = member(0).facts.paths;
    await btcfed('signer', 'lock', '--home', home);
    await madeFinal('without the vote of the first');
    const alerts = await watched.fires(at('SignerSilent', 'm0'));
    const silent = alerts.find(({ labels }) => labels['alertname'] === 'SignerSilent') ?? assert.fail();
    assert.equal(silent.labels['severity'], 'page');
    assert.equal(silent.annotations['runbook_url'], 'deploy/monitoring/runbooks.md#signersilent');
    await btcfed('signer', 'unlock', '--home', home);
    await watched.isQuiet();
  });

  test('hears nothing of certificates that live two days, and of such an end of a long life, until they are renewed', async () => {
    const { paths } = member(0).facts;
    await writeCertificates(paths, 'm0', { days: DAYS_LEFT });
    const shown = `btcfed_certificate_not_after_seconds{member="m0"} - time() < ${DAYS_LEFT + 1} * 86400`;
    await until('the short lives', async () => (await watched.prometheus.query(shown)).length > 1, SEEN_MS);
    await watched.fires([]);
    await writeCertificates(paths, 'm0', { days: DAYS_LEFT, ageDays: DAYS_OLD });
    await watched.fires([...at('CertificateExpires', 'm0'), ...at('CertificateExpiresSoon', 'm0')]);
    await writeCertificates(paths, 'm0');
    await watched.isQuiet();
  });

  test('hears of a gateway that is paused: its own member has no quorum, and the others have no more than one', async () => {
    watched.federation.pause(2, 'gateway');
    await watched.fires([
      ...at('ServiceDown', 'm2 gateway'),
      ...at('QuorumLost', 'm2'),
      ...['PeersAway', 'MembersMissing'].flatMap((alert) => at(alert, 'm0', 'm1', 'm3')),
    ]);
    watched.federation.resume(2, 'gateway');
    await watched.isQuiet();
  });

  test('hears of a second process that took a signer over, and of its consensus, which halts, until that is started anew', async () => {
    watched.federation.pause(1, 'consensus');
    await tookOver(member(1));
    watched.federation.resume(1, 'consensus');
    await watched.isQuiet();
    await madeFinal('without the vote of the second');
    // On a slow machine it is halted for so long that the others find it mute; later ones hear rubbish, and say so for ten minutes.
    watched.letLinger(at('DiagnosisWarning', 'm0', 'm1', 'm2', 'm3'));
    await watched.fires([...at('SignerFenced', 'm1'), ...at('MemberHalted', 'm1')]);
    watched.letLinger(at('SignerFenced', 'm1'));
    await watched.federation.stop(1, 'consensus');
    await watched.federation.restart(1, 'consensus');
    await watched.isQuiet();
  });

  test('hears of a member that is away, and of the views that it should lead; most panels have an answer then', async () => {
    await using load = new SteadyLoad({ ...LOAD, clients: [0, 1, 2].map((index) => member(index).client) });
    load.start();
    await watched.federation.powerCut([3]);
    // Somebody has its key, and sends what no member sends.
    await fuzzGateway(member(0), { seed: 1, perTarget: ATTEMPTS, key: keyOf(member(3)) });
    await watched.fires([
      ...at('ServiceDown', ...allServices('m3')),
      ...['PeersAway', 'MembersMissing', 'ViewsTimeOut'].flatMap((alert) => at(alert, 'm0', 'm1', 'm2')),
    ]);
    await panels.answered((title) => title !== REFUSED_MESSAGES);
    watched.letLinger(at('ViewsTimeOut', 'm0', 'm1', 'm2', 'm3'));
    await watched.federation.startAll([3]);
    await watched.isQuiet();
  });

  test('hears of a member that signs twice from all that have the proof; every panel has had an answer then', async () => {
    using _ = await lyingMember(watched.federation, 3, 1);
    await using load = new SteadyLoad({ ...LOAD, clients: [0, 1, 2].map((index) => member(index).client) });
    load.start();
    await watched.fires(at('MisbehaviourProved', 'm0', 'm1', 'm2', 'm3'));
    await panels.answered(() => true);
    watched.letLinger(at('MisbehaviourProved', 'm0', 'm1', 'm2', 'm3'));
  });
});

/** Opens a session at the signer of a member with its own certificate, as soon as its silent consensus is given up. */
async function tookOver({ facts: { signerAddress: address, paths } }: RunningMember): Promise<void> {
  const { ca, consensusCertificate, consensusKey } = paths.tls;
  const tls = {
    ca: readFileSync(ca),
    certificate: readFileSync(consensusCertificate),
    key: readFileSync(consensusKey),
  };
  const second = grpcClient(SignerServiceDefinition, { address, tls, deadlineMs: SEEN_MS });
  const isOpened = () =>
    second.openSession({}).then(
      () => true,
      (error: unknown) => ignorePassing(error) ?? false,
    );
  await until('a second session', isOpened, SEEN_MS).finally(() => second.close());
}
