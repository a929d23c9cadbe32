import type { Board } from './board.ts';
import { dashboardOf } from './dashboard.ts';
import { FEDERATION } from './federation.ts';
import { HOST } from './host.ts';
import { MEMBER } from './member.ts';
import { NETWORK } from './network.ts';
import { SIGNER } from './signer.ts';

/** All dashboards, in the order in which a person looks. */
export const BOARDS: readonly Board[] = [FEDERATION, MEMBER, NETWORK, SIGNER, HOST];

/** Name and text of each file that Grafana loads. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(
    BOARDS.map((board) => [`${board.name}.json`, `${JSON.stringify(dashboardOf(board), null, 2)}\n`]),
  );
}
