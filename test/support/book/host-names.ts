/** Hosts of the members that found the federation; `each` in the book. */
export const FOUNDERS = ['alice', 'bob', 'carol', 'dave'] as const;

/** The hosts of the book, each of the member of its name. */
export const HOSTS = [...FOUNDERS, 'erin', 'frank'] as const;

export type HostName = (typeof HOSTS)[number];

export const isHost = (name: string): name is HostName => (HOSTS as readonly string[]).includes(name);
