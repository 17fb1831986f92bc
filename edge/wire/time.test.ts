import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timeOf, timeText } from './time.ts';

describe('a time on the wire', () => {
  const times: [string, string][] = [
    ['2024-02-29T12:34:56Z', '2024-02-29T12:34:56.000Z'],
    ['2024-02-29t12:34:56.5z', '2024-02-29T12:34:56.500Z'],
    ['2024-01-01T00:30:00+01:30', '2023-12-31T23:00:00.000Z'],
    ['2024-01-01T00:00:00.123456789-00:00', '2024-01-01T00:00:00.123Z'],
    ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ];
  for (const [text, meant] of times) it(`is ${text}`, () => assert.equal(timeText(timeOf('before', text)), meant));

  const others = [
    ...['1', '2024', '2024-01-01', 'Jan 1 2024', '2024-01-01T00:00:00', '2024-01-01T00:00Z', '2024-1-1T00:00:00Z'],
    ...['2024-02-30T00:00:00Z', '2023-02-29T00:00:00Z', '2024-00-01T00:00:00Z', '2024-13-01T00:00:00Z'],
    ...['2024-01-01T24:00:00Z', '2024-01-01T00:60:00Z', '2024-01-01T00:00:61Z', '2024-01-01T00:00:00+24:00'],
    ...['', 'now', '1704067200', ' 2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z\n', '+012024-01-01T00:00:00Z'],
  ];
  for (const text of others)
    it(`is not ${JSON.stringify(text)}, and the error names the field`, () => {
      assert.throws(() => timeOf('before', text), { code: 'invalid_request', detail: /^before: .*RFC 3339/ });
    });
});
