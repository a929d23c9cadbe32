import type { Genesis } from '#libs/settings/genesis.ts';

/** The settings that the genesis fixes for the life of a chain, as a person reads them. */
export function genesisKeys({ chainId, protocol, scheme, members, parameters }: Genesis) {
  const named = { chain_id: chainId, protocol, scheme, members: String(members.length) };
  return [
    ...Object.entries(named),
    ...Object.entries(parameters).map(([name, value]) => [snakeCase(name), String(value)] as const),
  ].map(([name, value]) => ({ key: `genesis.${name}`, effect: 'genesis' as const, value }));
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
