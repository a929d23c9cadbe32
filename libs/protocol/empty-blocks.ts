/**
 * Which empty blocks a chain makes. `never`: none, and without transactions its members are silent. `always`: also when
 * nothing waits. `proof`: one, where the newest block left a state whose root no header holds yet.
 */
export type EmptyBlocks = 'never' | 'always' | 'proof';

/** The things at a member that may call for a block. */
export interface Pending {
  readonly transactions: boolean;
  /** Members that were adopted: in force some blocks later, and they wait for no transaction. */
  readonly change: boolean;
  /** The state after the newest final block stands in no header (`RootPlace`). */
  readonly root: boolean;
}

/** Whether there is anything to decide: the one rule for all who ask. */
export function isWork(policy: EmptyBlocks, { transactions, change, root }: Pending): boolean {
  if (transactions || change) return true;
  return policy === 'always' || (policy === 'proof' && root);
}
