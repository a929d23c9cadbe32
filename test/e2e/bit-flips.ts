import assert from 'node:assert/strict';
import { headerDigest } from '#libs/chain/block.ts';
import { digestBytes } from '#libs/chain/ids.ts';
import type { GetBlockResponse } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { headerFromWire } from '#libs/wire/block.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import type { ChainAnswers } from '#test/support/chain/exported-chain.ts';

/** The type of a Protobuf message whose fields a test may change. */
type Writable<T> = T extends Uint8Array
  ? Uint8Array
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T;

type Answers = Writable<ChainAnswers>;

interface GenesisText {
  genesis_time_ms: number;
  members: { consensus_public_key: string; gateway_public_key: string; weight: number }[];
}

/** Where in a chain one bit is flipped, and how. */
type BitFlip = readonly [place: string, flip: (answers: Answers) => void];

/** A copy in which one bit is flipped, and the digests that answers say of headers fit all the same, as a liar has it. */
export function withBitFlipped(chain: ChainAnswers, [, flipBit]: BitFlip): ChainAnswers {
  const copy = structuredClone(chain) as Answers;
  flipBit(copy);
  for (const answer of copy.blocks) {
    const header = headerFromWire(answer.block?.header ?? assert.fail(), WIRE_LIMITS);
    answer.blockDigest = digestBytes(headerDigest(header));
  }
  return copy;
}

/** Flips a bit in the middle of some bytes. */
function flip(bytes: Uint8Array | undefined): void {
  assert.ok(bytes !== undefined && bytes.length > 0, 'there is nothing to flip');
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
}

const genesisOf = (answers: Answers): GenesisText => answers.genesis as GenesisText;
const founder = (answers: Answers) => genesisOf(answers).members[1] ?? assert.fail();
const handover = (answers: Answers) => answers.handovers[0] ?? assert.fail();
const paid = (answers: Answers) => answers.transactions.at(-1) ?? assert.fail();

function flipText(text: string, encoding: 'hex' | 'base64'): string {
  const bytes = Buffer.from(text, encoding);
  flip(bytes);
  return bytes.toString(encoding);
}

/** The first block of an epoch that has a transaction. */
function blockOf(answers: Answers, epoch: bigint): Writable<GetBlockResponse> {
  const isOne = ({ block }: Writable<GetBlockResponse>): boolean =>
    block?.header?.epoch === epoch && block.header.height > 0n && block.transactions.length > 0;
  return answers.blocks.find(isOne) ?? assert.fail(`no block of epoch ${epoch}`);
}

const headerOf = (answers: Answers, epoch = 0n) => blockOf(answers, epoch).block?.header ?? assert.fail();
const certificateOf = (answers: Answers, epoch = 0n) =>
  blockOf(answers, epoch).commitCertificate ?? assert.fail();

/** One for each kind of field that a stranger believes after verifying it. */
export const BIT_FLIPS: readonly BitFlip[] = [
  [
    'the consensus key of a founder',
    (answers) => {
      founder(answers).consensus_public_key = flipText(founder(answers).consensus_public_key, 'hex');
    },
  ],
  [
    'the gateway key of a founder',
    (answers) => {
      founder(answers).gateway_public_key = flipText(founder(answers).gateway_public_key, 'base64');
    },
  ],
  [
    'the weight of a founder',
    (answers) => {
      founder(answers).weight ^= 2;
    },
  ],
  // Far above the time of today: adding it flips one bit.
  [
    'the time of the genesis',
    (answers) => {
      genesisOf(answers).genesis_time_ms += 2 ** 45;
    },
  ],
  [
    'the height of a block',
    (answers) => {
      headerOf(answers).height ^= 4n;
    },
  ],
  [
    'the epoch of a block',
    (answers) => {
      headerOf(answers, 1n).epoch ^= 1n;
    },
  ],
  [
    'the view of a block',
    (answers) => {
      headerOf(answers).view ^= 64n;
    },
  ],
  [
    'the proposer of a block',
    (answers) => {
      headerOf(answers).proposer ^= 1;
    },
  ],
  [
    'the time of a block',
    (answers) => {
      headerOf(answers).timestampMs ^= 1n;
    },
  ],
  ['the parent of a block', (answers) => flip(headerOf(answers).parentDigest)],
  ['the payload root of a block', (answers) => flip(headerOf(answers).payloadRoot)],
  ['the state root of a block', (answers) => flip(headerOf(answers, 1n).stateRoot)],
  ['a transaction of a block', (answers) => flip(blockOf(answers, 1n).block?.transactions[0])],
  [
    'the view of a certificate',
    (answers) => {
      certificateOf(answers).view ^= 64n;
    },
  ],
  ['the digest in a certificate', (answers) => flip(certificateOf(answers).blockDigest)],
  ['the first signature under a block', (answers) => flip(certificateOf(answers).signatures[0]?.signature)],
  [
    'the last signature under a block of the new members',
    (answers) => flip(certificateOf(answers, 1n).signatures.at(-1)?.signature),
  ],
  [
    'who signed',
    (answers) => {
      const last = certificateOf(answers).signatures.at(-1) ?? assert.fail();
      last.member ^= 4;
    },
  ],
  ['the list of the new members', (answers) => flip(handover(answers).handover)],
  [
    'the size of the tree above a handover',
    (answers) => {
      const proof = handover(answers).payloadProof ?? assert.fail();
      proof.treeSize ^= 2n;
    },
  ],
  [
    'a signature under a handover',
    (answers) => flip(handover(answers).commitCertificate?.signatures[1]?.signature),
  ],
  ['a transaction', (answers) => flip(paid(answers).transaction)],
  ['the path to a transaction', (answers) => flip(paid(answers).stateProof?.path[0])],
  [
    'the place of a transaction',
    (answers) => {
      const proof = paid(answers).stateProof ?? assert.fail();
      proof.leafIndex ^= 1n;
    },
  ],
];
