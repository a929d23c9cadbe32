import type { MemberIndex } from '#libs/chain/ids.ts';
import type { SignerPort } from '#libs/replica/ports.ts';
import type { ClaimVerifier } from '../ports/engine-ports.ts';

/** What the own signer made need not be verified when a certificate brings it back. */
export function trusting(
  signer: SignerPort,
  verifier: ClaimVerifier,
  me: MemberIndex | undefined,
): SignerPort {
  return {
    sign(statement, grounds, done) {
      signer.sign(statement, grounds, (answer) => {
        if (answer.kind === 'signed' && me !== undefined) {
          verifier.trust({ member: me, statement, signature: answer.signature });
        }
        done(answer);
      });
    },
  };
}
