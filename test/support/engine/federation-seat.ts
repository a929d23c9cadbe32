import type { MemberIndex } from '#libs/chain/ids.ts';
import type { EpochPorts } from '#libs/engine/node-ports.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { SignerPort } from '#libs/replica/ports.ts';

type Verifier = ReturnType<EpochPorts['verifierOf']>;

/** The wishes of a test about signatures, and the record of them. */
export interface SignatureWishes {
  readonly signed: { readonly member: MemberIndex; readonly statement: VoteStatement }[];
  readonly unsigned: ReadonlySet<MemberIndex>;
  readonly signMs: number;
  readonly anySignature: boolean;
  verified: number;
  overloads: number;
  after(delayMs: number, run: () => void): void;
}

/** The signer and the verifier of the simulator, as far as a test wishes nothing else. */
export function fitSeat(
  wishes: SignatureWishes,
  member: MemberIndex,
  { signer, verifierOf, ...ports }: EpochPorts,
): EpochPorts {
  return {
    ...ports,
    signer: { sign: (...request) => sign(wishes, member, signer, request) },
    verifierOf: (facts) => {
      const verifier = verifierOf(facts);
      return { ...verifier, verify: (...question) => verify(wishes, verifier, question) };
    },
  };
}

function sign(
  wishes: SignatureWishes,
  member: MemberIndex,
  signer: SignerPort,
  [statement, grounds, done]: Parameters<SignerPort['sign']>,
): void {
  const later: typeof done = (answer) => wishes.after(wishes.signMs, () => done(answer));
  if (wishes.unsigned.has(member)) return later({ kind: 'refused', reason: 'signer refuses' });
  wishes.signed.push({ member, statement });
  signer.sign(statement, grounds, later);
}

function verify(
  wishes: SignatureWishes,
  verifier: Verifier,
  [claims, done, from]: Parameters<Verifier['verify']>,
): void {
  if (from === undefined && wishes.overloads > 0) {
    wishes.overloads -= 1;
    return wishes.after(0, () => done(false, 'overloaded'));
  }
  wishes.verified += claims.length;
  if (wishes.anySignature) return wishes.after(0, () => done(true));
  verifier.verify(claims, done, from);
}
