import type { RefuseDecision } from '#libs/custody/decision.ts';
import type { RefusalReason } from '#libs/custody/refusal-reason.ts';
import { positionText } from '#libs/protocol/vote/position.ts';
import { SignerError } from '../../words/errors.ts';

const SENTENCES: Readonly<Record<RefusalReason, string>> = {
  QUARANTINED: 'this key is in quarantine or retired: see "btcfed signer state" and the README of the signer',
  SESSION_FENCED: 'another session was opened since: a second consensus process uses this signer',
  WRONG_CHAIN: 'this key is bound to another chain',
  WRONG_EPOCH: 'this key signs in another epoch',
  NOT_MEMBER: 'the members of this epoch do not know this key',
  WRONG_KIND: 'the protocol of this epoch has no such statement, or not in this shape',
  CONFLICTING_SLOT: 'another statement was already signed there',
  STALE_SLOT: 'it is over: a later statement was signed',
  NOT_LEADER: 'this member does not lead the view',
  GROUNDS_MISSING: 'what it rests on was not shown, and it was not recorded before',
  BAD_BLOCK: 'the header is not that of the block, or does not extend what its certificate certifies',
  CERT_UNKNOWN: 'the certificate it rests on was not verified here: put it first',
  PROPOSAL_UNKNOWN: "the leader's signature of the proposal was not verified here",
  UNSAFE_BRANCH: 'the block neither extends the lock nor is justified by a newer certificate',
  UNSAFE_REPORT: 'it would hide a certificate that this key acted on',
  VIEW_JUMP: 'the view lies too far above the proved ones: put a certificate of a newer view first',
};

/** A refusal of the rules, in the words of the API. */
export function refusalError({ reason, facts }: RefuseDecision): SignerError {
  const { slot, mark, signed, provenView } = facts;
  return new SignerError(`${slot.kind} of ${positionText(slot)}: ${SENTENCES[reason]}`, {
    code: `SIGNER_${reason}`,
    view: slot.view,
    kind: slot.kind,
    signed,
    markView: mark?.view,
    provenView,
  });
}
