import { setTimeout as sleep } from 'node:timers/promises';
import type { FederationClient } from '#libs/client/client.ts';
import { SERVICE_NAMES, type ServiceName } from '#services/launcher/core/service-names.ts';
import { ignorePassing } from '#test/support/federation/black-box.ts';
import type { LocalMembers } from '#test/support/federation/local-members.ts';
import type { Perturbation } from './manifest.ts';
import type { NetworkPerturbation } from './perturb-network.ts';

/** Longest wait for somebody who says who leads. */
const LEADER_ASKS_MAX = 50;
const LEADER_ASK_MS = 100;
const LEADER_ANSWER_MS_MAX = 10_000;

/** Does it, and undoes it when its time is over. */
export async function perturb(
  federation: LocalMembers,
  what: Exclude<Perturbation, NetworkPerturbation>,
): Promise<void> {
  const { forMs } = what;
  switch (what.kind) {
    case 'kill':
      return down(federation, what.member, { services: what.services, forMs, how: 'kill' });
    case 'restart':
      return down(federation, what.member, { services: what.services, forMs, how: 'stop' });
    case 'pause':
      return paused(federation, what.member, what.services, forMs);
    case 'power-cut':
      await federation.powerCut();
      await sleep(forMs);
      return federation.startAll();
    case 'clock-skew':
      return skewed(federation, what.member, what.shiftMs, forMs);
    case 'disk-full':
      return diskFull(federation, what.member, forMs);
    case 'leader-chase':
      for (let i = 0; i < what.times; i++) {
        const member = await leaderOf(federation);
        await down(federation, member, { services: ['consensus'], forMs, how: 'kill' });
      }
      return;
    case 'changing-minority':
      for (let i = 0; i < what.cycles; i++) {
        await memberDown(federation, i % federation.members.length, forMs);
      }
  }
}

interface Down {
  readonly services: readonly ServiceName[];
  readonly forMs: number;
  readonly how: 'kill' | 'stop';
}

async function down(federation: LocalMembers, member: number, { services, forMs, how }: Down): Promise<void> {
  await Promise.all(
    services.map((service) =>
      how === 'kill' ? federation.kill(member, service) : federation.stop(member, service),
    ),
  );
  await sleep(forMs);
  for (const service of services) await federation.restart(member, service);
}

async function memberDown(federation: LocalMembers, member: number, forMs: number): Promise<void> {
  await federation.powerCut([member]);
  await sleep(forMs);
  await federation.startAll([member]);
}

async function paused(
  federation: LocalMembers,
  member: number,
  services: readonly ServiceName[],
  forMs: number,
): Promise<void> {
  for (const service of services) federation.pause(member, service);
  await sleep(forMs);
  for (const service of services) federation.resume(member, service);
}

/** The signer keeps its right time: it has no use for one. */
async function skewed(
  federation: LocalMembers,
  member: number,
  shiftMs: number,
  forMs: number,
): Promise<void> {
  const services = SERVICE_NAMES.filter((service) => service !== 'signer');
  for (const service of services) {
    await federation.stop(member, service);
    await federation.restart(member, service, shiftMs);
  }
  await sleep(forMs);
  for (const service of services) {
    await federation.stop(member, service);
    await federation.restart(member, service);
  }
}

/** When there is room again the member comes back by itself. */
async function diskFull(federation: LocalMembers, member: number, forMs: number): Promise<void> {
  const disk = federation.diskOf(member);
  disk?.fill();
  await sleep(forMs);
  disk?.free();
}

/** The leader of the newest position that anybody is in: the highest view, and where each height has views of its own, of the highest one. */
async function leaderOf(federation: LocalMembers): Promise<number> {
  for (let i = 0; i < LEADER_ASKS_MAX; i++) {
    const answers = await Promise.all(
      federation.members.map(({ client }) =>
        client.status({ deadlineMs: LEADER_ANSWER_MS_MAX }).catch(ignorePassing),
      ),
    );
    const newest = answers
      .filter((answer) => answer !== undefined)
      .toSorted(byPosition)
      .at(-1);
    if (newest !== undefined) return newest.leader;
    await sleep(LEADER_ASK_MS);
  }
  throw new Error('no member says who leads');
}

type Answered = Awaited<ReturnType<FederationClient['status']>>;

function byPosition({ header: one }: Answered, { header: other }: Answered): number {
  const ahead = (one?.finalHeight ?? 0n) - (other?.finalHeight ?? 0n);
  return Number(ahead === 0n ? (one?.view ?? 0n) - (other?.view ?? 0n) : ahead);
}
