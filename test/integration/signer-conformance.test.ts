import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digestBytes, toDigest, toEpoch, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SignResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement, type Phase, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { type SignerHome, signerHome, TEST_CHAIN } from '#test/support/signer/signer-home.ts';
import { withGrounds } from '#test/support/signer/signer-peers.ts';
import { type OpenWay, SIGNER_WAYS, type SignerWay, type SigningBackend } from './signer-ways.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const BACKENDS: Readonly<Record<string, SigningBackend>> = {
  native: { backend: 'native', signing: 'hedged' },
  portable: { backend: 'portable', signing: 'hedged' },
  'portable, twice': { backend: 'portable', signing: 'deterministic' },
};

/** The answer: 'signed', 'repeated', the code of a refusal, or any other result. */
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    const answer = (await call) as Partial<SignResponse>;
    return answer.repeatedSignature === true ? 'repeated' : 'signed';
  } catch (error) {
    const { detail } = error as { detail?: { code?: string; errorCode?: string } };
    return detail?.errorCode ?? detail?.code ?? String(error);
  }
}

/** One story of a key, the same for every way and back end: its answers, in order. */
class Story {
  readonly outcomes: string[] = [];
  readonly signatures: { readonly statement: VoteStatement; readonly signature: Uint8Array }[] = [];
  readonly home: SignerHome;
  way: SignerWay;

  constructor(home: SignerHome, way: SignerWay) {
    this.home = home;
    this.way = way;
  }

  async ask(call: Promise<SignResponse>, statement?: VoteStatement): Promise<SignResponse | undefined> {
    this.outcomes.push(await outcomeOf(call));
    const answer = await call.catch(() => undefined);
    if (answer !== undefined && statement !== undefined) {
      this.signatures.push({ statement, signature: answer.signature });
    }
    return answer;
  }

  async put(call: Promise<bigint>): Promise<void> {
    this.outcomes.push(await outcomeOf(call.then((view) => ({ view }))));
  }
}

const EXPECTED = [
  // The key leads view 4.
  ...['SIGNER_NOT_LEADER', 'signed', 'repeated', 'SIGNER_CONFLICTING_SLOT'],
  // PREPARE, without and with its grounds.
  ...['SIGNER_PROPOSAL_UNKNOWN', 'signed'],
  // PRE-COMMIT and COMMIT: without their certificate, with a false one, and with a true one.
  ...['SIGNER_CERT_UNKNOWN', 'SIGNER_CERT_INVALID', 'signed', 'signed'],
  ...['SIGNER_CERT_UNKNOWN', 'signed', 'signed', 'repeated'],
  // A timeout: far ahead, hiding, and as it should be; nothing of the view after it.
  ...['SIGNER_VIEW_JUMP', 'SIGNER_UNSAFE_REPORT', 'signed', 'SIGNER_STALE_SLOT'],
  // The lock, and another chain.
  ...['SIGNER_UNSAFE_BRANCH', 'SIGNER_WRONG_CHAIN'],
  // The answers after a restart: the same bytes, the same lock, the same session.
  ...['repeated', 'SIGNER_UNSAFE_BRANCH'],
  // A newer session fences the one before.
  ...['SIGNER_SESSION_FENCED', 'SIGNER_SESSION_FENCED', 'repeated'],
];

