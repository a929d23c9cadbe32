import { withSignerAdmin } from '../adapters/signer-admin.ts';
import type { LaunchFacts } from '../core/launch-facts.ts';
import type { Terminal } from '../words/terminal.ts';

/** Tells a person how to unlock the key of a member: until then the member runs and does not vote. */
export async function noteLocked({ hasChain, paths }: LaunchFacts, terminal: Terminal): Promise<void> {
  if (!hasChain) return;
  const { locked } = await withSignerAdmin(paths.adminSocket, (admin) => admin.getCustody());
  if (locked)
    terminal.note(
      `the key is locked, and this member does not vote: btcfed signer unlock --home ${paths.home}`,
    );
}
