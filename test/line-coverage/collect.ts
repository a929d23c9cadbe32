// Run by Node's test runner with coverage (report.ts): hands it the coverage that other processes wrote.
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { COLLECTED } from './report.ts';
import { soundFiles } from './sound-files.ts';

const { [COLLECTED]: from = '', NODE_V8_COVERAGE: to = '' } = process.env;
for (const file of soundFiles(from)) copyFileSync(file, join(to, basename(file)));
