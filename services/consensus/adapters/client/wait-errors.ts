import { ClientError } from './client-errors.ts';

export function tooManyWaiters(why: string): ClientError {
  return new ClientError(`${why}: come back later, or ask another member`, {
    code: 'CONSENSUS_TOO_MANY_WAITERS',
  });
}

export function waitExpired(): ClientError {
  return new ClientError('not final before the deadline of the call', { code: 'CONSENSUS_WAIT_EXPIRED' });
}
