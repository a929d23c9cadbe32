import { withSignerAdmin } from '../adapters/signer-admin.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import type { Terminal } from '../words/terminal.ts';

/** Says what a person has to do whose member has a key that is locked: until then it runs and does not vote. */
export async function noteLocked({ hasChain, paths }: LaunchFacts, terminal: Terminal): Promise<void> {
  if (!hasChain) return;
  const { locked } = await withSignerAdmin(paths.adminSocket, (admin) => admin.getCustody());
  if (locked)
    terminal.note(
      `the key is locked, and this member does not vote: btcfed signer unlock --home ${paths.home}`,
    );
}
