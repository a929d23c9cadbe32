import type { MemberIndex, View } from '#libs/chain/ids.ts';
import { rootCertificate } from '#libs/protocol/certificate.ts';
import type { HotStuffMessage, Timeout } from '#libs/protocol/hotstuff/message.ts';
import { timeoutCertificateOf, timeoutShareOf } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { LeaveCertificate, LeaveShare } from '#libs/protocol/leave-certificate.ts';
import { type HotStuffActor, type HotStuffTools, type Recipient, SeenCertificates } from './kit.ts';

const KEPT_MAX = 64;
const AHEAD: readonly bigint[] = [0n, 1n, 3n, 1_000n];

/**
 * Puts timeout certificates together from parts that do not belong together: shares of several views, one share many
 * times, too few of them, and a highest certificate that nobody or somebody else reported (RULES.md A.39,
 * libs/simulation/README.md B.4).
 */
export function timeoutMixer(tools: HotStuffTools): HotStuffActor {
  const seen = new SeenCertificates(tools);
  const timeouts: Timeout[] = [];
  const mix = () => {
    const newest = timeouts.at(-1);
    if (newest === undefined) return;
    const certificate = tools.random.pick([mixed, repeated, thin, hiding, promoted])(tools, timeouts, seen);
    tools.send('all', { kind: 'timeout-certificate', timeoutCertificate: certificate });
    const high = rootCertificate(HOTSTUFF_TABLE, 'prepare', tools.root);
    const commit = rootCertificate(HOTSTUFF_TABLE, 'commit', tools.root);
    const view = (certificate.view + 1n) as View;
    if (tools.random.chance(0.3))
      tools.send('all', { kind: 'new-view', view, high, commit, timeoutCertificate: certificate });
  };
  return {
    outgoing: (to: Recipient, message: HotStuffMessage) => {
      seen.see(message);
      tools.send(to, message);
    },
    incoming: (_from: MemberIndex, message: HotStuffMessage) => {
      seen.see(message);
      if (message.kind !== 'timeout') return;
      timeouts.push(message);
      if (timeouts.length > KEPT_MAX) timeouts.shift();
      mix();
    },
  };
}

type Mix = (tools: HotStuffTools, timeouts: readonly Timeout[], seen: SeenCertificates) => LeaveCertificate;

function shareOf(timeout: Timeout): LeaveShare {
  return timeoutShareOf(timeout, timeout.high);
}

/** Mixes one timeout of each member, of any views. */
const mixed: Mix = (tools, timeouts) => {
  const byMember = new Map(timeouts.map((timeout) => [timeout.member, timeout]));
  const chosen = [...byMember.values()].sort((a, b) => a.member - b.member);
  const { high } = chosen.reduce((max, each) => (each.high.view > max.high.view ? each : max));
  const view = (tools.random.pick(chosen).view + tools.random.pick(AHEAD)) as View;
  return timeoutCertificateOf(view, chosen.map(shareOf), high);
};

/** One share as often as a quorum needs. */
const repeated: Mix = (tools, timeouts) => {
  const one = tools.random.pick(timeouts);
  const shares = Array.from({ length: Number(tools.set.quorum.commitWeight) }, () => shareOf(one));
  return timeoutCertificateOf(one.view, shares, one.high);
};

const thin: Mix = (tools, timeouts) => {
  const one = tools.random.pick(timeouts);
  return timeoutCertificateOf(one.view, [shareOf(one)], one.high);
};

/** The shares are those of one view; the highest certificate that they report is left out. */
const hiding: Mix = (tools, timeouts, seen) => {
  const whole = mixed(tools, timeouts, seen);
  const ofView = timeouts.filter(({ view }) => view === tools.random.pick(timeouts).view);
  const shares = [...new Map(ofView.map((timeout) => [timeout.member, shareOf(timeout)])).values()];
  const high = rootCertificate(HOTSTUFF_TABLE, 'prepare', tools.root);
  return { ...whole, shares: shares.sort((a, b) => a.member - b.member), high };
};

/** A real certificate that none of the shares reports. */
const promoted: Mix = (tools, timeouts, seen) => ({ ...mixed(tools, timeouts, seen), high: seen.newest });
