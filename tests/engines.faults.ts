import { randomInt } from 'node:crypto';
import { describeEnginesAway } from './support/engines-away.ts';

describeEnginesAway(['killed', 'paused', 'restarted'], Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31)));
