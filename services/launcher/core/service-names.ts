/** The services of one member, in the order they are started. */
export const SERVICE_NAMES = ['config', 'signer', 'gateway', 'consensus'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The services of a member: all of them, or, for a node without a chain, those that need none. */
export function servicesOf({ hasChain }: { readonly hasChain: boolean }): readonly ServiceName[] {
  return hasChain ? SERVICE_NAMES : ['config', 'gateway'];
}
