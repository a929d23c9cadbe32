import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import { steadyDelay } from '../../plan/quiet-plan.ts';
import { CalmChain } from './calm-chain.ts';

/** Short beside a view, so that no view is given up for it. */
const SIGN_MS = 20;

/** Each member leads, and the first decisions of a chain rest on less. */
const WARM = 3;

/**
 * The signatures that are made one after the other from the moment at which a transaction is given until all hold it as final: the
 * time that a decision takes longer when each signature takes just so long, where messages take none.
 */
export function signaturesInRow(subject: HostedSubject, members: number): number {
  return (decisionMs(subject, members, SIGN_MS) - decisionMs(subject, members, 0)) / SIGN_MS;
}

/** The mean time of a decision. */
function decisionMs(subject: HostedSubject, members: number, signMs: number): number {
  const chain = new CalmChain(subject, members, {
    delay: steadyDelay(0),
    fit: (ports) => (signMs === 0 ? ports : signing(ports, signMs)),
  });
  const decide = (count: number, what: string): void => {
    for (let at = 0; at < count; at++) chain.decide(`${what} ${at}`);
  };
  decide(WARM, 'warm');
  const startMs = chain.nowMs;
  decide(members, 'counted');
  return (chain.nowMs - startMs) / members;
}

/** A node whose signer takes its time. */
function signing(ports: NodePorts, signMs: number): NodePorts {
  return {
    ...ports,
    enterEpoch: (membership, accounts) => {
      const seat = ports.enterEpoch(membership, accounts);
      const { signer } = seat;
      return {
        ...seat,
        signer: {
          sign: (statement, grounds, done) =>
            signer.sign(
              statement,
              grounds,
              (...signed) => void ports.clock.after(signMs, () => done(...signed)),
            ),
        },
      };
    },
  };
}
