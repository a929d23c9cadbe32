import type { MemberIndex } from '#libs/chain/ids.ts';
import type { MissingSignature } from '../decided-height.ts';
import { type MissingSigner, momentOf, msText } from './explanation.ts';

/** The missing connection to a member when the decision came; undefined where there was one, or nothing is known of it. */
export function linkAbsence(
  absent: MissingSigner,
  to: MemberIndex | undefined = absent.index,
  name: string | undefined = absent.name,
): MissingSignature | undefined {
  const { decided } = absent;
  const link = to === undefined ? undefined : decided.links.get(to);
  if (link === undefined || link.isConnected || !decided.hasGateway) return undefined;
  const sinceMs = momentOf(link.sinceMs, absent);
  const since = new Date(sinceMs).toISOString();
  const line = `the gateway had no connection to ${name} when the decision came, since ${since} (${msText(decided.atMs - link.sinceMs)} before it)`;
  return { cause: 'link-down', evidence: [line], sinceMs };
}
