import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { composeCore } from '#services/signer/compose-core.ts';
import { composeEdge } from '#services/signer/compose-edge.ts';
import type { CoreConfig } from '#services/signer/config-core.ts';
import type { EdgeConfig } from '#services/signer/config-edge.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import {
  clientTls,
  type SignerHome,
  signerClient,
  signerHome,
  writeClientCertificate,
} from '#test/support/signer/signer-home.ts';
import { putCertificate, withGrounds } from '#test/support/signer/signer-peers.ts';

const SCHEME = 'slh-dsa-sha2-128f';

function configs({ config, root }: SignerHome, pinned: string): { core: CoreConfig; edge: EdgeConfig } {
  const socket = join(root, 'core.sock');
  return {
    core: {
      SIGNER_CORE_SOCKET: socket,
      SIGNER_CORE_FOLDER: config.SIGNER_FOLDER,
      SIGNER_CORE_SOCKET_ACCESS: 'owner',
      SIGNER_CORE_VOTES: 'none',
      SIGNER_CORE_PROTOCOL: 'hotstuff',
      SIGNER_CORE_BACKEND: 'auto',
      SIGNER_CORE_SIGNING: 'hedged',
      SIGNER_CORE_NICENESS: 0,
    },
    edge: {
      SIGNER_EDGE_LISTEN: '127.0.0.1:0',
      SIGNER_EDGE_CORE: socket,
      SIGNER_EDGE_TLS_CA: config.SIGNER_TLS_CA,
      SIGNER_EDGE_TLS_CERT: config.SIGNER_TLS_CERT,
      SIGNER_EDGE_TLS_KEY: config.SIGNER_TLS_KEY,
      SIGNER_EDGE_CLIENT_NAME: 'consensus',
      SIGNER_EDGE_PROTOCOL: 'hotstuff',
      SIGNER_EDGE_CLIENT_CERTS: [pinned],
    },
  };
}

const codeOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => 'no refusal',
    (error: Error & { detail?: { errorCode?: string } }) => error.detail?.errorCode,
  );

/** The edge's view of a core that has no network itself. */
async function assertCounted(metrics: MemoryMetrics): Promise<void> {
  const value = (name: string, labels = {}) => metrics.value(`btcfed_signer_${name}`, labels);
  while (value('starts') === 0) {
    await metrics.scrape();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual([value('starts'), value('signing_info'), value('mark_view')], [2, 1, 1]);
  assert.deepEqual([value('conflicts_total'), value('fenced_total')], [1, 0]);
  const code = 'SIGNER_NOT_ALLOWED';
  assert.equal(value('refusals_total', { code }), 1, 'also what the edge itself refused');
  for (const times of ['queue_wait', 'record', 'bare_signature']) {
    const seen = metrics.observations(`btcfed_signer_${times}_seconds`);
    assert.equal(seen.length, 3, 'prepare, pre-commit, commit; not what was repeated');
    assert.ok(times === 'queue_wait' || seen.every((seconds) => seconds > 0), times);
  }
  assert.ok(value('shown_signatures_total', { result: 'verified' }) > 0);
}

describe('edge and core, each for itself', () => {
  test('sign as one process does, by the same rules, and survive each other', async () => {
    await using home = await signerHome(SCHEME);
    const tls = clientTls(home);
    const { core: coreConfig, edge: edgeConfig } = configs(home, await writeClientCertificate(home, tls));
    const log = memoryLogger();
    let core = await composeCore(coreConfig, log);
    await core.start();
    assert.equal((await stat(coreConfig.SIGNER_CORE_SOCKET)).mode & 0o777, 0o600);
    const metrics = new MemoryMetrics();
    const edge = await composeEdge(edgeConfig, log, { metrics });
    await edge.start();
    const client = signerClient(edge.boundAddress(), tls);
    const stranger = signerClient(edge.boundAddress(), clientTls(home));
    try {
      const { others } = home;
      const { session } = await client.openSession({});
      const block = blockOn(GENESIS, 1);
      const wanted = await others.prepare(1, 0, session);
      const signed = await client.sign(wanted);
      assert.equal(signed.repeatedSignature, false);
      const vote = others.vote('pre-commit', block, session);
      assert.equal(await codeOf(client.sign(vote)), 'SIGNER_CERT_UNKNOWN');
      const certificate = await others.certificate('prepare', block);
      assert.equal(await putCertificate(client, others.scope(session), certificate), 1n);
      assert.equal((await client.sign(vote)).repeatedSignature, false);
      // The certificate that comes with a vote counts if it holds, and is of this block.
      const commit = others.vote('commit', block, session);
      const good = certificateToWire(await others.certificate('pre-commit', block));
      const other = certificateToWire(
        await others.certificate('pre-commit', blockOn(GENESIS, 1, { salt: 1 })),
      );
      const [one, two] = good.signatures;
      assert.ok(one && two);
      const forged = { ...good, signatures: [one, two, { ...two, member: 3 }] };
      for (const bad of [forged, other]) {
        assert.equal(
          await codeOf(client.sign(withGrounds(commit, { certificate: bad }))),
          'SIGNER_CERT_UNKNOWN',
        );
      }
      assert.equal((await client.sign(withGrounds(commit, { certificate: good }))).repeatedSignature, false);
      // Same authority, same name, another key: the pin tells.
      assert.equal(await codeOf(stranger.sign(wanted)), 'SIGNER_NOT_ALLOWED');

      await core.stop();
      assert.equal(await codeOf(client.sign(wanted)), 'SIGNER_UNAVAILABLE');
      core = await composeCore(coreConfig, log);
      await core.start();
      assert.deepEqual(await client.sign(wanted), { ...signed, repeatedSignature: true });
      const conflicting = await others.prepare(1, 1, session);
      assert.equal(await codeOf(client.sign(conflicting)), 'SIGNER_CONFLICTING_SLOT');
      await assertCounted(metrics);
    } finally {
      client.close();
      stranger.close();
      await edge.stop();
      await core.stop();
    }
  });
});
