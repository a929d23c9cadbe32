import { equalBytes } from '#libs/bytes/bytes.ts';
import { Encoder } from '#libs/bytes/encoder.ts';
import { sha256 } from '#libs/bytes/sha256.ts';
import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Claim } from '#libs/protocol/certificate.ts';
import { isSameStatement } from '#libs/protocol/evidence.ts';
import type { SigningScope, VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';

/**
 * Signatures without the cost of any: hash of a secret of the world, the member and the signing bytes. Nobody in the
 * world knows the secret; a holder of one `signerOf` can sign for that member alone.
 */
export class SignatureAuthority {
  readonly #secret: string;
  readonly #table: VoteTable;
  readonly #scope: SigningScope;
  readonly #nodes: readonly MemberIndex[] | undefined;
  readonly #made = new Map<string, Uint8Array>();
  /**
   * The claim of each signature that was made here, or found true: nearly all signatures to verify are these very
   * arrays.
   */
  readonly #origins = new WeakMap<Uint8Array, Omit<Claim, 'signature'>>();

  /** @param nodes - The node of each member, whose key it is; when not given each member is the node of its number. */
  constructor(secret: string, table: VoteTable, scope: SigningScope, nodes?: readonly MemberIndex[]) {
    this.#secret = secret;
    this.#table = table;
    this.#scope = scope;
    this.#nodes = nodes;
  }

  /** The key of one member. */
  signerOf(member: MemberIndex): (statement: VoteStatement) => Uint8Array {
    return (statement) => this.#signature(member, statement);
  }

  verify({ member, statement, signature }: Claim): boolean {
    if (this.#nodes !== undefined && this.#nodes[member] === undefined) return false;
    const origin = this.#origins.get(signature);
    if (origin !== undefined) return origin.member === member && isSameStatement(origin.statement, statement);
    if (!equalBytes(this.#signature(member, statement), signature)) return false;
    // The array came out of a message: other receivers of that message have the same array.
    this.#origins.set(signature, { member, statement });
    return true;
  }

  #signature(member: MemberIndex, statement: VoteStatement): Uint8Array {
    const name = `${member} ${statementName(statement)}`;
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const bytes = new Encoder()
      .text(this.#secret)
      .u32(this.#nodes?.[member] ?? member)
      .prefixed(this.#table.bytes(this.#scope, statement))
      .finish();
    const signature = sha256(bytes);
    this.#made.set(name, signature);
    this.#origins.set(signature, { member, statement });
    return signature;
  }
}

/** Signatures of nodes under any bytes, made and verified the same way. */
export class ByteSigner {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  sign(node: MemberIndex, message: Uint8Array): Uint8Array {
    return sha256(new Encoder().text(this.#secret).u32(node).prefixed(message).finish());
  }

  verify(node: MemberIndex, message: Uint8Array, signature: Uint8Array): boolean {
    return equalBytes(this.sign(node, message), signature);
  }
}

/** All that a statement says, as one line: two statements are the same when their names are. */
export function statementName({ kind, instance, view, block, reports }: VoteStatement): string {
  const told = reports.map((each) => `${each.instance} ${each.view} ${each.digest}`);
  return `${kind} ${instance} ${view} ${block === undefined ? told : `${block.height} ${block.digest}`}`;
}
