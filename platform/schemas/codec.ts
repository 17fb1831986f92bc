import type { Schemas } from '../../schemas/generated/types.ts';

export type SchemaName = keyof Schemas;

/** A decoded record: which schema it has, in the shape of this process's version of that schema. */
export type Decoded = { [Name in SchemaName]: { schema: Name; value: Schemas[Name] } }[SchemaName];

/**
 * Values to bytes and back in Confluent's wire format: a zero byte, the schema's id as four bytes, the Avro binary.
 * Records of older versions are read into the current one by Avro's rules of resolution.
 */
export interface Codec {
  encode<Name extends SchemaName>(schema: Name, value: Schemas[Name]): Buffer;
  /** Errors: `schema_unknown` for an id that no version here has; `invalid_request` for bytes that don't fit it. */
  decode(bytes: Buffer): Decoded;
  /**
   * Makes known the schemas of records that are about to be decoded; at once where all of them are. Error: `unavailable` where
   * that can't be told now: then nothing is known of the records, and they must be tried again.
   */
  learn(records: readonly Buffer[]): Promise<void>;
}
