import { toHex } from '#libs/bytes/hex.ts';
import { payloadLeaves } from '#libs/chain/block-rules.ts';
import { type Digest, type Epoch, toDigest } from '#libs/chain/ids.ts';
import { inclusionProof } from '#libs/chain/merkle.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import { inEpoch, mayEndAt } from '#libs/custody/epoch.ts';
import { handedOver } from '#libs/custody/handed-over.ts';
import { learnableCertificate } from '#libs/custody/learn-grounds.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { ProverPort, SignerPort } from '#libs/replica/ports.ts';
import { settingIn } from '../member/setting.ts';
import { replaceRegister, signerPort } from '../member/signer-port.ts';
import type { NodeChain } from './node-chain.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';

interface SignerParts {
  readonly owner: NodeOwner;
  readonly seat: EpochSeat;
  readonly chain: NodeChain;
  readonly book: MembershipBook;
}

/**
 * The signer of a node, led from epoch to epoch by the handovers in the chain, as the signer of production is: each is
 * believed for the certificate of the old members alone.
 */
export function nodeSigner(parts: SignerParts): SignerPort & ProverPort {
  const { seat } = parts;
  let port: (SignerPort & ProverPort) | undefined;
  return {
    prove: (certificate, done) => {
      if (seat.me === undefined || (port === undefined && !isLedTo(parts))) return done(false);
      port ??= signerPort(seat);
      port.prove(certificate, done);
    },
    sign: (statement, grounds, done) => {
      if (seat.me === undefined) {
        seat.observe((observer) => observer.refused(seat.endpoint.instance, statement, 'NOT_MEMBER'));
        return;
      }
      if (port === undefined && seat.freeSigner === undefined && !isLedTo(parts)) {
        seat.observe((observer) => observer.refused(seat.endpoint.instance, statement, 'NO_HANDOVER'));
        return done({ kind: 'refused', reason: 'NO_HANDOVER' });
      }
      port ??= signerPort(seat);
      port.sign(statement, grounds, done);
    },
  };
}

/** Brings the register to the epoch of the seat; false when a handover on the way is missing or does not hold. */
function isLedTo({ owner, seat, chain, book }: SignerParts): boolean {
  const { register } = owner.disk;
  while (register.value.epoch < seat.epoch.scope.epoch) {
    const next = handedTo({ owner, seat, chain, book }, register.value);
    if (next === undefined) return false;
    replaceRegister(seat, register, next);
  }
  return register.value.epoch === seat.epoch.scope.epoch;
}

function handedTo({ owner, chain, book }: SignerParts, state: CustodyState): CustodyState | undefined {
  const { federation } = owner.setting;
  const before = book.epoch(state.epoch);
  const after = book.epoch((state.epoch + 1n) as Epoch);
  const proved = after && chain.certifiedBlock(after.root.height);
  const [handover] = proved?.block.transactions ?? [];
  if (before === undefined || proved === undefined || handover === undefined) return undefined;
  const epoch = federation.epochOf({ ...before, chain: state.chain });
  const { set, root, authority, nodes } = epoch;
  const me = nodes.indexOf(owner.endpoint.member);
  const { leader } = settingIn(owner.setting, epoch);
  const position = me < 0 ? undefined : set.members[me]?.index;
  const custodian = new Custodian({ table: epoch.table, set, root, me: position, leader }, state);
  const { block, certificate } = proved;
  const path = inclusionProof(payloadLeaves(block.transactions), 0).map(digestOf);
  const proof = { certificate, header: block.header, handover: handover.bytes, path };
  const facts = handedOver(custodian, { kind: 'handover', ...proof }, (id) => federation.tableOf(id));
  const learnable = learnableCertificate(custodian, certificate);
  if (facts?.kind !== 'begun' || learnable?.claims.every((claim) => authority.verify(claim)) !== true)
    return undefined;
  if (!mayEndAt(state, facts.root, custodian.context.table)) return undefined;
  return inEpoch(state, { epoch: facts.set.epoch, ...facts });
}

function digestOf(bytes: Uint8Array): Digest {
  return toDigest(toHex(bytes));
}
