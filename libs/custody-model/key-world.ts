import type { CustodyContext, CustodyRequest } from '#libs/custody/custody-context.ts';
import type { CustodyState } from '#libs/custody/custody-state.ts';
import type { Decision } from '#libs/custody/decision.ts';
import type { FactBook } from '#libs/custody/fact-book.ts';

/** Something that a hostile host can ask a key for. */
export interface Ask {
  readonly name: string;
  readonly request: CustodyRequest;
  /** Index of the request that it counts as: the same statement, shown otherwise. */
  readonly as?: number | undefined;
}

/** A key that keeps to the rules, before its host asks it for anything. Keys of one role are alike. */
export interface ModelKey {
  readonly role: string;
  readonly context: CustodyContext;
  readonly state: CustodyState;
}

/** A key in some state: its facts, and its signatures by index of request. Kept once for each name. */
export interface KeyNode extends ModelKey {
  readonly id: number;
  readonly signed: readonly number[];
}

/** Keys, and all acts of their hosts. */
export interface KeyWorld {
  readonly keys: readonly ModelKey[];
  readonly asks: readonly Ask[];
  /**
   * The proofs that the host can show for a request in this state, each by a name: under one name always the
   * same facts.
   */
  shown(ask: number, keys: readonly KeyNode[]): readonly string[];
  facts(ask: number, shown: string): FactBook;
  /** The changes that can happen to a key beside signing. */
  turns?(key: KeyNode, keys: readonly KeyNode[]): Iterable<ModelKey>;
  /** A request as this key is asked it; left out, as it is. */
  asked?(key: KeyNode, ask: Ask): CustodyRequest;
  /** The promise that an answer breaks by itself; undefined when it breaks none. */
  wrongAnswer?(key: KeyNode, ask: Ask, decision: Decision): string | undefined;
  /** The promise that all signed statements together break; undefined when they break none. */
  broken(keys: readonly KeyNode[]): string | undefined;
}
