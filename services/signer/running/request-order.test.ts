import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toEpoch, toView } from '#libs/chain/ids.ts';
import { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { withNewSession } from '#libs/custody/session.ts';
import { blockStatement, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { signerHome } from '#test/support/signer/signer-home.ts';
import { auditOf } from '../record/rules/audit-of.ts';
import { openCustody } from './custody.ts';
import { SignerCore } from './signer-core.ts';
import { SigningDesk } from './signing-desk.ts';

const SCHEME = 'slh-dsa-sha2-128f';

test('requests are judged in the order in which they came, also after one that nobody had time to verify', async () => {
  await using home = await signerHome(SCHEME);
  const { others, config } = home;
  const custody = await openCustody({ folder: config.SIGNER_FOLDER, protocol: 'hotstuff', backend: 'auto' });
  const desk = new SigningDesk({
    ...custody,
    inFlightMax: 1,
    queueMax: 4,
    onRecordLost: () => assert.fail(),
  });
  const opened = withNewSession(custody.custodian.state);
  desk.change(opened, auditOf(opened, 'SESSION', ''));
  // One verification at a time, which waits to be released, and no place to wait for another.
  const released = Promise.withResolvers<void>();
  const native = schemeByName(SCHEME);
  const scheme = {
    ...native,
    verify: async (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => {
      await released.promise;
      return native.verify(key, message, signature);
    },
  };
  const verifier = new BatchVerifier({ schemes: [scheme], inFlightMax: 1, waitingEachMax: 0 });
  const core = new SignerCore({
    ...{ custody, desk, verifier },
    onQuarantine: assert.fail,
    onEpoch: async () => {},
  });
  const block = blockOn(GENESIS, 1);
  const { view, height } = block.header;
  const asking = { session: 1n, chain: others.chain, epoch: toEpoch(0n) };
  const ask = async (statement: VoteStatement, proposer?: number) => {
    const proposal = blockStatement('proposal', view, { height, digest: block.digest });
    const signature = proposer === undefined ? undefined : await others.sign(proposer, proposal);
    const grounds = {
      header: block.header,
      ...(signature === undefined ? {} : { proposalSignature: { signature } }),
    };
    return { asking, statement, grounds, justifyView: toView(0n) };
  };
  const vote = blockStatement('prepare', view, { height, digest: block.digest });
  const leave = timeoutStatement(view, { view: toView(0n), digest: GENESIS.digest });
  const [honest, wrong, timeout] = [await ask(vote, 1), await ask(vote, 2), await ask(leave)];
  const voted = core.sign(honest);
  const unjudged = core.sign(wrong).catch((error: Error) => error.message);
  const left = core.sign(timeout);
  assert.match(String(await unjudged), /too many signatures/);
  released.resolve();
  assert.equal((await voted).isRepeated, false);
  assert.equal((await left).isRepeated, false);
  assert.deepEqual([...custody.custodian.state.signed.keys()], ['0/0/1/prepare', '0/0/1/timeout']);
  await desk.close();
  await custody.key.lock();
  custody.ledger.close();
});
