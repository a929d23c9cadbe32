import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalMembers } from '#test/support/federation/local-members.ts';
import type { NetworkLab } from '#test/support/network/network-lab.ts';
import {
  CUT,
  cardOf,
  type DirectedLink,
  linksBetween,
  MEMBER_PORT,
  NO_RULE,
} from '#test/support/network/network-plan.ts';
import { within } from '#test/support/within.ts';
import type { Perturbation } from './manifest.ts';

const KINDS = [
  'disconnect',
  'partition',
  'black-hole',
  'one-way-loss',
  'bad-network',
  'link-flaps',
  'address-change',
  'port-taken',
] as const;

export type NetworkPerturbation = Extract<Perturbation, { readonly kind: (typeof KINDS)[number] }>;

/** Whether it needs a network lab. */
export function isOfNetwork(what: Perturbation): what is NetworkPerturbation {
  return KINDS.some((kind) => kind === what.kind);
}

export interface NetworkStage {
  readonly federation: LocalMembers;
  readonly lab: NetworkLab;
  /** Awaited whenever the network is whole: the members must find each other again. */
  readonly settled: () => Promise<void>;
  /** Called when a cut has lasted its time, before it is healed; `cutMs` of `performance.now()`. */
  readonly stood: (what: NetworkPerturbation, cutMs: number) => void;
}

/** Does it, and undoes it when its time is over. */
export async function perturbNetwork(stage: NetworkStage, what: NetworkPerturbation): Promise<void> {
  const { lab, settled, stood } = stage;
  switch (what.kind) {
    case 'link-flaps':
      for (let i = 0; i < what.times; i++) {
        lab.setCard(what.member, 'down');
        await sleep(what.forMs);
        lab.setCard(what.member, 'up');
      }
      return settled();
    case 'address-change':
      return addressChange(stage, what.member, what.forMs);
    case 'port-taken':
      return portTaken(stage, what.member);
    case 'bad-network':
      // The members must keep or find each other in it, and after it.
      await lab.rule(everyLink(lab), { ...NO_RULE, delayMs: what.delayMs, loss: what.loss });
      await sleep(what.forMs);
      await settled();
      await lab.heal();
      return settled();
    default: {
      await lab.rule(cutLinks(lab, what), CUT);
      const cutMs = performance.now();
      await sleep(what.forMs);
      stood(what, cutMs);
      await lab.heal();
      return settled();
    }
  }
}

function cutLinks(
  lab: NetworkLab,
  what: Extract<NetworkPerturbation, { kind: 'disconnect' | 'partition' | 'black-hole' | 'one-way-loss' }>,
): readonly DirectedLink[] {
  switch (what.kind) {
    case 'disconnect':
      return everyLink(lab).filter(({ from, to }) => from === what.member || to === what.member);
    case 'black-hole':
      return linksBetween(what.pair, what.pair);
    case 'one-way-loss':
      return linksBetween(what.from, what.to);
    case 'partition':
      return what.groups.flatMap((group) =>
        linksBetween(
          group,
          what.groups.flat().filter((member) => !group.includes(member)),
        ),
      );
  }
}

function everyLink({ members }: NetworkLab): readonly DirectedLink[] {
  const all = Array.from({ length: members }, (_, index) => index);
  return linksBetween(all, all);
}

/** A host number that no member has. */
const OTHER_HOSTS = 100;

async function addressChange({ lab, settled }: NetworkStage, member: number, forMs: number): Promise<void> {
  const { ip } = cardOf(member);
  const other = cardOf(member + OTHER_HOSTS).ip;
  lab.changeAddress(member, ip, other);
  await settled();
  await sleep(forMs);
  lab.changeAddress(member, other, ip);
  await settled();
}

const HOLDER = `require('node:net').createServer((guest) => guest.destroy()).listen(${MEMBER_PORT}, '0.0.0.0', () => process.send('held'));
process.on('disconnect', () => process.exit());`;

async function portTaken({ federation, lab, settled }: NetworkStage, member: number): Promise<void> {
  await federation.stop(member, 'gateway');
  const [command, ...args] = lab.inMember(member, process.execPath, '-e', HOLDER);
  const holder = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    await within('a program that takes the port', once(holder, 'message'));
    const reason = await federation.restart(member, 'gateway').then(
      () => 'nothing: it started',
      (error: unknown) => String(error),
    );
    if (!/port is in use/.test(reason)) throw new Error(`a gateway without its port said ${reason}`);
  } finally {
    holder.kill('SIGKILL');
    await within('its end', once(holder, 'exit'));
  }
  await federation.restart(member, 'gateway');
  return settled();
}
