import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { completeChecksum, readdressed, targetOf } from './network-frame.ts';
import {
  CARDS_HOST,
  CARDS_PORT,
  type LinkRule,
  NO_RULE,
  SWITCH_HOST,
  type SwitchOrder,
  switchPort,
} from './network-plan.ts';

/**
 * The wire between the members of a network lab, as a process of its own. The card of each member hands its Ethernet
 * frames to it as VXLAN; it passes them on to the card that they are for, late, not at all, or to all, as it is told.
 * It stands in for `tc netem`, a module that many kernels lack. Ends when its parent does.
 */
/** Bytes on the way in one direction of one link: a bound, as that of a router's buffer. */
const ON_THE_WAY_MAX = 16 * 1024 * 1024;

const members = Number(process.argv[2]);
const rules = new Map<string, LinkRule>();
const onTheWay = new Map<string, number>();
const sockets: Socket[] = [];

for (let index = 0; index < members; index++) {
  const socket = createSocket('udp4').bind(switchPort(index), SWITCH_HOST);
  socket.on('message', (frame) => pass(index, frame));
  await once(socket, 'listening');
  sockets.push(socket);
}

function pass(from: number, frame: Buffer): void {
  const target = targetOf(frame);
  completeChecksum(frame);
  for (let to = 0; to < members; to++) {
    if (to !== from && (target === 'all' || to === target)) carry(from, to, frame);
  }
}

function carry(from: number, to: number, frame: Buffer): void {
  const key = `${from} ${to}`;
  const { isCut, loss, delayMs } = rules.get(key) ?? NO_RULE;
  if (isCut || Math.random() < loss) return;
  if (delayMs === 0) return deliver(to, frame);
  const waiting = (onTheWay.get(key) ?? 0) + frame.length;
  if (waiting > ON_THE_WAY_MAX) return;
  onTheWay.set(key, waiting);
  setTimeout(() => {
    onTheWay.set(key, (onTheWay.get(key) ?? 0) - frame.length);
    deliver(to, frame);
  }, delayMs);
}

/** A card that is down refuses; its frames are lost, as on any wire. */
function deliver(to: number, frame: Buffer): void {
  sockets[to]?.send(readdressed(frame, to), CARDS_PORT, CARDS_HOST, () => undefined);
}

process.on('message', ({ serial, links }: SwitchOrder) => {
  for (const { from, to, rule } of links) rules.set(`${from} ${to}`, rule);
  process.send?.({ serial });
});
process.on('disconnect', () => process.exit());
process.send?.({ serial: 0 });
