import type { RefuseDecision } from '#libs/custody/decide.ts';
import { SignerError } from './errors.ts';

/** A refusal of the slot rules, in the words of the API. */
export function refusalError({ reason, facts }: RefuseDecision): SignerError {
  const { slot, mark, signed } = facts;
  switch (reason) {
    case 'CONFLICTING_SLOT':
      return new SignerError(`another ${slot.kind} was already signed in view ${slot.view}`, {
        code: 'SIGNER_CONFLICTING_SLOT',
        view: slot.view,
        kind: slot.kind,
        signed,
      });
    case 'STALE_SLOT':
      return new SignerError(
        `${slot.kind} of view ${slot.view} is over: ${mark.kind} of view ${mark.view} was signed`,
        {
          code: 'SIGNER_STALE_SLOT',
          view: slot.view,
          kind: slot.kind,
          markView: mark.view,
        },
      );
    case 'WRONG_EPOCH':
      return new SignerError(`epoch ${slot.epoch} is over: epoch ${mark.epoch} was signed in`, {
        code: 'SIGNER_WRONG_EPOCH',
        epoch: slot.epoch,
        markEpoch: mark.epoch,
      });
  }
}