async function told(home: SignerHome, open: OpenWay, how: SigningBackend): Promise<Story> {
  const story = new Story(home, await open(home, how));
  const { others } = home;
  const session = await story.way.openSession();
  const block = blockOn(GENESIS, 4);
  const { view, height } = block.header;
  const about = (kind: 'proposal' | Phase) => blockStatement(kind, view, { height, digest: block.digest });
  const way = () => story.way;

  await story.ask(way().sign(others.proposal(blockOn(GENESIS, 5), session)));
  await story.ask(way().sign(others.proposal(block, session)), about('proposal'));
  await story.ask(way().sign(others.proposal(block, session)));
  await story.ask(way().sign(others.proposal(blockOn(GENESIS, 4, { salt: 1 }), session)));

  const unproposed = withGrounds(await others.prepare(6, 0, session), {
    proposalSignature: new Uint8Array(),
  });
  await story.ask(way().sign(unproposed));
  const own = withGrounds(others.vote('prepare', block, session), {
    header: headerToWire(block.header),
  });
  await story.ask(way().sign(own), about('prepare'));

  for (const [kind, needed] of [
    ['pre-commit', 'prepare'],
    ['commit', 'pre-commit'],
  ] as const) {
    const vote = others.vote(kind, block, session);
    const certificate = await others.certificate(needed, block);
    await story.ask(way().sign(vote));
    if (kind === 'pre-commit') {
      const [first, second, third] = certificate.signatures;
      assert.ok(first && second && third);
      const forged = [first, second, { ...third, member: toMemberIndex(0) }];
      await story.put(way().put(session, { ...certificate, signatures: forged }));
    }
    await story.put(way().put(session, certificate));
    await story.ask(way().sign(vote), about(kind));
    if (kind === 'commit') await story.ask(way().sign(vote));
  }

  await story.ask(way().sign(others.timeout(400, block, session)));
  await story.ask(way().sign(others.timeout(5, GENESIS, session)));
  const left = others.timeout(5, block, session);
  const timeout = timeoutStatement(toView(5n), { view, digest: block.digest });
  const signed = await story.ask(way().sign(left), timeout);
  await story.ask(way().sign(await others.prepare(5, 0, session)));

  await story.ask(way().sign(await others.prepare(6, 0, session)));
  const foreign = { ...others.scope(session), chainDigest: digestBytes(toDigest('b'.repeat(64))) };
  await story.ask(way().sign({ ...others.timeout(7, block, session), scope: foreign }));

  await way().close();
  story.way = await open(home, how);
  const again = await story.ask(way().sign(left));
  assert.deepEqual(Buffer.from(again?.signature ?? []), Buffer.from(signed?.signature ?? []));
  await story.ask(way().sign(await others.prepare(6, 0, session)));

  const newer = await way().openSession();
  assert.equal(newer, session + 1n);
  await story.ask(way().sign(left));
  await story.put(way().put(session, await others.certificate('prepare', block)));
  await story.ask(way().sign(others.timeout(5, block, newer)));
  return story;
}

async function checkSignatures({ signatures, home }: Story): Promise<void> {
  const scope = { chain: TEST_CHAIN, protocol: 'hotstuff', epoch: toEpoch(0n) };
  assert.equal(signatures.length, 5);
  for (const { statement, signature } of signatures) {
    const isTrue = await schemeByName(SCHEME).verify(
      home.publicKey,
      signingBytes(scope, statement),
      signature,
    );
    assert.ok(isTrue, statement.kind);
  }
}

describe('one custody, whatever the way to it and whoever signs (services/signer/README.md R15)', () => {
  for (const [name, open] of Object.entries(SIGNER_WAYS)) {
    for (const [by, how] of Object.entries(BACKENDS)) {
      // Signing twice is no matter of the way; it is slow enough once.
      if (how.signing === 'deterministic' && name !== 'in process') continue;
      test(`${name}, ${by}`, async () => {
        await using home = await signerHome(SCHEME);
        const story = await told(home, open, how);
        try {
          assert.deepEqual(story.outcomes, EXPECTED);
          await checkSignatures(story);
          const { backend, mode, signatureCount, lastView, lockView, fault } = await story.way.getSigner();
          assert.deepEqual(
            { backend, mode, signatureCount, lastView, lockView, fault },
            {
              backend: how.backend,
              mode: 'active',
              signatureCount: 5n,
              lastView: 5n,
              lockView: 4n,
              fault: '',
            },
          );
        } finally {
          await story.way.close();
        }
      });
    }
  }
});
