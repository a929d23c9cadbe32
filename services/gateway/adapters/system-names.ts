import { lookup } from 'node:dns/promises';
import type { LookUp } from '../ports/name-service.ts';

/** The system's own resolver: also /etc/hosts and the names of a container network. */
export const systemLookUp: LookUp = async (name, family) => {
  const answers = await lookup(name, { all: true, family: family === 'any' ? 0 : family });
  return answers.map(({ address }) => address);
};
