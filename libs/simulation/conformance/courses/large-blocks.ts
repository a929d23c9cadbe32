import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import { CalmChain, type FitPorts } from './calm-chain.ts';
import { PortCounts } from './port-counts.ts';

/** The one transaction of a block, bytes: four times as many as a proposal carries, so that the proposal names it. */
export const LARGE_BYTES = 64 * 1024;

const WARM = 2;
const COUNTED = 20;

/** All messages take the same, and a signature takes a moment: so a proposal overtakes no gossip, which left before it was signed. */
const SIGN_MS = 1;
const DELAY = { minMs: 5, maxMs: 5, tailRate: 0, tailMs: 5 };

/** Of the transactions alone: the rest is as much in a small block, and C20 bounds it there. */
const TOLERANCE = 0.1;

/**
 * How often the transaction of a large block crosses a link, for each member but the one whose client gave it: the bytes of all messages
 * beside their signatures, gossip and requests among them, in parts of those that must come to each once.
 * @returns undefined where nothing is decided.
 */
export function crossingsOf(
  subject: HostedSubject,
  members: number,
  fit: FitPorts = (ports) => ports,
): number | undefined {
  const counts = new PortCounts(subject, members);
  const chain = new CalmChain(subject, members, {
    delay: DELAY,
    fit: (ports, node) => counts.fit(fit(withLargeBlocks(signingSlowly(ports)), node)),
  });
  const decide = (from: number, to: number): boolean =>
    Array.from({ length: to - from }, (_, at) => `${from + at} `.padEnd(LARGE_BYTES, '.')).every((text) =>
      chain.decide(text),
    );
  if (!decide(0, WARM)) return undefined;
  const before = counts.cost;
  if (!decide(WARM, WARM + COUNTED)) return undefined;
  const { beside, others } = counts.cost;
  return (beside + others - before.beside - before.others) / (COUNTED * (members - 1) * LARGE_BYTES);
}

/** Each member gets a transaction once, as gossip, and a proposal names it by 32 bytes. */
export function crossingFaults(crossings: number | undefined): readonly string[] {
  if (crossings === undefined)
    return ['blocks of a large transaction are not decided, although nothing fails'];
  if (Math.abs(crossings - 1) <= TOLERANCE) return [];
  return [
    `crossings: a large transaction comes ${crossings.toFixed(2)} times to each member, and once is enough`,
  ];
}

function withLargeBlocks(ports: NodePorts): NodePorts {
  const limits = { ...ports.rules.limits, bytesMax: 2 * LARGE_BYTES, transactionBytesMax: LARGE_BYTES };
  return { ...ports, rules: { ...ports.rules, limits } };
}

function signingSlowly(ports: NodePorts): NodePorts {
  return {
    ...ports,
    enterEpoch: (...entered) => {
      const { signer, ...rest } = ports.enterEpoch(...entered);
      const sign: typeof signer.sign = (...asked) =>
        void ports.clock.after(SIGN_MS, () => signer.sign(...asked));
      return { ...rest, signer: { sign } };
    },
  };
}
