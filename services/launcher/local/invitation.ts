import { DEFAULT_ADDRESS } from '../adapters/port-claims.ts';
import type { Terminal } from '../words/terminal.ts';
import type { LocalMember } from './local-federation.ts';

/**
 * Tells a person what to do next with a federation that keeps running.
 *
 * @param home - Its folder, as the person named it; left out for a scratch folder, which is found without.
 */
export function invite(members: readonly LocalMember[], terminal: Terminal, home?: string): void {
  const [first] = members;
  const last = members.at(-1);
  if (first === undefined || last === undefined) return;
  const { clientAddress, paths } = first.home.facts;
  const address = clientAddress === DEFAULT_ADDRESS ? '' : ` --address ${clientAddress}`;
  const place = home === undefined ? '' : ` --home ${home}`;
  terminal.note(`in another terminal: npx btcfed status${address}`);
  terminal.note(`kill, restart, pause or resume a member: npx btcfed up kill ${last.name}${place}`);
  terminal.note(
    `logs of ${first.name} are in ${paths.logsFolder}, its genesis is ${paths.genesis}; Ctrl-C stops all`,
  );
}
