import type { SigningScope, VoteStatement } from '#libs/protocol/vote/statement.ts';

/** The bytes that are signed for a statement, as a program apart from this code computed them. */
export interface SigningVector {
  readonly scope: SigningScope;
  readonly statement: VoteStatement;
  /** In hexadecimal. */
  readonly bytes: string;
}
