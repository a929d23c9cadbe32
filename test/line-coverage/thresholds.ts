/** Where a mistake can fork the chain or cost a key. */
const SAFETY_MIN = 95;
const OTHER_MIN = 90;

/** Lines that tests must run, percent, by folder. Both the folder and everything below it count (HS-50, E2E-06). */
export const LINES_MIN: Readonly<Record<string, number>> = {
  libs: OTHER_MIN,
  services: OTHER_MIN,
  'libs/chain': SAFETY_MIN,
  'libs/custody': SAFETY_MIN,
  'libs/engine': SAFETY_MIN,
  'libs/log': OTHER_MIN,
  'libs/membership': SAFETY_MIN,
  'libs/protocol': SAFETY_MIN,
  'libs/reload': OTHER_MIN,
  'libs/replica': SAFETY_MIN,
  'libs/settings': OTHER_MIN,
  'libs/settings-files': OTHER_MIN,
  'services/config': OTHER_MIN,
  'services/consensus': OTHER_MIN,
  'services/gateway': OTHER_MIN,
  'services/signer': SAFETY_MIN,
};

/**
 * Files that are not measured: generated code, tests, and the entry of a process, which runs where no coverage is
 * taken.
 */
export const NOT_MEASURED: readonly string[] = ['libs/proto/**', '**/*.test.ts', '**/main.ts', 'test/**'];
