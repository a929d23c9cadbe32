// Writes test/vectors/chain.json: a chain with all that proto/FORMATS.md describes. Signatures are hedged, so each run
// writes other bytes; run it when a format changes.
// $ npx --no-install node test/vectors/make-chain.ts

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toHex } from '#libs/bytes/hex.ts';
import type { Block } from '#libs/chain/block.ts';
import { digestBytes, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { ed25519FromSeed } from '#libs/crypto/ed25519.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { KeyPair } from '#libs/crypto/signature-scheme.ts';
import { changeDigest } from '#libs/membership/change.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { MemberFacts } from '#libs/membership/roster.ts';
import { encodeMembershipVote, membershipSigningBytes } from '#libs/membership/vote.ts';
import type { Evidence as WireEvidence } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { evidenceOf, positionOf } from '#libs/protocol/evidence.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { encodeEvidence, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { defaultGenesisParameters } from '#libs/settings/genesis-parameters.ts';
import { parseGenesis } from '#libs/settings/parse-genesis.ts';
import { evidenceKindToWire } from '#libs/wire/evidence.ts';
import { exportChain } from '#test/support/chain/exported-chain.ts';
import { WrittenChain } from './written-chain.ts';

const OUT = fileURLToPath(new URL('chain.json', import.meta.url));
const SCHEME = 'slh-dsa-sha2-128s';
const PROTOCOL = 'hotstuff';
const START_MS = 1_795_219_200_000;

const scheme = schemeByName(SCHEME);
const seedOf = (name: string, outputLength: number): Buffer =>
  createHash('shake256', { outputLength }).update(`btcfed vectors: ${name}`).digest();
const keys = new Map<string, KeyPair>();

async function memberOf(name: string): Promise<MemberFacts> {
  const pair = await scheme.keyPairFromSeed(seedOf(name, scheme.sizes.seed));
  keys.set(toHex(pair.publicKey), pair);
  const { publicKey: gatewayPublicKey } = ed25519FromSeed(seedOf(`${name}, gateway`, 32));
  return { name, publicKey: pair.publicKey, gatewayPublicKey, weight: 1n };
}

const founders = await Promise.all(['m0', 'm1', 'm2', 'm3'].map(memberOf));
const joining = await Promise.all(['m4', 'm5', 'm6'].map(memberOf));
const genesis = parseGenesis(
  JSON.stringify({
    ...{ version: 1, chain_id: 'vectors', protocol: PROTOCOL, scheme: SCHEME, genesis_time_ms: START_MS },
    parameters: defaultGenesisParameters(),
    membership: { members_min: 4, members_max: 16, step: 1, growth_max: 3, epoch_blocks_min: 2 },
    members: founders.map((each) => ({
      name: each.name,
      consensus_public_key: toHex(each.publicKey),
      gateway_public_key: Buffer.from(each.gatewayPublicKey).toString('base64'),
      weight: Number(each.weight),
    })),
  }),
);
const chain = new WrittenChain(genesis);

function signed({ set }: Membership, member: number, message: Uint8Array): Promise<Uint8Array> {
  const pair = keys.get(toHex(set.members[member]?.publicKey ?? new Uint8Array()));
  if (pair === undefined) throw new Error(`nobody has the key of member ${member}`);
  return scheme.sign(pair.secretKey, message);
}

const scopeOf = ({ chain: of, epoch }: Membership) => ({ chain: of, protocol: PROTOCOL, epoch });

async function claimOf(by: Membership, member: number, statement: VoteStatement) {
  const signature = await signed(by, member, signingBytes(scopeOf(by), statement));
  return { member: toMemberIndex(member), statement, signature };
}

/** @param view - In which it was decided; that of the block when it is left out. */
async function decide(
  by: Membership,
  { header, digest }: Block,
  members: readonly number[],
  view = header.view,
): Promise<void> {
  const block = { height: header.height, digest };
  const statement = blockStatement('commit', view, block);
  const claims = await Promise.all(members.map((each) => claimOf(by, each, statement)));
  const signatures = claims.map(({ member, signature }) => ({ member, signature }));
  const certificate: QuorumCertificate = { kind: 'commit', instance: 0n, view, ...block, signatures };
  chain.certify(certificate);
}

async function liesOf(by: Membership, member: number, pair: readonly [VoteStatement, VoteStatement]) {
  const [one, other] = await Promise.all(pair.map((each) => claimOf(by, member, each)));
  const evidence = one && other && evidenceOf(one, other, by.epoch, HOTSTUFF_TABLE);
  if (evidence === undefined) throw new Error('no contradiction');
  const told: WireEvidence = {
    digest: digestBytes(evidenceDigest(evidence, by.chain)),
    kind: evidenceKindToWire(evidence.kind),
    ...{ member, epoch: by.epoch, ...positionOf(evidence), height: undefined, foundMs: BigInt(START_MS) },
    content: encodeEvidence(evidence, by.chain),
  };
  return told;
}

const text = (content: string): Uint8Array => new Uint8Array(Buffer.from(content));
const old = chain.membership;
await decide(old, chain.append(1, 1, [text('one')]), [0, 1, 2]);
// There is no certificate of the second block: that of the third proves it.
chain.append(2, 2, [text('two'), text('three'), text('four')]);
const change = { chain: old.chain, epoch: old.epoch, leave: ['m1'], join: joining };
const digest = changeDigest(change);
const goodUntil = toHeight(1_000n);
const votes = await Promise.all(
  [0, 2, 3].map(async (member) => {
    const signature = await signed(
      old,
      member,
      membershipSigningBytes(PROTOCOL, { change, digest, goodUntil }),
    );
    return encodeMembershipVote({ change, goodUntil, member: toMemberIndex(member), signature });
  }),
);
await decide(old, chain.append(5, 1, [text('five'), ...votes]), [0, 2, 3]);
// The last block of the epoch, proposed in view 6 and decided in view 9.
await decide(old, chain.append(6, 2, [text('six')]), [1, 2, 3], toView(9n));
const young = chain.membership;
await decide(young, chain.append(10, 4, [text('seven')]), [0, 1, 2, 4, 5]);
await decide(young, chain.append(11, 5, []), [0, 1, 2, 3, 4, 5]);

const [a, b] = ['a', 'b'].map((digit) => toDigest(digit.repeat(64)));
const { height } = chain.tip.header;
const evidence = [
  await liesOf(old, 1, [
    blockStatement('pre-commit', toView(3n), { height, digest: a ?? toDigest('') }),
    timeoutStatement(toView(4n), { view: toView(1n), digest: b ?? toDigest('') }),
  ]),
  await liesOf(young, 5, [
    blockStatement('commit', toView(10n), { height, digest: a ?? toDigest('') }),
    blockStatement('commit', toView(10n), { height, digest: b ?? toDigest('') }),
  ]),
];
writeFileSync(OUT, `${JSON.stringify(exportChain({ ...chain.answers(), evidence }), undefined, 1)}\n`);
