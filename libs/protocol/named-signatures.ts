import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from './certificate.ts';
import { type KeySignature, type Signed, signedOf } from './signed.ts';
import type { VoteStatement } from './vote/statement.ts';

/** Signatures under one statement that somebody lacks. */
export interface WantedSignatures {
  readonly statement: VoteStatement;
  /** Ascending. */
  readonly members: readonly MemberIndex[];
}

/** Signatures under one statement, as a member gives them: not verified. */
export interface GivenSignatures {
  readonly statement: VoteStatement;
  /** Distinct members, ascending. */
  readonly signatures: readonly Signed[];
}

/** Signatures that were verified, or made here. */
export interface HeldSignatures {
  signatureOf(statement: VoteStatement, member: MemberIndex): KeySignature | undefined;
}

/** Holds nothing: certificates by reference cannot be read. */
export const NO_SIGNATURES: HeldSignatures = { signatureOf: () => undefined };

const texts = new WeakMap<VoteStatement, string>();

/** One line for each statement: equal lines, equal statements. Made once for each object: a certificate asks for it once for each signer. */
export function statementText(statement: VoteStatement): string {
  const known = texts.get(statement);
  if (known !== undefined) return known;
  const text = textOf(statement);
  texts.set(statement, text);
  return text;
}

function textOf({ kind, instance, view, block, reports }: VoteStatement): string {
  const about = block === undefined ? '-' : `${block.height} ${block.digest}`;
  const reported = reports.map((each) => ` ${each.instance} ${each.view} ${each.digest}`);
  return `${kind} ${instance} ${view} ${about}${reported.join('')}`;
}

/** The claims that given signatures make. */
export function claimsOfGiven({ statement, signatures }: GivenSignatures): readonly Claim[] {
  return signatures.map((each) => ({ ...signedOf(each), statement }));
}
