import type { View } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { others } from '../../liars/any-message.ts';
import { fattened } from '../../liars/odd-blocks.ts';
import {
  type HotStuffActor,
  type HotStuffTools,
  type Recipient,
  SeenCertificates,
  signProposal,
} from './kit.ts';

const BURST_MS = 150;
const VIEWS_AHEAD = 24;

/**
 * Wants the memory of the others: blocks far above every bound, proposals and reports for many views to come, and
 * bytes above the bound of a message (BYZ-22, RULES.md A.44). All of it well signed.
 */
export function glutton(tools: HotStuffTools): HotStuffActor {
  const seen = new SeenCertificates(tools);
  let view = 1n as View;
  const burst = () => {
    const target = tools.random.pick(others(tools));
    const justify = seen.newest;
    for (let ahead = 1; ahead <= VIEWS_AHEAD; ahead++) {
      const at = (view + BigInt(ahead)) as View;
      if (tools.leader(at) !== tools.me) continue;
      const block = tools.makeBlock(at, justify.digest, `ahead ${at}`);
      if (block !== undefined) tools.send(target, signProposal(tools, block, justify));
    }
    if (tools.codec !== undefined) tools.sendBytes(target, new Uint8Array(tools.codec.bytesMax + 1));
    tools.after(BURST_MS, burst);
  };
  tools.after(BURST_MS, burst);
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      seen.see(message);
      if (message.kind === 'new-view') view = message.view;
      if (message.kind !== 'proposal') return tools.send(to, message);
      const { block, justify } = message;
      const fat = fattened(tools.random, block);
      tools.send(to, {
        ...signProposal(tools, fat, justify),
        timeoutCertificate: message.timeoutCertificate,
      });
    },
    incoming: (_from, message) => seen.see(message),
  };
}
