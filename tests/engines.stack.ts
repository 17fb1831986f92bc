import { randomInt } from 'node:crypto';
import { describeEnginesAway } from './support/engines-away.ts';

// The whole matrix is engines.faults.ts: `npm run test:faults`.
describeEnginesAway(['killed'], Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31)));
