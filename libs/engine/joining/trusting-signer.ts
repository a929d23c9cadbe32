import type { MemberIndex } from '#libs/chain/ids.ts';
import { keySignatureOf } from '#libs/protocol/signed.ts';
import type { SignerPort } from '#libs/replica/ports.ts';
import type { ClaimVerifier } from '../ports/engine-ports.ts';

/** Signatures of the own signer need no verification when a certificate brings them back. */
export function trusting(
  signer: SignerPort,
  verifier: ClaimVerifier,
  me: MemberIndex | undefined,
): SignerPort {
  return {
    sign(statement, grounds, done) {
      signer.sign(statement, grounds, (answer) => {
        if (answer.kind === 'signed' && me !== undefined) {
          verifier.trust({ member: me, statement, ...keySignatureOf(answer) });
        }
        done(answer);
      });
    },
  };
}
