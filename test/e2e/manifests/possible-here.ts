import { SmallDisk } from '#test/support/disk/small-disk.ts';
import { NetworkLab } from '#test/support/network/network-lab.ts';
import type { Perturbation } from './manifest.ts';
import { isOfNetwork } from './perturb-network.ts';

export interface Possible {
  readonly possible: readonly Perturbation[];
  /** Why the others are not. */
  readonly leftOut: readonly string[];
}

/**
 * The perturbations that this machine allows: only a user who may make a disk can fill it, and the same holds for a
 * network.
 */
export function possibleHere(perturbations: readonly Perturbation[]): Possible {
  const noDisk =
    perturbations.some(({ kind }) => kind === 'disk-full') && !SmallDisk.isPossible
      ? 'disk-full: this process may not mount'
      : undefined;
  const noNetwork = perturbations.some(isOfNetwork) ? NetworkLab.problem() : undefined;
  return {
    possible: perturbations.filter(
      (each) =>
        (noDisk === undefined || each.kind !== 'disk-full') &&
        (noNetwork === undefined || !isOfNetwork(each)),
    ),
    leftOut: [noDisk, noNetwork].filter((reason) => reason !== undefined),
  };
}
