import { SettingsError } from './settings-error.ts';

/** @param problem - The path of the key, its fault and the remedy. */
export function invalidGenesis(problem: string, options?: ErrorOptions): SettingsError {
  return new SettingsError(
    `invalid genesis.json: ${problem}`,
    { code: 'GENESIS_INVALID' },
    { ...options, plain: problem },
  );
}
